"""Orders, and who is told of them."""
