"""How much of a load a contender gets."""

import unittest

import example
from fake_peer import FakePeer, FakeServer
from machine.errors import Failed, Unsupported
from measure.loads import Kind, Load
from measure.samples import Timing
from measure.turn import Turn

READ = Load(Kind.READ)
FANOUT = Load(Kind.FANOUT, groups=10)


class _Case(unittest.TestCase):
    def setUp(self):
        self.told = []
        self.records = {}

    def turn(self, seconds=2, most_bytes=10 ** 12, number=1, **peer):
        return Turn(FakePeer("a", self.told, **peer), number, seconds, most_bytes, self.records,
                    settle=lambda paced: self.told.append(("", "quiet" if paced else "settle")))

    def of(self, what):
        """(topic, records) of all such calls."""
        return [call[2:] for call in self.told if call[1] == what]


class Loads(_Case):
    def test_the_number_of_records_follows_the_rate(self):
        sample = self.turn(rate=10_000).sample(example.PRODUCE)
        self.assertEqual(sample.timing.records, 20_000)

    def test_no_load_writes_more_than_the_bytes_that_were_allowed(self):
        self.turn(rate=10_000_000, most_bytes=1_000_000).sample(example.PRODUCE)
        self.assertEqual(max(records for _, records in self.of("produce")), 10_000)

    def test_a_short_trial_does_not_settle_how_much_the_bytes_allow(self):
        # From 20,000 records one would guess all that is allowed, and be right or wrong.
        self.turn(rate=10_000_000, most_bytes=10_000_000).sample(example.PRODUCE)
        self.assertEqual([records for _, records in self.of("produce")], [20_000, 100_000, 100_000])

    def test_a_second_turn_does_not_find_out_again(self):
        self.turn(rate=1_000_000).sample(example.PRODUCE)
        self.turn(rate=1_000_000).sample(example.PRODUCE)
        self.assertEqual([records for _, records in self.of("produce")],
                         [20_000, 2_000_000, 2_000_000, 400_000, 2_000_000])

    def test_deliveries_to_all_groups_take_no_more_time(self):
        sample = self.turn(rate=10_000).sample(FANOUT)
        self.assertEqual(sample.timing.records, 200_000)
        self.assertEqual(self.of("fanout")[-1], (FANOUT.key, 20_000))

    def test_a_sample_knows_its_round(self):
        self.assertEqual(self.turn(number=3).sample(example.PRODUCE).round, 3)

    def test_the_machine_settles_right_before_each_measurement(self):
        turn = self.turn()
        turn.sample(example.PRODUCE)
        self.assertEqual([what for _, what, *_ in self.told[-2:]], ["settle", "produce"])
        turn.sample(READ)
        self.assertEqual([what for _, what, *_ in self.told[-2:]], ["settle", "read"])
        turn.sample(Load(Kind.LATENCY, rate=1_000))
        self.assertEqual([what for _, what, *_ in self.told[-2:]], ["quiet", "latency"])

    def test_the_machine_settles_before_each_trial_that_tells_the_rate(self):
        self.turn(rate=1_000_000).sample(example.PRODUCE)
        self.assertEqual(self.settled_or_produced(), ["settle", "produce"] * 3)
        self.told.clear()
        self.turn(rate=1_000_000).sample(example.PRODUCE)
        self.assertEqual(self.settled_or_produced(), ["produce", "settle", "produce"])

    def settled_or_produced(self):
        return [what for _, what, *_ in self.told if what in ("settle", "produce")]

    def test_processor_time_and_peak_are_those_of_the_measurement(self):
        turn = self.turn()
        turn.peer.server = FakeServer(cpu_seconds_each=0.5)
        sample = turn.sample(example.PRODUCE)
        self.assertEqual((sample.server_cpu_seconds, sample.server_peak_bytes), (0.5, 0))


class WarmUp(_Case):
    def test_a_latency_is_measured_on_a_warm_server(self):
        self.turn().sample(example.LATENCY)
        self.assertEqual(self.of("latency"), [("latency-100b-1p-50000rps-trial0", 20_000),
                                              ("latency-100b-1p-50000rps", 100_000)])

    def test_trials_last_until_a_server_that_needs_it_is_warm(self):
        self.turn(rate=10_000, warm_up_seconds=5).sample(example.PRODUCE)
        self.assertEqual([records for _, records in self.of("produce")],
                         [20_000, 20_000, 10_000, 20_000])

    def test_a_server_is_warmed_up_once_for_each_kind_of_load(self):
        turn = self.turn(rate=10_000, warm_up_seconds=5)
        turn.sample(example.PRODUCE)
        self.told.clear()
        turn.sample(Load(Kind.PRODUCE, size_bytes=1024))
        self.assertEqual([records for _, records in self.of("produce")], [20_000, 20_000])
        turn.sample(example.LATENCY)
        self.assertEqual([records for _, records in self.of("latency")],
                         [100_000, 100_000, 50_000, 100_000])

    def test_reads_warm_up_too(self):
        self.turn(rate=10_000, warm_up_seconds=5).sample(READ)
        self.assertEqual([records for _, records in self.of("read")],
                         [20_000, 20_000, 20_000, 20_000])

    def test_a_second_turn_warms_its_new_server_up_again(self):
        for _ in range(2):
            self.told.clear()
            self.turn(rate=10_000, warm_up_seconds=5).sample(READ)
        self.assertEqual([records for _, records in self.of("read")],
                         [20_000, 20_000, 10_000, 20_000])


