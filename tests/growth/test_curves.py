import dataclasses
import tempfile
import unittest

import curves
import example
from curves.groups import Groups
from curves.log_size import LogSize
from curves.partitions import Partitions
from curves.record_size import RecordSize
from curves.slow_readers import SlowReaders
from machine.errors import Failed
from running.scale import FULL, QUICK


class OnAFakeBroker(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def lab(self, scale=QUICK, **more):
        return example.FakeLab(self.directory, scale, **more)

    def told(self, lab, verb):
        return [each for each in lab.broker.told if each[0] == verb]


class EachCurve(OnAFakeBroker):
    def test_has_a_figure_for_each_column(self):
        for curve in curves.ALL:
            with self.subTest(curve.key):
                figures = curve.measure(curve.quick_sizes[-1], self.lab())
                self.assertEqual(set(figures), {column.key for column in curve.columns})

    def test_has_sizes_that_ascend(self):
        for curve in curves.ALL:
            for sizes in (curve.sizes, curve.quick_sizes):
                self.assertEqual(list(sizes), sorted(set(sizes)))
                self.assertGreater(len(sizes), 2)

    def test_has_a_heading_for_each_column(self):
        for curve in curves.ALL:
            headings = [column.heading for column in curve.columns]
            self.assertEqual(len(headings), len(set(headings)))

    def test_tells_how_much_disk_it_takes(self):
        for curve in curves.ALL:
            with self.subTest(curve.key):
                lab = self.lab(dataclasses.replace(QUICK, random_log=True))
                curve.measure(curve.quick_sizes[-1], lab)
                written = sum(call[1].get("--records", 1) * call[1]["--size"]
                              for verb in ("produce", "fanout") for call in self.told(lab, verb))
                self.assertGreater(written, 1_000_000)
                self.assertLess(written, 1.1 * curve.disk_bytes(curve.quick_sizes[-1], lab.scale))


class EachLoadAtARate(OnAFakeBroker):
    def test_begins_on_a_machine_at_rest(self):
        at_a_rate = 0
        for curve in curves.ALL:
            lab = self.lab()
            curve.measure(curve.quick_sizes[-1], lab)
            rested = False
            for verb, *arguments in lab.broker.told:
                if verb == "settle":
                    rested = arguments == ["paced"]
                # With --seconds it stands, and is not measured.
                elif verb in ("produce", "fanout") and "--rate" in arguments[0]:
                    with self.subTest(curve.key):
                        self.assertTrue(rested or "--seconds" in arguments[0])
                    rested = False
                    at_a_rate += 1
        self.assertGreater(at_a_rate, 2)


class OfPartitions(OnAFakeBroker):
    def test_each_has_a_batch_before_the_load_and_before_the_kill(self):
        lab = self.lab()
        Partitions().measure(5, lab)
        verbs = [call[0] for call in lab.broker.told]
        self.assertEqual(verbs, ["fresh", "create", "produce", "settle", "produce", "produce",
                                 "settle", "produce", "produce", "produce", "stop", "start",
                                 "produce", "kill", "start"])
        touch, again, load, once_more, _, *before_starts = (
            flags for _, flags in self.told(lab, "produce"))
        self.assertEqual(touch["--records"], 5)
        self.assertEqual(touch["--size"], touch["--batch-bytes"])
        self.assertEqual([again, once_more, *before_starts], 4 * [touch])
        self.assertEqual(load["--records"] * load["--size"], QUICK.load_bytes)

    def test_the_load_has_a_batch_for_each_of_ten_thousand(self):
        lab = self.lab(FULL)
        Partitions().measure(10_000, lab)
        load = self.told(lab, "produce")[2][1]
        self.assertGreater(load["--records"] * load["--size"], 10_000 * load["--batch-bytes"])


class OfGroups(OnAFakeBroker):
    def test_as_much_is_delivered_whatever_their_number(self):
        for groups in Groups.sizes:
            lab = self.lab(FULL)
            Groups().measure(groups, lab)
            [(_, flags)] = self.told(lab, "fanout")
            delivered = flags["--rate"] * flags["--size"] * groups
            self.assertAlmostEqual(delivered / 100e6, 1, delta=0.02)
            self.assertEqual(flags["--records"], flags["--rate"] * FULL.seconds)


class OfLogSizes(OnAFakeBroker):
    def test_the_log_grows_from_one_size_to_the_next(self):
        lab = self.lab()
        for size in (0.004, 0.008):
            LogSize().measure(size, lab)
        self.assertEqual(len(self.told(lab, "fresh")), 1)
        self.assertEqual([call[1]["--records"] for call in self.told(lab, "produce")],
                         [4_000, 1_000, 3_000, 1_000])
        self.assertEqual(lab.broker.records, 9_000)

    def test_the_middle_is_read_by_offset_and_by_time(self):
        lab = self.lab()
        LogSize().measure(0.004, lab)
        self.assertEqual(self.told(lab, "read"),
                         [("read", 0), ("read", 2_500), ("read", "@1700000000000")])

    def test_a_read_that_comes_short_is_a_failure(self):
        with self.assertRaisesRegex(Failed, "gave 999 records instead of 1000"):
            LogSize().measure(0.004, self.lab(short_reads=True))

    def test_a_random_log_takes_as_much_disk_as_it_holds(self):
        random = dataclasses.replace(FULL, random_log=True)
        self.assertEqual(LogSize().disk_bytes(10, random), 10e9)
        self.assertLess(LogSize().disk_bytes(10, FULL), 2e9)
        lab = self.lab(dataclasses.replace(QUICK, random_log=True))
        LogSize().measure(0.004, lab)
        self.assertNotIn("--compression", self.told(lab, "produce")[0][1])


class OfSlowReaders(OnAFakeBroker):
    def test_they_stand_before_as_much_again_is_appended(self):
        lab = self.lab(FULL)
        SlowReaders().measure(10, lab)
        self.assertEqual([call[0] for call in lab.broker.told],
                         ["fresh", "create", "produce", "stand", "settle", "produce"])
        self.assertEqual(self.told(lab, "stand"), [("stand", 10, 1_000_000)])
        self.assertEqual(lab.broker.records, 2_000_000)


class OfRecordSizes(OnAFakeBroker):
    def test_as_many_bytes_as_the_load_has_but_no_endless_number_of_records(self):
        for size, records in ((10, 5_000_000), (1_000, 1_000_000), (1 << 20, 953)):
            lab = self.lab(FULL)
            RecordSize().measure(size, lab)
            self.assertEqual(self.told(lab, "produce")[0][1]["--records"], records)

    def test_sizes_are_written_in_their_units(self):
        self.assertEqual([RecordSize().size_text(size) for size in RecordSize.sizes],
                         ["10 B", "100 B", "1 KiB", "10 KiB", "100 KiB", "1 MiB"])


if __name__ == "__main__":
    unittest.main()
