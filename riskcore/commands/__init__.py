"""The command line's own parts: its arguments, and files made ready for it."""
