"""What the plugin adds to the command `tidings`."""
