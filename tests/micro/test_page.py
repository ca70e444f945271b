import unittest

import example
from commits import page
from commits.times import Times


class Page(unittest.TestCase):
    def setUp(self):
        self.base, self.change = Times(), Times()
        for base, change in ((1000, 1500), (1020, 1520)):
            self.base.add("codec", example.run(Crc=base, Encode=base))
            self.change.add("codec", example.run(Crc=change, Encode=base))

    def lines(self):
        return page.text(self.base, self.change, [("base", "abc")]).splitlines()

    def cells(self, name):
        line = next(line for line in self.lines() if line.startswith(f"| {name} "))
        return [cell.strip() for cell in line.strip("|").split("|")]

    def test_a_row_has_medians_ratio_spreads_and_mark(self):
        self.assertEqual(self.cells("codec Crc"),
                         ["codec Crc", "1.01 us", "1.51 us", "1.50 x", "2 %", "1 %", "slower"])
        self.assertEqual(self.cells("codec Encode")[-1], "")

    def test_columns_stand_below_each_other(self):
        table = [line for line in self.lines() if line.startswith("| ") and "---" not in line]
        self.assertEqual(len({tuple(at for at, sign in enumerate(line) if sign == "|")
                              for line in table}), 1)

    def test_what_was_compared_stands_on_top_and_the_sum_below(self):
        self.assertEqual(self.lines()[0], "* base: abc")
        self.assertEqual(self.lines()[-1], "2 benchmarks: 1 slower, 0 faster, the others differ "
                                           "by less than their spread.")

    def test_what_is_missing_is_named(self):
        self.change.add("index", example.run(Find=1))
        self.base.fail("index", "there is no such bench")
        self.change.fail("codec Crc", "out of luck")
        self.assertEqual(self.lines()[-3:], [
            "Not measured in the base: index: there is no such bench", "",
            "Not measured in every round of the change: codec Crc: out of luck"])

    def test_without_a_row_there_is_no_table(self):
        self.assertNotIn("|", page.text(Times(), self.change, []))


if __name__ == "__main__":
    unittest.main()
