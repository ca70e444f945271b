"""The files of the project, read once."""

import os
import re

SKIPPED_FOLDERS = {".git", ".cache", "build", "__pycache__"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


class Tree:
    """Paths are relative to the root, with forward slashes."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.lines = {}
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                self._read(os.path.join(folder, name))

    def _read(self, full_path):
        path = os.path.relpath(full_path, self.root).replace(os.sep, "/")
        try:
            with open(full_path, encoding="utf-8") as file:
                self.lines[path] = file.read().split("\n")
        except UnicodeDecodeError:
            pass  # binary: a golden file

    def paths(self, *suffixes, below=""):
        """Paths that end with one of `suffixes` (any, if none are given) below a folder."""
        suffixes = suffixes or ("",)
        return [path for path in self.lines if path.endswith(suffixes) and path.startswith(below)]

    def includes(self, path):
        """(line number, what is included, whether by quotes) for each #include of a file."""
        for number, line in enumerate(self.lines[path], 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(2), match.group(1) == '"'

    def has(self, path):
        return os.path.exists(os.path.join(self.root, path))
