"""In-app notifications: every device of every user shows each once, in order, on any transport."""
