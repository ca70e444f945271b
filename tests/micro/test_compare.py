"""The whole command, over a project of a few scripts."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import compare
from fake_project import FakeProject
from machine.processes import wait_for

PATIENCE_S = 60
RUN = "import sys, compare; sys.exit(compare.main(sys.argv[2:], sys.argv[1]))"


class Compare(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.repository = os.path.join(directory.name, "repository")
        self.temporary = os.path.join(directory.name, "temporary")
        os.mkdir(self.repository)
        os.mkdir(self.temporary)
        patched = mock.patch.object(tempfile, "tempdir", self.temporary)
        patched.start()
        self.addCleanup(patched.stop)
        self.project = FakeProject(self.repository)
        self.project.set_bench("codec", Crc=100, Encode=100)
        self.base = self.project.commit()

    def compared(self, *arguments, status=0):
        """(standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.assertEqual(compare.main(["--rounds", "2", *arguments], self.repository), status,
                             err.getvalue())
        return out.getvalue(), err.getvalue()

    def assert_nothing_is_left(self):
        self.assertEqual(os.listdir(self.temporary), [])
        self.assertEqual(len(self.project.worktrees()), 1)

    def test_the_files_as_they_are_are_compared_to_a_commit(self):
        self.project.set_bench("codec", Crc=50, Encode=200)
        out, _ = self.compared(self.base)
        self.assertRegex(out, r"\| codec Crc +\| +100 ns \| +50.0 ns \| +0.5 x \|.* faster \|")
        self.assertRegex(out, r"\| codec Encode +\| +100 ns \| +200 ns \| +2.00 x \|.* slower \|")
        self.assert_nothing_is_left()

    def test_two_commits_are_compared_whatever_the_files_are_now(self):
        self.project.set_bench("codec", Crc=300)
        change = self.project.commit()
        self.project.set_bench("codec", Crc=999)
        out, _ = self.compared(self.base, change)
        self.assertRegex(out, r"\| codec Crc +\| +100 ns \| +300 ns \|")
        self.assertIn("Not measured in the change: codec Encode: there is no such benchmark", out)
        self.assert_nothing_is_left()

    def test_the_sides_take_turns(self):
        _, err = self.compared(self.base)
        short = self.base[:12]
        self.assertEqual(
            [line for line in err.splitlines() if line.startswith("round ")],
            [f"round {number} of 2: codec, {title}" for number in (1, 2)
             for title in (f"{self.base} ({short})", f"the files on {short}")])

    def test_only_what_the_filter_matches_is_measured(self):
        out, _ = self.compared(self.base, "--filter", "Enc")
        self.assertIn("codec Encode", out)
        self.assertNotIn("codec Crc", out)

    def test_only_the_chosen_bench_is_built_and_measured(self):
        self.project.set_bench("broken", Crc=1)
        self.project.set_bench("other", Crc=1)
        base = self.project.commit()
        self.project.set_bench_text("broken", "grep does not find what it looks for")
        out, _ = self.compared(base, "--bench", "other")
        self.assertIn("other Crc", out)
        self.assertNotIn("codec Crc", out)

    def test_a_bench_on_one_side_only_is_named(self):
        self.project.set_bench("index", Find=1)
        out, _ = self.compared(self.base)
        self.assertIn("Not measured in the base: index: there is no such bench", out)

    def test_a_bench_that_ends_badly_hinders_no_other(self):
        self.project.set_bench("index", Find=1)
        base = self.project.commit()
        self.project.set_bench_text("index", "#!/bin/sh\n# TIMES\n"
                                    "case $* in *list*) echo A;; *) echo bad luck; exit 7;; esac")
        out, _ = self.compared(base)
        self.assertIn("codec Crc", out)
        self.assertIn("Not measured in the change: index: strata_index_bench ended with 7:\n"
                      "bad luck", out)

    def test_a_build_that_fails_shows_what_it_said(self):
        self.project.set_bench_text("codec", "grep does not find what it looks for")
        out, err = self.compared(self.base, status=1)
        self.assertEqual(out, "")
        self.assertIn("compare.py: cannot build the files on", err)
        self.assertRegex(err, r"(?s)cmake ended with 1:\n.*FAILED: .*strata_codec_bench")
        self.assert_nothing_is_left()

    def test_names_that_there_are_none_of_are_told(self):
        for arguments, words in (
                (["nowhere"], "there is no commit 'nowhere'"),
                ([self.base, "--bench", "nothing"], "there is no bench 'nothing'; there are codec"),
                ([self.base, "--filter", "nothing"], "no benchmark of codec matches the filter")):
            _, err = self.compared(*arguments, status=1)
            self.assertIn(words, err)
            self.assert_nothing_is_left()

    def test_a_build_directory_is_kept_and_taken_again(self):
        kept = os.path.join(os.path.dirname(self.temporary), "kept")
        for _ in range(2):
            out, _ = self.compared(self.base, "--build-dir", kept)
            self.assertIn("codec Crc", out)
        self.assertEqual(os.listdir(self.temporary), [])
        self.assertEqual(sorted(os.listdir(kept)), sorted([self.base[:12], "worktree"]))

    def test_one_round_is_refused(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
            compare.main([self.base, "--rounds", "1"], self.repository)
        self.assertEqual(ended.exception.code, 2)

    def test_an_interrupt_leaves_nothing_behind(self):
        waits = os.path.join(self.repository, "waits")
        command = [sys.executable, "-B", "-c", RUN, self.repository, self.base]
        with open(os.devnull, "wb") as nothing, subprocess.Popen(
                command, stderr=nothing,
                env={**os.environ, "TMPDIR": self.temporary, "FAKE_WAITS": waits}) as process:
            wait_for(lambda: os.path.exists(waits) or process.poll() is not None,
                     lambda: "the benchmark did not begin", PATIENCE_S)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(PATIENCE_S), 128 + signal.SIGTERM)
        with open(waits, encoding="utf-8") as file:
            pid = int(file.read())
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        self.assert_nothing_is_left()


if __name__ == "__main__":
    unittest.main()
