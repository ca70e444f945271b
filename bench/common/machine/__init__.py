"""What the machine gives: processes and what they use, packages, and what it is."""
