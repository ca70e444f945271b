"""From figures to a page: pure functions, without clock, process or network."""
