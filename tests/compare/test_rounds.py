import os
import tempfile
import unittest

import example
from fake_peer import FakePeer, FakeServer
from machine.errors import Failed, Unavailable, Unsupported
from measure.loads import Kind, Load
from measure.rounds import Rounds, order
from measure.samples import Results

READ = Load(Kind.READ)


class RunRounds(unittest.TestCase):
    def setUp(self):
        self.told = []

    def run_rounds(self, peers, loads=(example.PRODUCE,), rounds=1, lack=lambda peer: "",
                   after_turn=lambda: None):
        results = Results()
        with tempfile.TemporaryDirectory() as directory:
            made = Rounds(loads, 2, 10 ** 12, directory, say=lambda line: None,
                          settle=lambda paced: None, lack=lack)
            made.run(made.install(peers, results), rounds, results, after_turn)
            self.assertEqual(os.listdir(directory), [])
        return results

    def test_contenders_take_turns(self):
        self.run_rounds([FakePeer("a", self.told), FakePeer("b", self.told)], rounds=2)
        starts = [name for name, what, *_ in self.told if what == "start"]
        self.assertEqual(sorted(starts[:2]), ["a", "b"])
        self.assertEqual(sorted(starts[2:]), ["a", "b"])

    def test_nobody_is_always_the_first_or_behind_the_same_one(self):
        peers = ["a", "b", "c", "d"]
        rounds = ["".join(order(peers, number)) for number in (1, 2, 3)]
        self.assertEqual(rounds, ["abcd", "adcb", "cdab"])
        self.assertEqual(order([], 1), [])

    def test_what_there_is_can_be_written_after_each_turn(self):
        after = []
        self.run_rounds([FakePeer("a", self.told), FakePeer("b", self.told)], rounds=2,
                        after_turn=lambda: after.append(len(self.told)))
        self.assertEqual(len(after), 4)
        self.assertEqual([self.told[end - 1][1] for end in after], ["stop"] * 4)

    def test_each_stops_before_the_next_starts(self):
        self.run_rounds([FakePeer("a", self.told), FakePeer("b", self.told)])
        order = [(name, what) for name, what, *_ in self.told if what in ("start", "stop")]
        self.assertEqual(order, [("a", "start"), ("a", "stop"), ("b", "start"), ("b", "stop")])

    def test_a_read_alone_writes_first(self):
        results = self.run_rounds([FakePeer("a", self.told)], loads=(READ,))
        self.assertEqual(len(results.of("a", READ)), 1)
        self.assertEqual(results.of("a", example.PRODUCE), [])

    def test_who_cannot_be_had_is_reported_and_not_started(self):
        results = self.run_rounds(
            [FakePeer("a", self.told, broken={"install": Unavailable("no such package")})])
        self.assertEqual(self.told, [("a", "install")])
        self.assertEqual(results.why_missing("a", example.PRODUCE), "no such package")
        self.assertIn("a", results.contenders)

    def test_a_server_that_does_not_start_stops_nobody_else(self):
        results = self.run_rounds([FakePeer("a", self.told, broken={"start": Failed("no port")}),
                                   FakePeer("b", self.told)])
        self.assertEqual(results.why_missing("a", example.PRODUCE), "no port")
        self.assertIsNone(results.why_missing("b", example.PRODUCE))
        self.assertIn(("a", "stop"), self.told)

    def test_a_server_gets_a_second_try_to_start(self):
        peer = FakePeer("a", self.told)
        errors = [Failed("somebody has taken the port")]

        def start(directory):
            self.told.append(("a", "start"))
            if errors:
                raise errors.pop()
        peer.start = start
        results = self.run_rounds([peer])
        self.assertEqual(len(results.of("a", example.PRODUCE)), 1)
        self.assertEqual([what for _, what, *_ in self.told[1:4]], ["start", "stop", "start"])

    def test_what_nobody_expected_costs_no_more_than_its_turn(self):
        for where in ("install", "start", "stop", "produce"):
            results = self.run_rounds([FakePeer("a", self.told, broken={where: OSError("no disk")}),
                                       FakePeer("b", self.told)])
            self.assertEqual(len(results.of("b", example.PRODUCE)), 1)
            self.assertIn("OSError: no disk", results.missing.values())

    def test_when_a_server_dies_its_turn_ends(self):
        peer = FakePeer("a", self.told, broken={"produce": Failed("connection refused")})
        peer.server = FakeServer(ended="the server ended with 137")
        results = self.run_rounds([peer], loads=(example.PRODUCE, READ, example.LATENCY))
        self.assertEqual(results.why_missing("a", example.PRODUCE),
                         "connection refused; the server ended with 137")
        for load in (READ, example.LATENCY):
            self.assertEqual(results.why_missing("a", load),
                             f"the server had ended before: {example.PRODUCE.title}")
        self.assertNotIn("latency", [what for _, what, *_ in self.told])

    def test_without_room_nobody_starts(self):
        results = self.run_rounds([FakePeer("a", self.told)], lack=lambda peer: "too little room")
        self.assertEqual(results.why_missing("a", example.PRODUCE), "too little room")
        self.assertNotIn("start", [what for _, what, *_ in self.told])

    def test_room_is_looked_at_before_each_load(self):
        answers = ["", "", "too little room"]
        results = self.run_rounds([FakePeer("a", self.told)], loads=(example.PRODUCE, READ),
                                  lack=lambda peer: answers.pop(0))
        self.assertIsNone(results.why_missing("a", example.PRODUCE))
        self.assertEqual(results.why_missing("a", READ), "too little room")

    def test_commands_are_kept(self):
        peer = FakePeer("a", self.told)
        peer.server_command, peer.client_command = "server --port 1", "client --to 1"
        results = self.run_rounds([peer])
        self.assertEqual(results.contenders["a"]["server command"], "server --port 1")
        self.assertEqual(results.commands["a", example.PRODUCE.key], "client --to 1")

    def test_a_load_that_fails_leaves_the_others(self):
        results = self.run_rounds(
            [FakePeer("a", self.told, broken={"read": Unsupported("it cannot read")})],
            loads=(example.PRODUCE, READ))
        self.assertIsNone(results.why_missing("a", example.PRODUCE))
        self.assertEqual(results.why_missing("a", READ), "it cannot read")


if __name__ == "__main__":
    unittest.main()
