"""Whether a change has made a benchmark faster or slower. Pure."""

import dataclasses

from figures import statistic


# What two runs of one program differ by when their spread is small by chance.
_LEAST_DIFFERENCE = 0.01


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    base: float           # median, nanoseconds
    change: float
    ratio: float          # change to base, the median of the rounds: above 1 it is slower
    base_spread: float    # (greatest - least) / median
    change_spread: float

    @property
    def verdict(self):
        """"slower", "faster", or nothing: a difference below the spread of either side is none, nor
        is one of 1 %."""
        spread = max(self.base_spread, self.change_spread, _LEAST_DIFFERENCE)
        if self.ratio > 1 + spread:
            return "slower"
        return "faster" if self.ratio < 1 / (1 + spread) else ""


def rows(base, change):
    """Of the benchmarks that both sides have, in the order of the base."""
    return [_row(name, base.rounds[name], change.rounds[name])
            for name in base.rounds if name in change.rounds]


def _row(name, base, change):
    ratio = statistic.ratio(change, base)
    return Row(name, statistic.median(base), statistic.median(change),
               1.0 if ratio is None else ratio,  # of what takes no time at all
               statistic.spread(base), statistic.spread(change))


@dataclasses.dataclass(frozen=True)
class Gap:
    name: str     # of a benchmark, or of a bench as a whole
    why: str
    always: bool  # not only in some of the rounds


def gaps(side, other):
    """What a side lacks: it has failed there, or only the other one has it."""
    found = [Gap(name, why, not any(known == name or known.startswith(name + " ")
                                    for known in side.rounds))
             for name, why in side.failed.items()]
    for name in other.rounds:
        bench = name.partition(" ")[0]
        if not {name, bench} & (side.rounds.keys() | side.failed.keys()):
            found.append(Gap(name, "there is no such benchmark", always=True))
    return found
