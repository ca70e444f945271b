"""Medians, spreads and ratios of a few rounds."""

import statistics


def median(values):
    return statistics.median(values)


def spread(values):
    """(greatest - least) / median: 0.1 says that the rounds lie within 10 %. 0 of a single one."""
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def ratio(ours, theirs):
    """The median of the ratios pair by pair: what both met at a time cancels out.

    Falls back to the ratio of the medians where they do not pair. None without values, or if
    theirs is nothing.
    """
    if not ours or not theirs:
        return None
    if len(ours) == len(theirs) and all(theirs):
        return statistics.median(a / b for a, b in zip(ours, theirs))
    return median(ours) / median(theirs) if median(theirs) else None


def ratio_by_round(ours, theirs):
    """The same of {round: value}. Rounds count that both have, with values that are not nothing.

    None if there is no such round.
    """
    both = [number for number in ours if ours[number] and theirs.get(number)]
    return ratio([ours[number] for number in both], [theirs[number] for number in both])
