#!/usr/bin/env python3
"""Runs growth.py on the real stratad with tiny sizes, and interrupts it.

    command_test.py GROWTH_PY BUILD_FOLDER
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE_S = 240
HEADINGS = ("Partitions of a topic", "Groups on one topic", "Size of a log", "Connections",
            "Readers that stand still", "Size of a record")


def processes_with(text):
    """Command lines that name it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                words = file.read().replace("\0", " ")
        except OSError:
            continue
        if text in words:
            found.append(words)
    return found


class Command(unittest.TestCase):
    growth = build = ""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = directory.name

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-B", self.growth, "--build", self.build, *arguments],
            env={**os.environ, "TMPDIR": self.place}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def assert_nothing_is_left(self):
        self.assertEqual(os.listdir(self.place), [])
        self.assertEqual(processes_with(os.path.join(self.place, "strata-growth-")), [])

    def test_each_curve_has_a_row_for_each_size(self):
        command = self.start("--quick")
        text, said = command.communicate(timeout=PATIENCE_S)
        self.assertEqual(command.returncode, 0, said)
        targets, *sections = text.split("\n## ")[1:]
        self.assertTrue(targets.startswith("Targets\n"), targets)
        for heading, section in zip(HEADINGS, sections, strict=True):
            self.assertTrue(section.startswith(f"{heading}\n"), section)
            rows = [line for line in section.splitlines() if re.match(r"\| \d", line)]
            self.assertEqual(len(rows), 3, section)
            # The last one has all figures: only the first sizes have nothing to be held against.
            self.assertNotRegex(rows[-1], r"\|  \|", section)
        self.assert_nothing_is_left()

    def test_an_interrupt_leaves_nothing_behind(self):
        command = self.start("--quick", "--only", "log-size", "--rounds", "1000")
        deadline = time.monotonic() + PATIENCE_S
        while not processes_with(os.path.join(self.place, "strata-growth-")):
            self.assertIsNone(command.poll(), "it ended by itself")
            self.assertLess(time.monotonic(), deadline, "it started no broker")
        command.send_signal(signal.SIGTERM)
        _, said = command.communicate(timeout=PATIENCE_S)
        self.assertEqual(command.returncode, 128 + signal.SIGTERM, said)
        self.assertIn("ended by SIGTERM", said)
        self.assert_nothing_is_left()


if __name__ == "__main__":
    Command.growth, Command.build = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
