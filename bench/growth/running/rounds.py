"""Takes each curve size by size, and that several times: A B C, A B C."""

from machine.errors import Failed


def run(curves, rounds, open_lab, say, after=lambda: None):
    """`curves`: (Curve, Points) pairs; what is measured, or why not, gets into the Points.

    `open_lab` gives an empty Lab. `say` takes a line of progress. `after` is called whenever a
    curve has been taken once.
    """
    for number in range(1, rounds + 1):
        for curve, points in curves:
            with open_lab() as lab:
                for size in points.sizes:
                    _take(curve, points, size, lab, lambda line: say(f"round {number}, {line}"))
            after()


def _take(curve, points, size, lab, say):
    where = f"{curve.key} {curve.size_text(size)}"
    if not curve.goes_on:
        lab.clear()
    try:
        figures = curve.measure(size, lab)
    except Failed as error:
        lab.clear()
        points.miss(size, str(error))
        say(f"{where}: not measured: {error}")
        return
    points.add(size, figures)
    say(f"{where}: " + ", ".join(f"{column.heading} {figures[column.key]:.4g}"
                                 for column in curve.columns))
