import unittest

import example
from figures.targets import as_markdown
from measure import contenders
from measure.loads import Kind, Load
from report import targets

APPEND = Load(Kind.PRODUCE)


def fanout(groups):
    return Load(Kind.FANOUT, size_bytes=1024, groups=groups)


class Targets(unittest.TestCase):
    def setUp(self):
        self.results = example.results(contenders.STRATA, contenders.KAFKA, contenders.KAFKA_RD,
                                       contenders.GRPC_LIMIT, contenders.DISK_LIMIT)

    def target(self, what):
        return next(each for each in targets.of(self.results) if each.what.startswith(what))

    def test_without_figures_nothing_is_met(self):
        for target in targets.of(self.results):
            self.assertEqual((target.reached, target.met), ("not measured", False))
        self.assertNotIn("| no |", as_markdown(targets.of(self.results)))

    def test_what_was_measured_and_missed_is_called_so(self):
        self.results.add(contenders.STRATA, APPEND, example.sample(rate=1e6))
        self.assertIn("| 1,000,000 records/s | no |", as_markdown(targets.of(self.results)))

    def test_a_rate_is_met_when_it_is_reached(self):
        self.results.add(contenders.STRATA, APPEND, example.sample(rate=2e6))
        target = self.target("append, 100 B")
        self.assertEqual((target.reached, target.met), ("2,000,000 records/s", True))

    def test_the_faster_client_of_kafka_counts(self):
        self.results.add(contenders.STRATA, APPEND, example.sample(rate=2.9e6))
        self.results.add(contenders.KAFKA, APPEND, example.sample(rate=0.5e6))
        self.results.add(contenders.KAFKA_RD, APPEND, example.sample(rate=1e6))
        target = self.target("append / Kafka")
        self.assertEqual((target.reached, target.met), ("2.90 x", False))

    def test_a_latency_is_met_when_it_is_low_enough(self):
        self.results.add(contenders.STRATA, example.LATENCY, example.sample(p50=1.5, p99=4))
        self.results.add(contenders.KAFKA_RD, example.LATENCY, example.sample(p99=10))
        self.results.add(contenders.DISK_LIMIT, example.LATENCY, example.sample(p50=0.25))
        self.assertTrue(self.target("p99").met)
        beyond = self.target("p50")
        self.assertEqual((beyond.reached, beyond.met), ("1.25 ms", False))

    def test_cost_of_ten_groups_is_per_delivered_byte(self):
        self.results.add(contenders.STRATA, fanout(1), example.sample(rate=100, cpu_seconds=1))
        self.results.add(contenders.STRATA, fanout(10), example.sample(rate=1000, cpu_seconds=4))
        target = self.target("broker CPU")
        self.assertEqual((target.reached, target.met), ("0.4 x", True))


if __name__ == "__main__":
    unittest.main()
