import unittest

import example
from outcome import page
from outcome.points import Points


def measured(**by_key):
    """Points of three sizes with one round each."""
    points = Points((1, 10, 100))
    for index, size in enumerate(points.sizes):
        points.add(size, {key: values[index] for key, values in by_key.items()})
    return points


class Table(unittest.TestCase):
    def test_each_figure_that_is_judged_has_its_ratio_beside_it(self):
        text = page.table(example.Small(), measured(rate=(100, 100, 50), memory=(20, 29, 119),
                                                    segments=(1, 2, 3)))
        self.assertEqual(text.splitlines(), [
            "| things | MB/s | of flat | memory MB | of linear | segments | spread |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            "| 1 | 100 |  | 20.0 |  | 1.00 | 0 % |",
            "| 10 | 100 | 1.00 x | 29.0 |  | 2.00 | 0 % |",
            "| 100 | 50.0 | **2.00 x** | 119 | 1.00 x | 3.00 | 0 % |"])

    def test_the_spread_is_the_greatest_of_the_row(self):
        points = measured(rate=(100, 100, 100), memory=(20, 20, 20), segments=(1, 1, 1))
        points.add(10, {"rate": 100, "memory": 30, "segments": 1})
        self.assertIn("| 40 % |", page.table(example.Small(), points).splitlines()[3])

    def test_a_size_without_figures_has_no_row(self):
        points = Points((1, 10))
        points.add(1, {"rate": 100, "memory": 20, "segments": 1})
        self.assertEqual(len(page.table(example.Small(), points).splitlines()), 3)


class Page(unittest.TestCase):
    def shown(self, points, notes=()):
        return page.markdown([("commit", "abc")], [(example.Small(), points, notes)])

    def test_what_is_steep_is_named(self):
        text = self.shown(measured(rate=(100, 100, 50), memory=(20, 29, 119), segments=(1, 2, 3)))
        self.assertIn("* commit: abc", text)
        self.assertIn("\n## Something small\n\nNothing is sent.\n", text)
        self.assertIn("Steeper than predicted: MB/s at 100 (2.00 x).", text)

    def test_that_nothing_is_steep_is_said_too(self):
        text = self.shown(measured(rate=(100, 100, 100), memory=(20, 29, 119), segments=(1, 2, 3)))
        self.assertIn("Nothing is steeper than predicted.", text)

    def test_what_is_missing_stands_there_with_its_reason(self):
        points = measured(rate=(100, 100, 100), memory=(20, 29, 119), segments=(1, 2, 3))
        points.miss(100, "the disk is gone")
        text = self.shown(points, ["Left out: 1,000: no room."])
        self.assertIn("\nNot in every round: 100: the disk is gone.\n", text)
        self.assertIn("\nLeft out: 1,000: no room.\n", text)

    def test_a_curve_without_figures_praises_nothing(self):
        points = Points((1,))
        points.miss(1, "the disk is gone")
        text = self.shown(points)
        self.assertIn("Not measured: 1: the disk is gone.", text)
        self.assertNotIn("steeper than predicted", text)


if __name__ == "__main__":
    unittest.main()
