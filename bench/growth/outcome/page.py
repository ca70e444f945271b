"""The tables of all curves, in Markdown."""

import textwrap

from figures import quantity, statistic, tables
from figures.targets import as_markdown
from outcome import targets
from outcome.prediction import TOLERANCE, Growth, verdicts

_COLUMNS = 100
_HEAD = f"""\
Medians of the rounds of one run on one machine. Behind a figure that is judged stands how many
times it is what flat or linear growth predicts from the smaller sizes (a rate counts by its
inverse). **Bold** is what is steeper: more than {TOLERANCE:g} times as much, and not by the scatter
of the rounds."""


def markdown(facts, curves):
    """`facts`: (name, text) pairs. `curves`: (Curve, Points, sentences) in the order shown."""
    parts = ["# Growth", _paragraph(_HEAD), "\n".join(f"* {name}: {text}" for name, text in facts)]
    points_of = {curve.key: points for curve, points, _ in curves}
    parts += ["## Targets", as_markdown(targets.of(points_of)).rstrip()]
    for curve, points, notes in curves:
        parts += [f"## {curve.title}", _paragraph(curve.about)]
        if any(points.measured(size) for size in points.sizes):
            parts += [table(curve, points).rstrip(), _paragraph(_steep(curve, points))]
        parts += [_paragraph(sentence) for sentence in [*_missing(curve, points), *notes]]
    return "\n\n".join(parts) + "\n"


def _paragraph(text):
    return textwrap.fill(text, _COLUMNS, break_long_words=False, break_on_hyphens=False)


def table(curve, points):
    judged = {column.key: _verdicts(column, points) for column in curve.columns}
    rows = []
    for index, size in enumerate(points.sizes):
        if not points.measured(size):
            continue
        cells = [curve.size_text(size)]
        for column in curve.columns:
            cells.append(_figure(points.median(size, column.key)))
            if column.growth is not Growth.FREE:
                cells.append(_ratio(judged[column.key][index]))
        rows.append([*cells, quantity.percent(_spread(curve, points, size))])
    return tables.markdown(_header(curve), rows)


def _header(curve):
    names = [curve.size_heading]
    for column in curve.columns:
        names.append(column.heading)
        if column.growth is not Growth.FREE:
            names.append(f"of {column.growth.value}")
    return [*names, "spread"]


def _verdicts(column, points):
    return verdicts(column.growth,
                    [(size, column.costs(points.values(size, column.key)))
                     for size in points.sizes])


def _spread(curve, points, size):
    """The greatest among all columns."""
    return max(statistic.spread(points.values(size, column.key)) for column in curve.columns
               if points.values(size, column.key))


def _figure(value):
    return "" if value is None else quantity.number(value)


def _ratio(verdict):
    if verdict is None:
        return ""
    text = quantity.ratio(verdict.ratio)
    return f"**{text}**" if verdict.steep else text


def _steep(curve, points):
    steep = []
    for column in curve.columns:
        for size, verdict in zip(points.sizes, _verdicts(column, points)):
            if verdict and verdict.steep:
                steep.append(f"{column.heading} at {curve.size_text(size)} "
                             f"({quantity.ratio(verdict.ratio)})")
    return (f"Steeper than predicted: {', '.join(steep)}." if steep
            else "Nothing is steeper than predicted.")


def _missing(curve, points):
    for size, why in points.missing():
        how = "Not in every round" if points.measured(size) else "Not measured"
        yield f"{how}: {curve.size_text(size)}: {why}."
