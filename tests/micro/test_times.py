import unittest

import example
from commits import times
from commits.times import Times


class Parsed(unittest.TestCase):
    def time_of(self, entry):
        return times.parsed(example.output(entry))[0][entry["name"]]

    def test_times_are_nanoseconds_whatever_unit_is_shown(self):
        for unit, nanoseconds in (("ns", 1.5), ("us", 1.5e3), ("ms", 1.5e6), ("s", 1.5e9)):
            self.assertEqual(self.time_of(example.entry("A", cpu_time=1.5, unit=unit)), nanoseconds)

    def test_the_clock_counts_where_a_benchmark_says_so_and_the_processor_elsewhere(self):
        for name, time in (("A/8", 1), ("A/8/real_time", 2), ("A/iterations:3/manual_time", 2),
                           ("A/real_time/threads:2", 2)):
            self.assertEqual(self.time_of(example.entry(name, cpu_time=1, real_time=2)), time)

    def test_aggregates_are_left_out(self):
        found, _ = times.parsed(example.output(
            example.entry("A"), example.entry("A_mean", run_type="aggregate")))
        self.assertEqual(list(found), ["A"])

    def test_a_benchmark_that_failed_has_a_reason_and_no_time(self):
        broken = example.entry("A", error_occurred=True, error_message="cannot open")
        self.assertEqual(times.parsed(example.output(broken, example.entry("B"))),
                         ({"B": 1.0}, {"A": "cannot open"}))

    def test_anything_else_is_refused(self):
        for text in ("", "[]", "{}", '{"benchmarks": [{}]}', '{"benchmarks": [1]}',
                     '{"benchmarks": [{"name": "A"}]}',
                     example.output(example.entry("A", unit="days"))):
            with self.assertRaises(ValueError):
                times.parsed(text)


class Gathered(unittest.TestCase):
    def test_each_run_adds_a_round(self):
        gathered = Times()
        gathered.add("codec", example.run(A=1, B=5))
        gathered.add("codec", example.run(A=2, B=6))
        self.assertEqual(gathered.rounds, {"codec A": [1, 2], "codec B": [5, 6]})

    def test_benchmarks_of_one_name_in_two_benches_are_two(self):
        gathered = Times()
        gathered.add("codec", example.run(Read=1))
        gathered.add("read", example.run(Read=2))
        self.assertEqual(gathered.rounds, {"codec Read": [1], "read Read": [2]})

    def test_the_first_reason_stays(self):
        gathered = Times()
        gathered.fail("codec", "it crashed")
        gathered.fail("codec", "it crashed again")
        self.assertEqual(gathered.failed, {"codec": "it crashed"})


if __name__ == "__main__":
    unittest.main()