class Reading(_Case):
    def test_a_read_reads_what_was_measured(self):
        turn = self.turn()
        turn.sample(example.PRODUCE)
        turn.sample(READ)
        self.assertEqual(self.told[-1], ("a", "read", "produce-100b-1p", 20_000))

    def test_a_read_lasts_as_long_as_other_loads(self):
        turn = self.turn(rate=10_000, read_rate=30_000)
        turn.sample(example.PRODUCE)
        self.told.clear()
        self.assertEqual(turn.sample(READ).timing.seconds, 2)
        self.assertEqual([call[1:] for call in self.told],
                         [("read", "produce-100b-1p", 20_000),
                          ("produce", "produce-100b-1p", 40_000),
                          ("read", "produce-100b-1p", 60_000),
                          ("settle",), ("read", "produce-100b-1p", 60_000)])

    def test_who_writes_slowly_writes_no_longer_than_three_loads_for_a_read(self):
        turn = self.turn(rate=1_000, read_rate=500_000)
        turn.sample(example.PRODUCE)
        self.told.clear()
        sample = turn.sample(READ)
        self.assertEqual(sum(records for _, records in self.of("produce")), 3 * 2 * 1_000)
        self.assertEqual(sample.timing.records, 8_000)

    def test_a_second_turn_writes_at_once_what_the_first_one_has_read(self):
        for _ in range(2):
            turn = self.turn(rate=10_000, read_rate=30_000)
            turn.sample(example.PRODUCE)
            self.told.clear()
            turn.sample(READ)
        self.assertEqual([call[1:] for call in self.told],
                         [("produce", "produce-100b-1p", 40_000),
                          ("read", "produce-100b-1p", 12_000),
                          ("settle",), ("read", "produce-100b-1p", 60_000)])

    def test_a_read_alone_writes_first(self):
        self.turn().sample(READ)
        self.assertEqual(self.of("create")[-1], ("produce-100b-1p",))
        self.assertEqual(self.told[-1], ("a", "read", "produce-100b-1p", 20_000))

    def test_where_nothing_was_written_the_read_says_why(self):
        for error in (Failed("the disk is full"), Unsupported("it takes no text")):
            turn = self.turn(broken={"produce": error})
            with self.assertRaises(type(error)):
                turn.sample(example.PRODUCE)
            self.told.clear()
            with self.assertRaisesRegex(type(error), f"nothing to read: {error}"):
                turn.sample(READ)
            self.assertEqual(self.of("create"), [])


class Room(_Case):
    def test_a_trial_gives_its_room_back_at_once(self):
        self.turn().sample(example.PRODUCE)
        trial = "produce-100b-1p-trial0"
        self.assertEqual([call[1:3] for call in self.told[1:4]],
                         [("create", trial), ("produce", trial), ("delete", trial)])

    def test_a_load_gives_its_room_back_before_the_next_one(self):
        turn = self.turn()
        for load in (example.PRODUCE, READ, FANOUT):
            turn.sample(load)
        what = [call[1:3] for call in self.told]
        gone = what.index(("delete", "produce-100b-1p"))
        self.assertLess(what.index(("read", "produce-100b-1p")), gone)
        self.assertLess(gone, what.index(("create", FANOUT.key + "-trial0")))

    def test_what_was_deleted_is_written_again_for_a_read(self):
        turn = self.turn()
        for load in (example.PRODUCE, FANOUT, READ):
            turn.sample(load)
        self.assertEqual(self.of("create").count(("produce-100b-1p",)), 2)

    def test_what_a_failed_load_has_left_is_deleted(self):
        turn = self.turn(broken={"latency": Failed("too slow")})
        with self.assertRaises(Failed):
            turn.sample(example.LATENCY)
        turn.sample(example.PRODUCE)
        self.assertIn(("latency-100b-1p-50000rps-trial0",), self.of("delete"))


class Totals(unittest.TestCase):
    def test_all_that_was_moved_is_what_was_measured_unless_it_is_more(self):
        self.assertEqual(Timing(1, 100, 1.0).bytes_in_all, 100)
        self.assertEqual(Timing(1, 100, 1.0, bytes_in_all=150).bytes_in_all, 150)


if __name__ == "__main__":
    unittest.main()
