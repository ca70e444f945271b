"""Where data are written: whether it is a disk, and whether there is room."""

import os

from machine.errors import Failed
from machine.processes import run

_IN_MEMORY = ("tmpfs", "ramfs")  # a flush to them does nothing


def file_system(directory):
    """Its type, as in "ext4"."""
    try:
        return run(["df", "--output=fstype", directory], 10).split()[-1]
    except Failed:
        return "unknown"


def is_in_memory(directory):
    return file_system(directory) in _IN_MEMORY


def lack(directory, disk_bytes, memory_bytes=0):
    """What there is too little of, in words; nothing if there is enough."""
    room = os.statvfs(directory)
    return "; ".join(filter(None, [
        _less(f"room below {directory}", room.f_bavail * room.f_frsize, disk_bytes),
        _less("memory", memory("MemAvailable"), memory_bytes)]))


def _less(what, there, needed):
    if there >= needed:
        return ""
    return f"too little {what}: {there / 1e9:.1f} GB, where {needed / 1e9:.1f} GB are needed"


def memory(what):
    """Bytes, by a name of /proc/meminfo; 0 if there is no such name."""
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) * 1024
    return 0
