import unittest

import example
from commits import verdict
from commits.times import Times
from commits.verdict import Gap


def side(**rounds):
    """Times of benchmarks of bench "b"."""
    made = Times()
    made.rounds = {f"b {name}": list(values) for name, values in rounds.items()}
    return made


class Verdict(unittest.TestCase):
    def row(self, base, change):
        [row] = verdict.rows(side(A=base), side(A=change))
        return row

    def test_a_difference_beyond_the_spread_counts(self):
        self.assertEqual(self.row([100, 101, 102], [110, 111, 112]).verdict, "slower")
        self.assertEqual(self.row([110, 111, 112], [100, 101, 102]).verdict, "faster")

    def test_a_difference_below_the_spread_is_none(self):
        self.assertEqual(self.row([100, 100, 115], [110, 110, 110]).verdict, "")
        self.assertEqual(self.row([110, 110, 110], [100, 100, 115]).verdict, "")

    def test_the_same_is_neither_even_without_any_spread(self):
        self.assertEqual(self.row([100, 100], [100, 100]).verdict, "")

    def test_so_small_a_difference_is_none_even_without_any_spread(self):
        self.assertEqual(self.row([1000, 1000], [1009, 1009]).verdict, "")
        self.assertEqual(self.row([1000, 1000], [1011, 1011]).verdict, "slower")

    def test_turning_the_sides_around_turns_the_verdict_around(self):
        # 1.25 times as long, and 0.8 times: one is as much as the other.
        for times, verdicts in (([125, 125, 125], ("slower", "faster")),
                                ([119, 119, 119], ("", ""))):
            base = [100, 100, 120]
            self.assertEqual((self.row(base, times).verdict, self.row(times, base).verdict),
                             verdicts)

    def test_medians_and_the_ratio_round_by_round_are_shown(self):
        row = self.row([10, 1000, 30], [20, 2000, 90])
        self.assertEqual((row.base, row.change, row.ratio), (30, 90, 2))

    def test_what_takes_no_time_at_all_differs_by_nothing(self):
        row = self.row([0, 0], [0, 0])
        self.assertEqual((row.ratio, row.verdict), (1, ""))

    def test_rows_are_those_of_both_sides_in_the_order_of_the_base(self):
        rows = verdict.rows(side(B=[1], A=[1], C=[1]), side(A=[1], B=[1], D=[1]))
        self.assertEqual([row.name for row in rows], ["b B", "b A"])


class Gaps(unittest.TestCase):
    def test_what_only_the_other_side_has_is_named(self):
        self.assertEqual(verdict.gaps(side(A=[1]), side(A=[1], B=[1])),
                         [Gap("b B", "there is no such benchmark", True)])

    def test_a_failure_is_named_once(self):
        failed = Times()
        failed.fail("b", "it crashed")
        self.assertEqual(verdict.gaps(failed, side(A=[1], B=[1])), [Gap("b", "it crashed", True)])

    def test_a_failure_in_some_rounds_is_told_apart(self):
        measured = Times()
        measured.add("b", example.run(A=1))
        measured.fail("b", "it crashed")
        measured.fail("b A", "cannot open")
        measured.fail("b AA", "cannot open")
        self.assertEqual([(gap.name, gap.always) for gap in verdict.gaps(measured, side(A=[1]))],
                         [("b", False), ("b A", False), ("b AA", True)])


if __name__ == "__main__":
    unittest.main()
