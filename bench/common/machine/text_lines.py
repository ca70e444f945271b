"""Payloads in files: the lines of this source tree, which any machine has, and random ones."""

import os
import random
import string

from machine.errors import Failed
from machine.processes import run

_LEAST_BYTES = 8  # shorter lines are no records that anybody would send
_SUFFIXES = (".cc", ".h", ".md", ".py", ".proto", ".sh", ".txt")


def collect(source_dir, path):
    """Writes every line of a text file that is long enough to `path`, and returns it.

    In an order of chance that is always the same: ProducerPerformance picks lines by chance, the
    others send them in turn, and neighbours in a file would compress better.
    """
    lines = []
    for name in sorted(name for name in _files(source_dir) if name.endswith(_SUFFIXES)):
        with open(os.path.join(source_dir, name), encoding="utf-8", errors="replace") as file:
            lines += [line.rstrip() + "\n" for line in file if len(line.strip()) >= _LEAST_BYTES]
    random.Random(0).shuffle(lines)
    with open(path, "w", encoding="utf-8") as target:
        target.writelines(lines)
    return path


def _files(source_dir):
    """What git tracks and is there; all but what was built or is hidden where git does not know."""
    try:
        names = run(["git", "-C", source_dir, "ls-files", "-z"], 30).split("\0")
    except Failed:
        names = _walk(source_dir)
    return [name for name in names if os.path.isfile(os.path.join(source_dir, name))]


def _walk(source_dir):
    for folder, folders, names in os.walk(source_dir):
        folders[:] = [each for each in folders if each != "build" and not each.startswith(".")]
        yield from (os.path.relpath(os.path.join(folder, name), source_dir) for name in names)


def random_lines(path, size_bytes, count=1_000):
    """Writes lines of so many random letters to `path`, and returns it."""
    chosen = random.Random(size_bytes)
    with open(path, "w", encoding="ascii") as file:
        for _ in range(count):
            file.write("".join(chosen.choices(string.ascii_letters, k=size_bytes)) + "\n")
    return path
