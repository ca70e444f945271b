"""An SVG of bars, one panel for each load, that needs no library to draw or to see."""

from xml.sax.saxutils import escape

from figures import quantity, statistic
from measure.loads import Kind
from report import table

WIDTH = 900
_LABEL = 270       # columns for the names at the left...
_VALUE = 150       # ...and for the figures at the right
_BAR, _GAP, _HEAD, _FOOT = 16, 6, 34, 14
_COLORS = {"ours": "#1f6feb", "limit": "#8c959f", "peer": "#d4a72c"}
_FONT = "font-family='sans-serif'"


def bars(results, load):
    """(contender, value) for each that has one: records/s, or p99 in ms."""
    found = []
    for contender in results.contenders:
        values = (table.latencies(results, contender, load, "p99")
                  if load.kind is Kind.LATENCY else table.rates(results, contender, load))
        if values:
            found.append((contender, statistic.median(values)))
    return found


def svg(results, loads):
    panels, y = [], 10
    for load in loads:
        found = bars(results, load)
        if not found:
            continue
        panels.append(_panel(results, load, found, y))
        y += _HEAD + len(found) * (_BAR + _GAP) + _FOOT
    return (f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{y}' "
            f"viewBox='0 0 {WIDTH} {y}'>\n"
            f"<rect width='{WIDTH}' height='{y}' fill='white'/>\n" + "".join(panels) + "</svg>\n")


def _panel(results, load, found, top):
    unit = "p99 ms, less is better" if load.kind is Kind.LATENCY else table.unit(load)
    lines = [_text(10, top + 16, f"{load.title} ({unit})", "start", 14, "bold")]
    greatest = max(value for _, value in found) or 1
    for position, (contender, value) in enumerate(found):
        y = top + _HEAD + position * (_BAR + _GAP)
        width = max(1, round((WIDTH - _LABEL - _VALUE) * value / greatest))
        color = _COLORS[results.contenders[contender].get("role", "peer")]
        lines += [_text(_LABEL - 8, y + 13, contender, "end"),
                  f"<rect x='{_LABEL}' y='{y}' width='{width}' height='{_BAR}' "
                  f"fill='{color}'/>\n",
                  _text(_LABEL + width + 6, y + 13, quantity.number(value), "start")]
    return "".join(lines)


def _text(x, y, words, anchor, size=12, weight="normal"):
    return (f"<text x='{x}' y='{y}' {_FONT} font-size='{size}' font-weight='{weight}' "
            f"text-anchor='{anchor}'>{escape(words)}</text>\n")
