import unittest

from outcome.points import Points


class OfACurve(unittest.TestCase):
    def test_a_figure_is_the_median_of_its_rounds(self):
        points = Points([1, 10])
        for value in (3.0, 1.0, 2.0):
            points.add(10, {"cpu": value})
        self.assertEqual(points.median(10, "cpu"), 2.0)
        self.assertEqual(points.values(10, "cpu"), [3.0, 1.0, 2.0])

    def test_what_was_not_measured_has_no_figure(self):
        points = Points([1])
        self.assertIsNone(points.median(1, "cpu"))
        self.assertFalse(points.measured(1))

    def test_the_first_reason_stays(self):
        points = Points([1, 10, 100])
        points.miss(10, "the disk is full")
        points.miss(10, "the server does not start")
        self.assertEqual(points.missing(), [(10, "the disk is full")])


if __name__ == "__main__":
    unittest.main()
