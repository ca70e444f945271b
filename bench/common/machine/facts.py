"""What a figure has to be read with: machine, system and commit."""

import datetime
import os
import platform

from machine import place
from machine.errors import Failed
from machine.processes import run

# What compare.py and growth.py write is not what they measure.
_PAGES = ("bench/RESULTS.md", "bench/results.svg", "bench/results.json", "bench/GROWTH.md")


def of_run(source_dir, work_dir, command):
    """(name, text) pairs."""
    return [
        ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("commit", commit(source_dir)),
        ("command", f"`{command}`"),
        ("processor", f"{os.cpu_count()} x {_first('/proc/cpuinfo', 'model name', ':')}"),
        ("memory", f"{_gibibytes():.0f} GiB"),
        ("system", f"{_first('/etc/os-release', 'PRETTY_NAME', '=')}, Linux {platform.release()}"),
        ("file system", place.file_system(work_dir)),
        ("load before the run", f"{os.getloadavg()[0]:.2f}"),
    ]


def commit(source_dir):
    """The commit of the working tree, and whether there are changes beside it."""
    try:
        head = run(["git", "-C", source_dir, "rev-parse", "--short=12", "HEAD"], 10).strip()
        changes = run(["git", "-C", source_dir, "status", "--porcelain", "-uno", "--", ":/"] +
                      [f":(top,exclude){page}" for page in _PAGES], 10).strip()
    except Failed:
        return "unknown"
    return head + (" with changes" if changes else "")


def _first(path, name, separator):
    with open(path, encoding="utf-8") as file:
        for line in file:
            key, found, value = line.partition(separator)
            if found and key.strip() == name:
                return value.strip().strip('"')
    return "unknown"


def _gibibytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30
