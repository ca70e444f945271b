import unittest

from outcome.prediction import Growth, verdicts

SIZES = (1, 10, 100, 1_000, 10_000)


def judged(growth, cost, sizes=SIZES, noise=(1.0,)):
    """Verdicts on a cost that is a function of the size, in as many rounds as there is noise."""
    return verdicts(growth, [(size, [cost(size) * each for each in noise]) for size in sizes])


def steep(found):
    return [bool(verdict and verdict.steep) for verdict in found]


class Flat(unittest.TestCase):
    def test_what_stays_is_not_steep(self):
        found = judged(Growth.FLAT, lambda size: 2.0)
        self.assertEqual([verdict and verdict.ratio for verdict in found], [None, 1, 1, 1, 1])
        self.assertFalse(any(steep(found)))

    def test_a_ratio_is_to_the_smallest_size(self):
        found = judged(Growth.FLAT, lambda size: 1.0 + size / 1_000)
        self.assertAlmostEqual(found[4].ratio, 11 / 1.001)
        self.assertEqual(steep(found), [False, False, False, True, True])

    def test_what_falls_is_not_steep(self):
        self.assertFalse(any(steep(judged(Growth.FLAT, lambda size: 10 / size))))

    def test_what_the_rounds_scatter_is_no_growth(self):
        found = judged(Growth.FLAT, lambda size: 1.0 if size == 1 else 1.5, noise=(0.7, 1.0, 1.3))
        self.assertFalse(any(steep(found)))
        found = judged(Growth.FLAT, lambda size: 1.0 if size == 1 else 2.0, noise=(0.9, 1.0, 1.1))
        self.assertEqual(steep(found), [False, True, True, True, True])


class Linear(unittest.TestCase):
    def test_a_line_is_not_steep_whatever_it_begins_with(self):
        for fixed in (0, 5, 1_000):
            found = judged(Growth.LINEAR, lambda size, fixed=fixed: fixed + 3.0 * size)
            self.assertEqual(found[:2], [None, None])
            for verdict in found[2:]:
                self.assertAlmostEqual(verdict.ratio, 1)
                self.assertFalse(verdict.steep)

    def test_what_is_flatter_is_not_steep(self):
        for cost in (lambda size: 7.0, lambda size: 5 + size ** 0.5):
            self.assertFalse(any(steep(judged(Growth.LINEAR, cost))))

    def test_a_square_is_steep_where_it_outgrows_the_fixed_part(self):
        found = judged(Growth.LINEAR, lambda size: 30 + 1e-5 * size ** 2)
        self.assertEqual(steep(found), [False, False, False, True, True])

    def test_a_line_through_noise_is_not_steep(self):
        found = judged(Growth.LINEAR, lambda size: 20 + 0.1 * size, noise=(0.9, 1.0, 1.1))
        self.assertFalse(any(steep(found)))

    def test_a_small_size_that_is_out_of_line_hides_nothing_of_the_large_ones(self):
        found = judged(Growth.LINEAR, lambda size: 300.0 if size == 10 else 30 + 1e-5 * size ** 2)
        self.assertEqual(steep(found), [False, False, False, True, True])

    def test_a_figure_that_falls_at_first_predicts_no_less_than_the_beginning(self):
        found = judged(Growth.LINEAR, lambda size: 19.0 if size == 10 else 20.0)
        self.assertEqual(found[2].ratio, 1)


class Gaps(unittest.TestCase):
    def test_what_was_not_measured_has_no_verdict_and_predicts_nothing(self):
        found = verdicts(Growth.FLAT, [(1, []), (10, [2.0]), (100, []), (1_000, [3.0])])
        self.assertEqual(found[:3], [None, None, None])
        self.assertEqual(found[3].ratio, 1.5)

    def test_nothing_is_no_measure(self):
        self.assertEqual(verdicts(Growth.FLAT, [(1, [0.0]), (10, [3.0])]), [None, None])

    def test_what_is_free_is_not_judged(self):
        self.assertFalse(any(judged(Growth.FREE, lambda size: size ** 3)))


if __name__ == "__main__":
    unittest.main()
