"""What Strata wants to keep while something grows, beside what it has kept in this run."""

from figures.targets import at_least, at_most

_PARTITIONS = "partitions"
_MANY = 10_000
_LARGE_GB = 50
_READERS = 300


def of(points_of):
    """`points_of`: key of a curve -> its Points, of the curves of this run."""
    def median(curve, size, column):
        points = points_of.get(curve)
        return points.median(size, column) if points and size in points.sizes else None

    def over(ours, other):
        return ours / other if ours is not None and other else None

    def of_many(column):
        return median(_PARTITIONS, _MANY, column)

    return [
        at_least(f"append to {_MANY:,} partitions / to one", 0.8,
                 over(of_many("produce"), median(_PARTITIONS, 1, "produce")), " x"),
        at_most(f"ack p99 with {_MANY:,} partitions", 50, of_many("ack_p99"), " ms"),
        at_most("memory of an idle broker", 40, median(_PARTITIONS, 1, "idle"), " MB"),
        at_most(f"memory under load with {_MANY:,} partitions", 400, of_many("peak"), " MB"),
        at_most(f"memory under load with {_READERS} readers that stand still", 400,
                median("slow-readers", _READERS, "peak"), " MB"),
        at_most(f"start after a clean stop with {_MANY:,} segments", 1_000, of_many("clean"),
                " ms"),
        at_most(f"start after kill -9 / after a clean stop, {_LARGE_GB} GB", 1.25,
                over(median("log-size", _LARGE_GB, "killed"),
                     median("log-size", _LARGE_GB, "clean")), " x"),
    ]
