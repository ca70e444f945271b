"""What a cost should be at a size, and whether it is more than that.

Flat: no more than at the smallest size. Linear: on no steeper a line than that from the smallest
size to the one before; so two sizes define the line, and a fixed part does no harm.

A ratio is that of the median to what the medians predict. A point is steep if its ratio is beyond
the tolerance, and the best of its rounds still lies above what the worst rounds of the smaller
sizes would allow: what the rounds scatter is no growth.
"""

import dataclasses
import enum

from figures import statistic

TOLERANCE = 1.25


class Growth(enum.Enum):
    FREE = "not judged"
    FLAT = "flat"
    LINEAR = "linear"


@dataclasses.dataclass(frozen=True)
class Verdict:
    ratio: float   # cost / what was predicted
    steep: bool


def verdicts(growth, costs):
    """`costs`: (size, values of all rounds), sizes ascending. Gives a Verdict for each, or None.

    None where nothing can be predicted: of the smallest size, of a second one that defines the
    line, and of what has no values.
    """
    predicted = _PREDICTIONS[growth]
    found = []
    smaller = []  # those with values
    for size, values in costs:
        found.append(_verdict(predicted, smaller, size, values))
        if values:
            smaller.append((size, values))
    return found


def _verdict(predicted, smaller, size, values):
    if not values:
        return None
    likely = predicted(smaller, size, statistic.median, statistic.median)
    if not likely:
        return None
    ratio = statistic.median(values) / likely
    at_most = predicted(smaller, size, min, max)
    return Verdict(ratio, ratio > TOLERANCE and min(values) > at_most)


def _nothing(_smaller, _size, _least, _most):
    return None


def _flat(smaller, _size, _least, most):
    return most(smaller[0][1]) if smaller else None


def _linear(smaller, size, least, most):
    """`least` and `most` choose among the rounds: medians, or what makes the line steepest."""
    if len(smaller) < 2:
        return None
    first, base = smaller[0]
    before, values = smaller[-1]
    slope = (most(values) - least(base)) / (before - first)
    return most(base) + max(0.0, slope) * (size - first)


_PREDICTIONS = {Growth.FREE: _nothing, Growth.FLAT: _flat, Growth.LINEAR: _linear}
