"""What a disk has room for."""

import shutil

from figures import quantity

# Others use the disk, too; and a disk that is nearly full is another disk.
USED_PART = 0.5


def free_bytes(directory):
    return shutil.disk_usage(directory).free


def fitting(curve, sizes, scale, free):
    """The sizes for which there is room, and sentences about those that are left out."""
    fit = [size for size in sizes if curve.disk_bytes(size, scale) <= free * USED_PART]
    out = [size for size in sizes if size not in fit]
    return fit, [f"Left out: {curve.size_text(size)}: it takes up to "
                 f"{quantity.megabytes(curve.disk_bytes(size, scale))} of disk, of which "
                 f"{quantity.megabytes(free)} were free, and {quantity.percent(USED_PART)} of that "
                 "is used; TMPDIR may name a larger disk." for size in out]
