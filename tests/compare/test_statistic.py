import unittest

from figures import quantity, statistic


class Statistic(unittest.TestCase):
    def test_median_of_an_even_number_lies_between(self):
        self.assertEqual(statistic.median([4, 1, 2, 100]), 3)

    def test_spread_is_relative_to_the_median(self):
        self.assertAlmostEqual(statistic.spread([90, 100, 120]), 0.3)
        self.assertEqual(statistic.spread([7]), 0)
        self.assertEqual(statistic.spread([0, 0]), 0)

    def test_ratio_is_taken_round_by_round(self):
        # The second round was slow for both: the ratios are 2, 2 and 4, whatever the medians are.
        self.assertEqual(statistic.ratio([200, 20, 400], [100, 10, 100]), 2)

    def test_ratio_of_rounds_that_do_not_pair_is_that_of_the_medians(self):
        self.assertEqual(statistic.ratio([100, 300], [100]), 2)

    def test_ratio_by_round_takes_the_rounds_that_both_have(self):
        self.assertEqual(statistic.ratio_by_round({2: 300, 3: 5000}, {1: 1, 2: 100}), 3)
        self.assertIsNone(statistic.ratio_by_round({1: 1}, {2: 1}))

    def test_ratio_by_round_leaves_out_what_is_nothing(self):
        self.assertEqual(statistic.ratio_by_round({1: 0, 2: 4}, {1: 5, 2: 2}), 2)
        self.assertIsNone(statistic.ratio_by_round({1: 4}, {1: 0}))

    def test_ratio_without_values_or_to_nothing_is_none(self):
        self.assertIsNone(statistic.ratio([], [1]))
        self.assertIsNone(statistic.ratio([1], []))
        self.assertIsNone(statistic.ratio([1], [0]))


class Quantity(unittest.TestCase):
    def test_three_digits_count(self):
        for value, text in ((0, "0"), (0.012345, "0.0123"), (1.234, "1.23"), (12.34, "12.3"),
                            (123.4, "123"), (1234, "1,230"), (1234567, "1,230,000")):
            self.assertEqual(quantity.number(value), text)

    def test_no_milliseconds_are_less_than_one(self):
        self.assertEqual(quantity.milliseconds(0), "< 1")
        self.assertEqual(quantity.milliseconds(0.25), "0.25")

    def test_units(self):
        self.assertEqual(quantity.ratio(2.345), "2.35 x")
        self.assertEqual(quantity.ratio(None), "")
        self.assertEqual(quantity.percent(0.123), "12 %")
        self.assertEqual(quantity.megabytes(12_345_678), "12.3 MB")

    def test_durations_have_the_unit_that_fits(self):
        for nanoseconds, text in ((0, "0 ns"), (0.5, "0.5 ns"), (999, "999 ns"), (1000, "1.00 us"),
                                  (12_345, "12.3 us"), (1_234_567, "1.23 ms"), (2e9, "2.00 s")):
            self.assertEqual(quantity.duration(nanoseconds), text)


if __name__ == "__main__":
    unittest.main()
