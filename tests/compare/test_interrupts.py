"""A signal ends a command in order, and never between a process and whoever knows of it."""

import signal
import subprocess
import sys
import unittest

from machine import interrupts
from machine.processes import wait_for

PATIENCE_S = 60
# Is ended by its code, and disturbed while it puts things away.
COMMAND = """
import os, signal
from machine import interrupts
from machine.processes import run
for each in interrupts.ENDINGS:
    signal.signal(each, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.{hang_up})
interrupts.end_in_order(lambda line: print(line, flush=True))
try:
    {code}
finally:
    os.kill(os.getpid(), signal.SIGTERM)
    print("put away", flush=True)
"""


def ended(code, hang_up="SIG_DFL"):
    command = COMMAND.format(code=code, hang_up=hang_up)
    return subprocess.run([sys.executable, "-B", "-c", command], text=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE_S, check=False)


class Ending(unittest.TestCase):
    def test_the_first_signal_ends_a_command_and_the_next_one_disturbs_nothing(self):
        for number in interrupts.ENDINGS:
            done = ended(f"os.kill(os.getpid(), {int(number)})")
            self.assertEqual(done.returncode, 128 + number)
            self.assertEqual(done.stdout, f"ended by {number.name}\nput away\n")

    def test_what_nohup_has_ignored_stays_ignored(self):
        done = ended("os.kill(os.getpid(), signal.SIGHUP); print('goes on')", hang_up="SIG_IGN")
        self.assertTrue(done.stdout.startswith("goes on\n"), done.stdout)

    def test_a_process_that_is_run_ends_with_the_command(self):
        done = ended("run(['sh', '-c', 'kill -INT $PPID; exec sleep 1000'], 1000)")
        self.assertEqual(done.returncode, 128 + signal.SIGINT)


class Deferred(unittest.TestCase):
    def setUp(self):
        self.came = []
        before = signal.signal(signal.SIGTERM, lambda number, _frame: self.came.append(number))
        self.addCleanup(signal.signal, signal.SIGTERM, before)

    def test_a_signal_is_heeded_behind(self):
        with interrupts.deferred():
            signal.raise_signal(signal.SIGTERM)
            self.assertEqual(self.came, [])
        self.assertEqual(self.came, [signal.SIGTERM])

    def test_a_signal_outside_is_heeded_at_once(self):
        with interrupts.deferred():
            pass
        signal.raise_signal(signal.SIGTERM)
        self.assertEqual(self.came, [signal.SIGTERM])

    def test_a_process_that_is_started_meanwhile_is_ended_by_a_signal(self):
        with interrupts.deferred():
            process = subprocess.Popen(["sleep", "1000"])
        process.terminate()
        wait_for(lambda: process.poll() is not None, lambda: "it goes on", PATIENCE_S)
        self.assertEqual(process.returncode, -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
