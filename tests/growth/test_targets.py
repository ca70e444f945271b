import unittest

from figures.targets import as_markdown
from outcome import targets
from outcome.points import Points


def points(figures):
    """`figures`: size -> key of a column -> value."""
    found = Points(sorted(figures))
    for size, of_size in figures.items():
        found.add(size, of_size)
    return found


class Targets(unittest.TestCase):
    def target(self, what, **points_of):
        found = targets.of({key.replace("_", "-"): points(figures)
                            for key, figures in points_of.items()})
        return next(each for each in found if each.what.startswith(what))

    def test_without_figures_nothing_is_met(self):
        for target in targets.of({}):
            self.assertEqual((target.reached, target.met), ("not measured", False))
        self.assertNotIn("| no |", as_markdown(targets.of({})))

    def test_another_greatest_size_says_nothing(self):
        target = self.target("append", partitions={1: {"produce": 100}, 1_000: {"produce": 90}})
        self.assertEqual(target.reached, "not measured")

    def test_many_partitions_are_held_against_one(self):
        for rate, met in ((80, True), (79, False)):
            target = self.target("append", partitions={1: {"produce": 100},
                                                       10_000: {"produce": rate}})
            self.assertEqual((target.reached, target.met), (f"{rate / 100:g} x", met))

    def test_memory_is_that_of_what_the_target_names(self):
        figures = {1: {"idle": 31.0, "peak": 500.0}, 10_000: {"idle": 60.0, "peak": 399.0}}
        self.assertEqual(self.target("memory of an idle", partitions=figures).reached, "31.0 MB")
        self.assertTrue(self.target("memory under load with 10,000", partitions=figures).met)
        readers = {300: {"standing": 200.0, "peak": 401.0}}
        self.assertFalse(self.target("memory under load with 300", slow_readers=readers).met)

    def test_after_a_kill_the_tail_is_read_and_no_more(self):
        for killed, met in ((87, True), (700, False)):
            log = {50.0: {"clean": 70.0, "killed": killed}}
            self.assertEqual(self.target("start after kill", log_size=log).met, met)


if __name__ == "__main__":
    unittest.main()
