"""With which arguments servers and clients are run, and how that is shown."""

import json
import os
import stat
import tempfile
import unittest
from unittest import mock

import example
from machine.errors import Failed, Unavailable, Unsupported
from machine.fetching import Fetching
from measure.loads import Kind, Load
from peers import command_text, values
from peers.driven import Driven
from peers.kafka import KafkaJava
from peers.peer import Tools
from peers.rabbitmq import RabbitStreams, RabbitStreamsPacked
from peers.strata import Strata

# Notes its arguments in a file beside it.
DRIVER = """#!/bin/sh
echo "$@" >>"$(dirname "$0")/called"
case "$1" in
  --list) echo '{"pond": ["ducks=2"]}' ;;
  *) echo '{"records": 10, "bytes": 1190, "bytes_in_all": 1190, "seconds": 1}' ;;
esac
"""


def tools(directory):
    return Tools(cache_dir="", bin_dir=directory, text_file="lines.txt", programs={}, seconds=1,
                 command_timeout_s=60, fetching=Fetching(print), places={directory: "$BUILD"})


class Programs(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def program(self, *path):
        path = os.path.join(self.directory, *path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(DRIVER)
        os.chmod(path, stat.S_IRWXU)
        self.called = os.path.join(os.path.dirname(path), "called")

    def last_call(self):
        with open(self.called, encoding="ascii") as file:
            return file.read().splitlines()[-1]


class Pond(Driven):
    name = "Pond"
    driver = "pond"
    library = "libpond-dev"
    settings = ("no fish",)


class DrivenPeers(Programs):
    def peer(self):
        self.program("bench", "compare", "strata_compare_load")
        return Pond(tools(self.directory))

    def test_the_driver_tells_its_settings(self):
        peer = self.peer()
        peer.install()
        self.assertEqual(peer.settings, ("ducks=2", "no fish"))

    def test_a_driver_without_its_library_is_not_to_be_had(self):
        peer = self.peer()
        peer.driver = "lake"
        with self.assertRaisesRegex(Unavailable, "built without libpond-dev"):
            peer.install()

    def test_without_the_driver_nothing_is_to_be_had(self):
        with self.assertRaisesRegex(Unavailable, "is not built"):
            Pond(tools(self.directory)).install()

    def test_loads_become_arguments(self):
        peer = self.peer()
        where = "--address 127.0.0.1:0 --topic t --partitions 1"
        peer.create("t", example.PRODUCE)
        self.assertEqual(self.last_call(), f"pond create {where}")
        timing = peer.produce("t", example.PRODUCE, 10)
        self.assertEqual(self.last_call(), f"pond produce {where} --records 10 --size 100")
        self.assertEqual(timing.records, 10)
        peer.read("t", Load(Kind.READ, text=True), 10)
        self.assertEqual(self.last_call(), f"pond consume {where} --records 10 "
                                           "--payload-file lines.txt --compression zstd")
        peer.latency("t", example.LATENCY, 10)
        self.assertEqual(self.last_call(),
                         f"pond latency {where} --records 10 --size 100 --rate 50000")
        peer.fanout("t", Load(Kind.FANOUT, groups=3), 10)
        self.assertEqual(self.last_call(),
                         f"pond fanout {where} --records 10 --size 100 --groups 3")
        peer.delete("t", example.PRODUCE)
        self.assertEqual(self.last_call(), f"pond delete {where}")

    def test_the_last_command_is_kept_as_one_would_type_it(self):
        peer = self.peer()
        peer.produce("t", example.PRODUCE, 10)
        self.assertTrue(peer.client_command.startswith(
            "$BUILD/bench/compare/strata_compare_load pond produce --address"))

    def test_a_command_that_fails_is_kept_too(self):
        peer = Pond(tools(self.directory))
        with self.assertRaises(Failed):
            peer.create("t", example.PRODUCE)
        self.assertIn("pond create", peer.client_command)


class OurOwn(Programs):
    def test_a_latency_counts_values_without_the_header_that_times_them(self):
        self.program("client", "strata")
        timing = Strata(tools(self.directory)).latency("t", example.LATENCY, 10)
        self.assertEqual(timing.bytes, 10 * 100)
        self.assertEqual(timing.bytes_in_all, (10 + 50_000) * 100)
        self.assertIn("--warm-up 1", self.last_call())


class ConsumerPerformance(unittest.TestCase):
    OUTPUT = ("data.consumed.in.MB, data.consumed.in.nMsg, fetch.time.ms\n"
              "1.0, 10, 1000\n")

    def test_fetches_as_much_as_the_settings_say(self):
        peer = KafkaJava(tools("d"))
        peer._java, peer._tools_path = "java", "tools.jar"
        with mock.patch.object(peer, "run_client", return_value=self.OUTPUT) as run:
            peer.read("t", example.PRODUCE, 10)
        [command] = run.call_args.args
        fetch_bytes = command[command.index("--fetch-size") + 1]
        self.assertIn(f"max.partition.fetch.bytes={fetch_bytes}", peer.settings)


class StreamPerfTool(unittest.TestCase):
    """Which runs for a time, and not for a number of records."""

    def setUp(self):
        self.commands = []
        self.peer = self.of(RabbitStreams)

    def of(self, contender):
        peer = contender(tools("d"))
        peer._java, peer._tool_path = "java", "tool.jar"
        peer.run_client = self.run_client
        return peer

    def run_client(self, command):
        self.commands.append([str(word) for word in command])
        return "".join(f"{second}, published 1000 msg/s, confirmed 1000 msg/s, "
                       "consumed 2000 msg/s, latency median/75th/95th/99th 0/0/0/0 ms, "
                       "chunk size 0\n"
                       for second in range(1, 6))

    def seconds(self):
        command = self.commands[-1]
        return int(command[command.index("--time") + 1])

    def test_writes_as_long_as_so_many_records_take(self):
        self.peer.produce("t", example.PRODUCE, 20_000)
        self.assertEqual(self.seconds(), 4)  # nothing is known yet, and less has no rate
        self.peer.produce("t", example.PRODUCE, 12_500)
        self.assertEqual(self.seconds(), 13)
        self.peer.produce("t", Load(Kind.PRODUCE, size_bytes=1024), 12_500)
        self.assertEqual(self.seconds(), 4)

    def test_a_sub_entry_is_confirmed_as_one(self):
        packed = self.of(RabbitStreamsPacked)
        self.assertEqual(packed.produce("t", example.PRODUCE, 1).records_per_second, 100 * 1000)
        self.assertEqual(packed.fanout("t", Load(Kind.FANOUT), 1).records_per_second, 2000)

    def test_deletes_all_streams_of_a_load(self):
        self.peer.delete("t", Load(Kind.PRODUCE, partitions=6))
        command = " ".join(self.commands[-1])
        self.assertIn("--streams t --stream-count 6", command)
        self.assertIn("--delete-streams", command)

    def test_has_no_text(self):
        with self.assertRaises(Unsupported):
            self.peer.produce("t", Load(Kind.PRODUCE, text=True), 1)
        self.peer.delete("t", Load(Kind.PRODUCE, text=True))
        self.assertEqual(self.commands, [])


class Values(unittest.TestCase):
    def test_lines_are_compressed(self):
        self.assertEqual(values.arguments(tools("d"), Load(Kind.PRODUCE, text=True)),
                         ["--payload-file", "lines.txt", "--compression", "zstd"])


class CommandText(unittest.TestCase):
    def test_directories_have_names(self):
        self.assertEqual(command_text.shown(["/a/b/run", "--dir=/a/c"], {"/a/b": "$B", "/a": "$A"}),
                         "$B/run --dir=$A/c")

    def test_words_are_quoted_where_a_shell_needs_it(self):
        self.assertEqual(command_text.shown(["run", "--save", "", "a b", 7], {}),
                         "run --save '' 'a b' 7")

    def test_a_class_path_names_each_directory_once(self):
        self.assertEqual(command_text.shown(["java", "-cp", "/c/x.jar:/c/y.jar:/d", "Main"],
                                            {"/c": "$C"}), "java -cp $C/*:/d Main")

    def test_the_environment_stands_before_it(self):
        self.assertEqual(command_text.shown(["run"], {}, {"PORT": "1", "PATH": "/x"}), "PORT=1 run")


if __name__ == "__main__":
    unittest.main()
