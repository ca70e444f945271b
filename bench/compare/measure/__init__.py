"""What is measured: the loads, their samples, and the rounds in which they are taken."""
