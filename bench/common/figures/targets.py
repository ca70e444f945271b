"""What is to be reached, beside what a run has come to."""

import dataclasses

from figures import quantity, tables

_NOT_MEASURED = "not measured"


@dataclasses.dataclass(frozen=True)
class Target:
    what: str
    reach: str
    reached: str  # "not measured" if a figure is missing, and then it is not met, either
    met: bool


def at_least(what, bound, value, unit):
    """`unit` stands behind the numbers as it is; `value` is None without figures."""
    return Target(what, f">= {quantity.number(bound)}{unit}", _written(value, unit),
                  value is not None and value >= bound)


def at_most(what, bound, value, unit):
    return Target(what, f"<= {quantity.number(bound)}{unit}", _written(value, unit),
                  value is not None and value <= bound)


def as_markdown(targets):
    return tables.markdown(["target", "reach", "reached", "met"], [
        [target.what, target.reach, target.reached, _verdict(target)] for target in targets])


def _written(value, unit):
    return _NOT_MEASURED if value is None else quantity.number(value) + unit


def _verdict(target):
    if target.reached == _NOT_MEASURED:
        return _NOT_MEASURED
    return "yes" if target.met else "no"
