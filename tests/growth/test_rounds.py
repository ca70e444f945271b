import unittest

import example
from outcome.points import Points
from running import rounds


class FakeLab:
    """Writes down when it is cleared and left."""

    def __init__(self, told):
        self._told = told

    def __enter__(self):
        self._told.append("open")
        return self

    def __exit__(self, *_):
        self._told.append("close")

    def clear(self):
        self._told.append("clear")


class RunRounds(unittest.TestCase):
    def setUp(self):
        self.told = []
        self.said = []

    def run_rounds(self, curve, sizes=(1, 10), times=1):
        points = Points(sizes)
        rounds.run([(curve, points)], times, lambda: FakeLab(self.told), self.said.append,
                   lambda: self.told.append("after"))
        return points

    def test_sizes_take_turns(self):
        points = self.run_rounds(example.Small(self.told), times=2)
        self.assertEqual([each for each in self.told if isinstance(each, int)], [1, 10, 1, 10])
        self.assertEqual(points.values(10, "memory"), [30, 30])

    def test_each_size_begins_with_nothing(self):
        self.run_rounds(example.Small(self.told))
        self.assertEqual(self.told, ["open", "clear", 1, "clear", 10, "close", "after"])

    def test_a_curve_that_goes_on_keeps_its_broker(self):
        self.run_rounds(example.Small(self.told, goes_on=True))
        self.assertEqual(self.told, ["open", 1, 10, "close", "after"])

    def test_a_size_that_fails_stops_no_other(self):
        points = self.run_rounds(example.Small(self.told, broken=(1,), goes_on=True))
        self.assertEqual(points.missing(), [(1, "the disk is gone")])
        self.assertTrue(points.measured(10))
        self.assertEqual(self.told, ["open", 1, "clear", 10, "close", "after"])

    def test_progress_names_round_size_and_figures(self):
        self.run_rounds(example.Small(broken=(10,)))
        self.assertEqual(self.said, ["round 1, small 1: MB/s 100, memory MB 21, segments 1",
                                     "round 1, small 10: not measured: the disk is gone"])


if __name__ == "__main__":
    unittest.main()
