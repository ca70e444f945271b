"""The table of a comparison, and what is missing in it. Pure."""

from commits import verdict
from figures import quantity, tables

_HEADER = ["benchmark", "base", "change", "change / base", "spread of base", "of change", ""]


def text(base, change, facts):
    """`base`, `change`: Times. `facts`: (name, text) pairs of the commits and the machine."""
    rows = verdict.rows(base, change)
    parts = ["".join(f"* {name}: {value}\n" for name, value in facts)]
    if rows:
        parts += [_table(rows), _summary(rows)]
    parts += [_gaps("base", base, change), _gaps("change", change, base)]
    return "\n".join(part for part in parts if part)


def _table(rows):
    cells = [[row.name, quantity.duration(row.base), quantity.duration(row.change),
              quantity.ratio(row.ratio), quantity.percent(row.base_spread),
              quantity.percent(row.change_spread), row.verdict] for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEADER, *cells)]
    return tables.markdown(_padded(_HEADER, widths), [_padded(line, widths) for line in cells])


def _padded(cells, widths):
    """The name to the left, figures to the right: readable in a terminal, too."""
    return [cells[0].ljust(widths[0])] + [cell.rjust(width)
                                          for cell, width in zip(cells[1:], widths[1:])]


def _summary(rows):
    verdicts = [row.verdict for row in rows]
    return (f"{len(rows)} benchmarks: {verdicts.count('slower')} slower, "
            f"{verdicts.count('faster')} faster, the others differ by less than their spread.\n")


def _gaps(which, side, other):
    return "".join(
        f"Not measured in {'' if gap.always else 'every round of '}the {which}: "
        f"{gap.name}: {gap.why}\n" for gap in verdict.gaps(side, other))
