"""What a curve has to be: a size that grows, and figures of what it costs."""

import dataclasses

from outcome.prediction import Growth


@dataclasses.dataclass(frozen=True)
class Column:
    key: str
    heading: str                     # with the unit
    growth: Growth = Growth.FREE     # how fast the cost may grow
    more_is_better: bool = False     # a rate: its cost is the inverse

    def costs(self, values):
        if not self.more_is_better:
            return list(values)
        return [1 / value for value in values if value > 0]


class Curve:
    key = ""            # on the command line
    title = ""
    size_heading = ""
    about = ""          # the load, in a few sentences
    columns = ()
    sizes = ()          # ascending
    quick_sizes = ()
    size_type = int
    goes_on = False     # whether a size begins with the broker of the one before

    def size_text(self, size):
        return f"{size:,}"

    def disk_bytes(self, size, scale):
        """What it takes at the most."""
        return scale.load_bytes

    def measure(self, size, lab):
        """Takes one size once: a value for the key of each column. Failed.

        Unless the curve goes on there is no broker in the lab yet; nobody has to stop it behind.
        """
        raise NotImplementedError
