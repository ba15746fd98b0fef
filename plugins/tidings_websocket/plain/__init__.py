"""The plain dialect: JSON objects, one a frame."""
