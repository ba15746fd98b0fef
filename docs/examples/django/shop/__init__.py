"""A shop whose customers are told when their orders are on their way."""
