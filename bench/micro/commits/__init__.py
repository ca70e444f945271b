"""Two commits side by side: their trees, their builds, their times, and what these say."""
