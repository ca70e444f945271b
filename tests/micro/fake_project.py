"""A repository whose benchmarks are scripts, and which CMake builds at once."""

import os
import subprocess

_LISTS = """
cmake_minimum_required(VERSION 3.25)
project(fake LANGUAGES NONE)
file(GLOB benches bench/micro/*_bench.cc)
foreach(bench ${benches})
  get_filename_component(name ${bench} NAME_WE)
  configure_file(${bench} ${CMAKE_BINARY_DIR}/bench/strata_${name} COPYONLY)
  add_custom_target(strata_${name} COMMAND grep TIMES ${bench})
endforeach()
"""
_PRESETS = """
{"version": 6,
 "configurePresets": [{"name": "release", "generator": "Ninja",
                       "binaryDir": "${sourceDir}/build/${presetName}"}]}
"""
# Does what it is told as Google Benchmark does. Waits for ever if it is to.
_BENCH = """#!/usr/bin/env python3
import json, os, re, signal, sys
TIMES = %r
flags = dict(word[2:].split("=", 1) for word in sys.argv[1:])
names = [name for name in TIMES if re.search(flags.get("benchmark_filter", "."), name)]
if "benchmark_list_tests" in flags:
    print("\\n".join(names))
    sys.exit()
if "FAKE_WAITS" in os.environ:
    with open(os.environ["FAKE_WAITS"] + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(os.environ["FAKE_WAITS"] + ".new", os.environ["FAKE_WAITS"])
    signal.pause()
with open(flags["benchmark_out"], "w") as file:
    json.dump({"benchmarks": [
        {"name": name, "cpu_time": TIMES[name], "real_time": 0, "time_unit": "ns"}
        for name in names]}, file)
"""


class FakeProject:
    def __init__(self, directory):
        self.directory = directory
        self._git("init", "--quiet")
        self._write("CMakeLists.txt", _LISTS)
        self._write("CMakePresets.json", _PRESETS)

    def set_bench(self, bench, **nanoseconds):
        """An executable with benchmarks of these names, which take so long."""
        self.set_bench_text(bench, _BENCH % nanoseconds)

    def set_bench_text(self, bench, text):
        self._write(os.path.join("bench", "micro", f"{bench}_bench.cc"), text)

    def commit(self):
        """The hash."""
        self._git("add", "--all")
        self._git("-c", "user.name=n", "-c", "user.email=e@example.org", "-c",
                  "commit.gpgsign=false", "commit", "--quiet", "--message", "c")
        return self._git("rev-parse", "HEAD").strip()

    def worktrees(self):
        return self._git("worktree", "list").splitlines()

    def _git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.directory, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def _write(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
