"""What compare.py is told, and what it does before it measures."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
from unittest import mock

import command_line
import compare
import peers
from measure import contenders, loads


class Parse(unittest.TestCase):
    def parse(self, *arguments):
        return command_line.parse(arguments, "/source")

    def refused(self, *arguments):
        """What it says."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            self.parse(*arguments)
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_without_arguments_everybody_gets_every_load(self):
        options = self.parse()
        self.assertEqual(options.peers, list(peers.ALL))
        self.assertEqual(options.loads, loads.LOADS)
        self.assertEqual(options.programs, {})

    def test_contenders_and_loads_can_be_chosen(self):
        options = self.parse("--only", "Redis", "--load", "read-100b-1p")
        self.assertEqual([peer.name for peer in options.peers],
                         [contenders.REDIS, contenders.REDIS_SYNC])
        self.assertEqual([load.key for load in options.loads], ["read-100b-1p"])

    def test_a_program_of_ones_own_is_taken(self):
        options = self.parse("--program", f"nats-server={sys.executable}")
        self.assertEqual(options.programs, {"nats-server": os.path.abspath(sys.executable)})

    def test_what_there_is_not_is_named(self):
        self.assertIn("no contender has such a name", self.refused("--only", "Pulsar"))
        self.assertIn("no load 'x'", self.refused("--load", "x"))
        self.assertIn("there is no 'nats'", self.refused("--program", "nats=/bin/sh"))
        self.assertIn("'/nowhere' is no program",
                      self.refused("--program", "nats-server=/nowhere"))
        self.assertIn("there is no file '/nowhere'", self.refused("--text", "/nowhere"))
        self.assertIn("more than 0", self.refused("--rounds", "0"))


class Begin(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def options(self, *arguments):
        return command_line.parse(["--cache", os.path.join(self.directory, "cache"),
                                   "--output", os.path.join(self.directory, "out"), *arguments],
                                  compare.SOURCE_DIR)

    def test_nothing_is_measured_in_memory_unless_somebody_insists(self):
        with mock.patch.object(compare.place, "is_in_memory", return_value=True):
            self.assertIn("is in memory", compare.unfit(self.options("--most-bytes", "1"),
                                                        self.directory))
            insisting = self.options("--most-bytes", "1", "--anyway")
            self.assertEqual(compare.unfit(insisting, self.directory), "")
            self.assertIn("warning", dict(compare.about_run(insisting, self.directory, [])))

    def test_the_page_does_not_say_where_the_cache_is(self):
        arguments = ["--cache", os.path.join(self.directory, "peers"), "--load", "fan out"]
        about = compare.about_run(self.options(*arguments[:2]), self.directory, arguments)
        self.assertEqual(dict(about)["command"],
                         "`bench/compare/compare.py --cache $CACHE --load 'fan out'`")

    def test_nothing_is_measured_without_room(self):
        with mock.patch.object(compare.place, "is_in_memory", return_value=False):
            self.assertIn("too little room", compare.unfit(
                self.options("--most-bytes", str(10 ** 18)), self.directory))

    def test_lines_are_collected_only_for_loads_of_text(self):
        with mock.patch.object(compare.text_lines, "collect") as collect:
            compare.tools_for(self.options("--load", "read-100b-1p"), self.directory)
            collect.assert_not_called()
            collect.return_value = os.path.join(self.directory, "text")
            tools = compare.tools_for(self.options("--load", "read-text-1p"), self.directory)
        self.assertEqual(tools.text_file, os.path.join(self.directory, "text"))

    def test_what_was_measured_is_written_even_if_the_run_is_interrupted(self):
        def interrupted(options, work_dir, about, results):
            results.miss("somebody", None, "not there")
            sys.exit(130)
        out = os.path.join(self.directory, "out")
        with mock.patch.object(compare, "measure", interrupted), \
                contextlib.redirect_stderr(io.StringIO()), \
                contextlib.redirect_stdout(io.StringIO()), self.assertRaises(SystemExit):
            compare.main(["--anyway", "--most-bytes", "1", "--output", out])
        self.assertEqual(sorted(os.listdir(out)), ["RESULTS.md", "results.json", "results.svg"])


if __name__ == "__main__":
    unittest.main()
