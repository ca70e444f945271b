"""One of the two that are compared: where its files are, and what is built from them."""

import glob
import os

from commits import commands
from commits.times import Times
from machine.errors import Failed

_SUFFIX = "_bench.cc"


class Side:
    """Gathers the times of what is measured, or why there are none."""

    def __init__(self, title, source_dir, build_dir):
        self.title = title  # as the table names it
        self.times = Times()
        self._source_dir = source_dir
        self._build_dir = build_dir

    def benches(self):
        """Names of the executables that it has: X of micro/X_bench.cc."""
        files = glob.glob(os.path.join(self._source_dir, "bench", "micro", "*" + _SUFFIX))
        return sorted(os.path.basename(file).removesuffix(_SUFFIX) for file in files)

    def build(self, benches):
        """Failed: with the end of what the build has said."""
        os.makedirs(self._build_dir, exist_ok=True)
        log = os.path.join(self._build_dir, "build.log")
        targets = [_target(bench) for bench in benches]
        try:
            commands.run(["cmake", "--preset", "release", "-B", self._build_dir,
                          "-DBUILD_TESTING=OFF"], log, cwd=self._source_dir)
            commands.run(["cmake", "--build", self._build_dir, "--target", *targets], log)
        except Failed as error:
            raise Failed(f"cannot build {self.title}: {error}") from error

    def executable(self, bench):
        return os.path.join(self._build_dir, "bench", _target(bench))


def common(sides, wanted):
    """Those of the benches, or of `wanted`, that both sides have.

    What only one has is missing in the other one's times. Failed: one of `wanted` is on neither
    side, or there is nothing to compare.
    """
    all_benches = sorted({bench for side in sides for bench in side.benches()})
    for bench in wanted:
        if bench not in all_benches:
            raise Failed(f"there is no bench '{bench}'; there are {', '.join(all_benches)}")
    found = []
    for bench in [each for each in all_benches if not wanted or each in wanted]:
        without = [side for side in sides if bench not in side.benches()]
        for side in without:
            side.times.fail(bench, "there is no such bench")
        if not without:
            found.append(bench)
    if not found:
        raise Failed("no bench is on both sides: "
                     + "; ".join(f"{side.title} has {', '.join(side.benches()) or 'none'}"
                                 for side in sides))
    return found


def _target(bench):
    return f"strata_{bench}_bench"
