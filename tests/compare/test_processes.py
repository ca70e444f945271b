"""Servers end, whatever becomes of whoever started them."""

import os
import subprocess
import sys
import tempfile
import unittest

from machine.errors import Failed
from machine.processes import Server, run, wait_for

PATIENCE_S = 60
# Starts a server, prints its process id, and dies without having stopped it.
DIES = """
import os
from machine.processes import Server
server = Server(["sleep", "1000"], os.devnull)
[pid] = server.pids()
server.wait_until(lambda: open(f"/proc/{pid}/comm").read() == "sleep\\n", "begin", 60)
print(pid, flush=True)
os._exit(0)
"""


# Takes 50 MB, and lets them go when somebody writes to the pipe whose name it is given.
TAKES_MEMORY = """
import signal, sys
held = b"x" * 50_000_000
print("taken", flush=True)
open(sys.argv[1]).close()
del held
print("let go", flush=True)
signal.pause()
"""
# Runs a command, and prints the process id of it.
RUNS = """
import sys
from machine.processes import run
run(["sh", "-c", "echo $$ >" + sys.argv[1] + ".new; mv " + sys.argv[1] + ".new " + sys.argv[1]
     + "; exec sleep 1000"], 1000)
"""


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class Servers(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.log = os.path.join(directory.name, "log")

    def started(self, *command):
        server = Server(command, self.log)
        self.addCleanup(server.stop)
        return server

    def log_text(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def wait_until(self, true):
        wait_for(true, lambda: "it did not become true", PATIENCE_S)

    def test_stop_ends_what_the_server_has_started(self):
        server = self.started("sh", "-c", "sleep 1000 & wait")
        self.wait_until(lambda: len(server.pids()) == 2)
        pids = server.pids()
        server.stop()
        self.wait_until(lambda: all(gone(pid) for pid in pids))

    def test_stop_ends_one_that_does_not_listen(self):
        server = self.started("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")
        self.wait_until(lambda: os.path.getsize(self.log) > 0)
        pids = server.pids()
        server.stop(timeout_s=0.1)
        self.wait_until(lambda: all(gone(pid) for pid in pids))

    def test_a_server_does_not_outlive_its_starter(self):
        pid = int(run([sys.executable, "-B", "-c", DIES], PATIENCE_S))
        self.wait_until(lambda: gone(pid))

    def test_the_last_words_say_why_it_ended(self):
        server = self.started("sh", "-c", "echo no such option >&2; exit 3")
        with self.assertRaisesRegex(Failed, "ended with 3: no such option"):
            server.wait_until(lambda: False, "do anything", PATIENCE_S)
        self.assertIn("ended with 3: no such option", server.last_words())

    def test_a_running_server_has_no_last_words(self):
        self.assertEqual(self.started("sleep", "1000").last_words(), "")

    def test_processor_time_is_that_of_all_its_processes(self):
        server = self.started("sh", "-c", "(while :; do :; done) & wait")
        self.wait_until(lambda: server.cpu_seconds() > 0.05)

    def test_processor_time_is_told_to_the_microsecond(self):
        server = self.started("sleep", "1000")
        self.assertNotEqual(server.cpu_seconds() * 100 % 1, 0)

    def test_stop_tells_how_the_server_has_ended(self):
        server = self.started("sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do :; done")
        self.wait_until(lambda: os.path.getsize(self.log) > 0)
        self.assertEqual(server.stop(), 3)

    def test_one_that_ends_by_itself_can_be_waited_for(self):
        self.assertEqual(self.started("sh", "-c", "exit 3").wait(), 3)

    def test_kill_lets_the_server_do_nothing_more(self):
        server = self.started("sh", "-c", "trap 'echo more' TERM; echo ready; while :; do :; done")
        self.wait_until(lambda: os.path.getsize(self.log) > 0)
        pids = server.pids()
        server.kill()
        self.wait_until(lambda: all(gone(pid) for pid in pids))
        self.assertEqual(self.log_text(), "ready\n")

    def test_the_peak_is_that_of_all_its_processes_since_it_was_forgotten(self):
        release = os.path.join(os.path.dirname(self.log), "release")
        os.mkfifo(release)
        one = f"{sys.executable} -c '{TAKES_MEMORY}' {release}"
        server = self.started("sh", "-c", f"{one} & {one} & wait")
        self.wait_until(lambda: self.log_text().count("taken") == 2)
        self.assertGreater(server.peak_bytes(), 100_000_000)
        with open(release, "w", encoding="ascii"):
            pass
        self.wait_until(lambda: self.log_text().count("let go") == 2)
        self.assertGreater(server.peak_bytes(), 100_000_000)
        self.assertLess(server.resident_bytes(), 100_000_000)
        server.forget_peak()
        self.assertLess(server.peak_bytes(), 100_000_000)


class Commands(unittest.TestCase):
    def test_a_failure_says_what_the_command_said(self):
        with self.assertRaisesRegex(Failed, "sh ended with 4: out of luck"):
            run(["sh", "-c", "echo out of luck >&2; exit 4"], PATIENCE_S)

    def test_a_command_that_takes_too_long_is_ended(self):
        with self.assertRaisesRegex(Failed, "did not end within"):
            run(["sleep", "1000"], 0.1)

    def test_a_command_does_not_outlive_its_starter(self):
        with tempfile.TemporaryDirectory() as directory:
            said = os.path.join(directory, "pid")
            with subprocess.Popen([sys.executable, "-B", "-c", RUNS, said]) as starter:
                wait_for(lambda: os.path.exists(said), lambda: "it did not begin", PATIENCE_S)
                starter.kill()
            with open(said, encoding="ascii") as file:
                pid = int(file.read())
            wait_for(lambda: gone(pid), lambda: "it goes on", PATIENCE_S)

    def test_numbers_are_written_the_same_way_everywhere(self):
        os.environ["LC_ALL"] = "de_DE.UTF-8"
        self.addCleanup(os.environ.pop, "LC_ALL")
        self.assertEqual(run(["sh", "-c", "echo $LC_ALL"], PATIENCE_S), "C.UTF-8\n")

    def test_a_program_that_is_not_there_is_a_failure(self):
        with self.assertRaisesRegex(Failed, "No such file"):
            run(["/nonexistent/program"], PATIENCE_S)


if __name__ == "__main__":
    unittest.main()
