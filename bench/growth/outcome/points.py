"""What a curve has come to: for each size the figures of all rounds, or why there are none."""

from figures import statistic


class Points:
    """Sizes stand in the order in which they are to be shown."""

    def __init__(self, sizes):
        self.sizes = list(sizes)
        self._figures = {size: {} for size in sizes}  # size -> key of a column -> values
        self._missing = {}                            # size -> the first reason

    def add(self, size, figures):
        """One round of one size: a value for each key of a column."""
        for key, value in figures.items():
            self._figures[size].setdefault(key, []).append(value)

    def miss(self, size, why):
        """The first reason stays: what comes later is its consequence."""
        self._missing.setdefault(size, why)

    def values(self, size, key):
        """Of all rounds; empty if there are none."""
        return self._figures[size].get(key, [])

    def median(self, size, key):
        """None without values."""
        values = self.values(size, key)
        return statistic.median(values) if values else None

    def measured(self, size):
        return bool(self._figures[size])

    def missing(self):
        """(size, why) for each size that lacks a round."""
        return [(size, self._missing[size]) for size in self.sizes if size in self._missing]
