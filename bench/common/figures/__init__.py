"""What figures come to and how they are written: pure functions."""
