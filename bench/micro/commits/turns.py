"""Runs the rounds: in each, the executables one after the other, each of both sides in turn."""

import os
import shutil

from commits import commands
from machine.errors import Failed
from machine.processes import run

_LIST_SECONDS = 60


class Turns:
    def __init__(self, sides, benches, chosen, work_dir, say, settle=os.sync):
        """`chosen`: a regular expression, or None for all benchmarks.

        `say` takes a line of progress. `settle` is called before each run: what the one before has
        left in the page cache is not written at the expense of the next one.
        """
        self._sides = sides
        self._benches = benches
        self._flags = [f"--benchmark_filter={chosen}"] if chosen else []
        self._work_dir = work_dir
        self._say = say
        self._settle = settle

    def run(self, rounds):
        """Failed: there is nothing to measure. What else fails is kept in the times of its side."""
        turns = [(bench, side) for bench in self._benches for side in self._sides
                 if self._has_any(side.executable(bench))]
        if not turns:
            raise Failed(f"no benchmark of {', '.join(self._benches)} matches the filter")
        for number in range(1, rounds + 1):
            for bench, side in turns:
                self._say(f"round {number} of {rounds}: {bench}, {side.title}")
                self._turn(bench, side)

    def _has_any(self, executable):
        listed = run([executable, "--benchmark_list_tests=true", *self._flags], _LIST_SECONDS)
        return bool(listed.strip())

    def _turn(self, bench, side):
        try:
            side.times.add(bench, self._measured(side.executable(bench)))
        except (Failed, ValueError) as error:
            side.times.fail(bench, str(error))
            self._say(f"{bench}, {side.title}: {error}")

    def _measured(self, executable):
        """What the executable has written about its run. It gets a directory of its own."""
        directory = os.path.join(self._work_dir, "run")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        out = os.path.join(directory, "times.json")
        self._settle()
        commands.run([executable, f"--benchmark_out={out}", "--benchmark_out_format=json",
                      *self._flags], os.path.join(directory, "log"), env={"TMPDIR": directory})
        with open(out, encoding="utf-8") as file:
            return file.read()
