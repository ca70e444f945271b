import unittest

from measure import loads
from measure.loads import Kind, Load


class Loads(unittest.TestCase):
    def test_no_two_have_the_same_key(self):
        keys = [load.key for load in loads.LOADS]
        self.assertEqual(len(keys), len(set(keys)))

    def test_each_read_stands_behind_what_writes_it(self):
        for load in loads.LOADS:
            if load.kind is Kind.READ:
                self.assertLess(loads.LOADS.index(load.written_as), loads.LOADS.index(load))

    def test_the_title_says_what_is_sent(self):
        self.assertEqual(Load(Kind.PRODUCE, size_bytes=1024, partitions=6).title,
                         "Produce: 1 KiB, 6 partitions")
        self.assertEqual(Load(Kind.LATENCY, rate=10_000).title,
                         "End-to-end latency: 100 B, 1 partition, 10,000 records/s")
        self.assertEqual(Load(Kind.FANOUT, groups=10).title,
                         "Fan-out: 100 B, 1 partition, 10 groups")
        self.assertEqual(Load(Kind.READ, text=True).title,
                         "Catch-up read: lines of text, zstd, 1 partition")

    def test_chosen_keeps_the_order_of_the_loads(self):
        first, second = loads.LOADS[:2]
        self.assertEqual(loads.chosen([second.key, first.key]), (first, second))
        self.assertEqual(loads.chosen([]), loads.LOADS)

    def test_an_unknown_key_is_named(self):
        with self.assertRaisesRegex(ValueError, "no load 'produce-1b'"):
            loads.chosen(["produce-1b"])

    def test_records_for_stays_in_its_bounds(self):
        self.assertEqual(loads.records_for(rate=1000, seconds=5, most=10_000), 5000)
        self.assertEqual(loads.records_for(rate=1000, seconds=50, most=10_000), 10_000)
        self.assertEqual(loads.records_for(rate=0.01, seconds=5, most=10_000), 1)


if __name__ == "__main__":
    unittest.main()
