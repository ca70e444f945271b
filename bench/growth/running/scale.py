"""How much is done at each size."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    load_bytes: int      # of values, where a load is as fast as it goes
    seconds: float       # of a load at a fixed rate
    warm_up_s: int       # of the same load before
    reads: int           # of which the median counts
    random_log: bool = False  # the records of a log that grows are of random bytes

    def records(self, rate):
        """Of a load at a fixed rate."""
        return max(1, round(rate * self.seconds))


FULL = Scale(load_bytes=1_000_000_000, seconds=5, warm_up_s=1, reads=9)
QUICK = Scale(load_bytes=2_000_000, seconds=0.2, warm_up_s=0, reads=1)
