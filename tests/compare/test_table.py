import json
import unittest

import example
from figures import tables
from measure.loads import Kind, Load
from measure.samples import Sample, Timing
from report import chart, page, table


class OfLoad(unittest.TestCase):
    def setUp(self):
        self.results = example.results("ours", "theirs", "gone")
        for number, ours, theirs in ((1, 1000, 400), (2, 2000, 1000), (3, 3000, 1500)):
            self.results.add("ours", example.PRODUCE, example.sample(rate=ours, number=number))
            self.results.add("theirs", example.PRODUCE, example.sample(rate=theirs, number=number))
        self.results.miss("gone", None, "it is not to be had")

    def row(self, name, load=example.PRODUCE):
        lines = table.of_load(self.results, load, "ours").splitlines()
        return next(line for line in lines if line.startswith(f"| {name} "))

    def test_shows_the_median_the_ratio_and_the_spread(self):
        self.assertEqual(self.row("theirs"),
                         "| theirs | 1,000 | 0.1 | 2.00 x | 1.00 | 10,000 | 1.00 MB | 110 % |")

    def test_rounds_that_only_one_of_them_has_are_in_no_ratio(self):
        results = example.results("ours", "theirs")
        for number, rate in ((2, 300), (3, 4000)):
            results.add("ours", example.PRODUCE, example.sample(rate=rate, number=number))
        for number, rate in ((1, 1), (2, 100)):
            results.add("theirs", example.PRODUCE, example.sample(rate=rate, number=number))
        self.assertEqual(table.rate_ratio(results, example.PRODUCE, "ours", "theirs"), 3)

    def test_a_contender_that_is_missing_stands_without_figures(self):
        text = table.of_load(self.results, example.PRODUCE, "ours")
        self.assertIn("Missing: gone: see Contenders.", text)
        self.assertNotIn("| gone", text)

    def test_a_latency_of_nothing_is_less_than_a_millisecond_and_in_no_ratio(self):
        self.results.add("ours", example.LATENCY, example.sample(p99=2.0))
        self.results.add("theirs", example.LATENCY, example.sample(p50=0, p99=0))
        self.assertIn("| < 1 | < 1 | 3.00 | 4.00 |  |", self.row("theirs", example.LATENCY))
        self.assertIn("| theirs | < 1 |", table.summary(self.results, [example.LATENCY]))

    def test_processor_time_is_for_all_that_was_moved(self):
        timing = Timing(records=1, bytes=10 ** 9, seconds=1, bytes_in_all=4 * 10 ** 9)
        self.assertEqual(Sample(timing, 2.0, 0, 1).cpu_seconds_per_gigabyte, 0.5)

    def test_a_contender_that_can_not_do_one_load_is_named_there(self):
        self.results.miss("theirs", example.LATENCY, "it has no clock")
        self.assertIn("theirs: it has no clock.",
                      table.of_load(self.results, example.LATENCY, "ours"))

    def test_a_round_that_failed_is_named(self):
        self.results.miss("theirs", example.PRODUCE, "it ended with 1")
        self.assertIn("Not in every round: theirs: it ended with 1.",
                      table.of_load(self.results, example.PRODUCE, "ours"))

    def test_latencies_are_compared_by_p99(self):
        self.results.add("ours", example.LATENCY, example.sample(p99=2.0))
        self.results.add("theirs", example.LATENCY, example.sample(p99=8.0))
        self.assertIn("| 1.00 | 8.00 | 3.00 | 4.00 | 4.00 x |",
                      self.row("theirs", example.LATENCY))

    def test_every_delivery_of_a_fan_out_counts(self):
        load = Load(Kind.FANOUT, groups=2)
        self.results.add("ours", load, example.sample())
        self.assertIn("| deliveries/s |", table.of_load(self.results, load, "ours"))
        self.assertIn("(deliveries/s)", chart.svg(self.results, [load]))

    def test_summary_has_a_place_for_everybody(self):
        text = table.summary(self.results, [example.PRODUCE])
        self.assertIn("| theirs | 1,000 |", text)
        self.assertIn("| gone | none |", text)


class Markdown(unittest.TestCase):
    def test_text_cannot_add_a_column(self):
        self.assertEqual(tables.markdown(["why"], [["a | b"]]), "| why |\n| --- |\n| a \\| b |\n")


class Page(unittest.TestCase):
    def test_holds_machine_targets_contenders_and_loads(self):
        results = example.results("Strata, on disk", "gone")
        results.add("Strata, on disk", example.PRODUCE, example.sample(rate=3e6))
        results.miss("gone", None, "it is not to be had")
        text = page.markdown(results, [example.PRODUCE], [("commit", "abc")], "chart.svg")
        for part in ("* commit: abc", "![Chart](chart.svg)", "## Targets",
                     "not measured: it is not to be had", "### Produce: 100 B, 1 partition"):
            self.assertIn(part, text)

    def test_shows_how_servers_and_clients_were_run(self):
        results = example.results("ours")
        results.add_contender("ours", {"server command": "$BUILD/server --port 1"})
        bigger = Load(Kind.PRODUCE, size_bytes=1024)
        results.add_command("ours", example.PRODUCE, "client --size 100 --port 0")
        results.add_command("ours", example.PRODUCE, "client --size 100 --port 1")
        results.add_command("ours", bigger, "client --size 1024")
        results.add_command("ours", example.LATENCY, "client --rate 50000")
        text = page.markdown(results, [example.PRODUCE, bigger, example.LATENCY], [], "chart.svg")
        self.assertIn("### ours\n\n```sh\n$BUILD/server --port 1\n"
                      "client --size 100 --port 1\n"
                      "client --rate 50000\n```\n", text)


class Kept(unittest.TestCase):
    def test_json_has_samples_with_their_command_and_what_is_missing(self):
        results = example.results("ours")
        results.add("ours", example.PRODUCE, example.sample(number=2))
        results.add_command("ours", example.PRODUCE, "client")
        results.miss("ours", example.LATENCY, "it has no clock")
        data = json.loads(json.dumps(results.to_json()))
        [sample] = data["samples"]
        self.assertEqual((sample["contender"], sample["load"], sample["command"]),
                         ("ours", example.PRODUCE.key, "client"))
        self.assertEqual(sample["rounds"][0]["round"], 2)
        self.assertEqual(data["missing"], [{"contender": "ours", "load": example.LATENCY.key,
                                            "why": "it has no clock"}])

    def test_the_first_reason_stays(self):
        results = example.results("ours")
        results.miss("ours", None, "the disk is full")
        results.miss("ours", None, "the server does not start")
        self.assertEqual(results.why_missing("ours", example.PRODUCE), "the disk is full")


if __name__ == "__main__":
    unittest.main()
