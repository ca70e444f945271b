"""The rules. Each is a function of a Tree that yields its breaches: (path, line, message)."""
