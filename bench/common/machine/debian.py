"""Debian packages, unpacked into a directory: nothing is installed, and no service is started."""

import glob
import os
import re

from machine.errors import Failed, Unavailable
from machine.processes import program, run

_DOWNLOAD_TIMEOUT_S = 600
_PLANNED = re.compile(r"^Inst (\S+) ", re.MULTILINE)


class Unpacked:
    """Packages below a directory, as they would lie below /."""

    def __init__(self, root):
        self.root = root

    def path(self, name):
        return os.path.join(self.root, name)

    def environment(self):
        """For a program of theirs: where its libraries are."""
        folders = glob.glob(self.path("usr/lib/*-linux-gnu")) + [self.path("usr/lib")]
        return {"LD_LIBRARY_PATH": ":".join(folders)}

    def version(self, package):
        """As its archive is named: EPOCH%3aVERSION-REVISION."""
        names = glob.glob(os.path.join(os.path.dirname(self.root), "archives", f"{package}_*.deb"))
        return os.path.basename(names[0]).split("_")[1].replace("%3a", ":") if names else "unknown"


def unpack(packages, directory, fetching):
    """Downloads packages, and what of their dependencies this machine lacks. Unavailable.

    What an earlier run has unpacked is taken as it is. Where the lists of packages are out of date,
    and the system lets us, they are fetched again (`apt-get update`): all else is in `directory`.
    """
    program("apt-get", "only Debian and Ubuntu have it")
    root, done = os.path.join(directory, "root"), os.path.join(directory, "complete")
    if not os.path.exists(done):
        fetching(f"{' '.join(packages)}, packages of this system")
        archives = os.path.join(directory, "archives")
        os.makedirs(archives, exist_ok=True)
        try:
            _download(packages, archives)
        except Failed:
            _refresh_lists()
            try:
                _download(packages, archives)
            except Failed as error:
                raise Unavailable(f"apt-get cannot download {' '.join(packages)}: "
                                  f"{error}") from error
        for archive in sorted(glob.glob(os.path.join(archives, "*.deb"))):
            run(["dpkg-deb", "-x", archive, root], 300)
        with open(done, "w", encoding="ascii"):
            pass
    return Unpacked(root)


def _download(packages, archives):
    plan = run(["apt-get", "-s", "install", "--no-install-recommends", "-y", *packages], 120)
    wanted = sorted({*packages, *_PLANNED.findall(plan)})
    run(["apt-get", "download", "-q", *wanted], _DOWNLOAD_TIMEOUT_S, cwd=archives)


def _refresh_lists():
    try:
        run(["apt-get", "update", "-q"], _DOWNLOAD_TIMEOUT_S)
    except Failed:
        pass  # only root may: for others what the lists say has to do
