import contextlib
import io
import unittest

import curves
import options


class CommandLine(unittest.TestCase):
    def chosen(self, *arguments):
        return {curve.key: list(sizes) for curve, sizes in options.parse(arguments).curves}

    def refusal(self, *arguments):
        said = io.StringIO()
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(said):
            options.parse(arguments)
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_all_curves_are_taken_with_their_sizes(self):
        self.assertEqual(self.chosen(), {each.key: list(each.sizes) for each in curves.ALL})

    def test_quick_takes_tiny_sizes_once(self):
        self.assertEqual(self.chosen("--quick"),
                         {each.key: list(each.quick_sizes) for each in curves.ALL})
        self.assertEqual(options.parse(["--quick"]).rounds, 1)
        self.assertEqual(options.parse(["--quick", "--rounds", "2"]).rounds, 2)

    def test_only_some_curves(self):
        self.assertEqual(list(self.chosen("--only", "groups,partitions")),
                         ["partitions", "groups"])

    def test_sizes_of_a_curve_are_put_in_order(self):
        self.assertEqual(self.chosen("--only", "groups", "--sizes", "groups=5,1,5,3"),
                         {"groups": [1, 3, 5]})
        self.assertEqual(self.chosen("--sizes", "log-size=0.5,1")["log-size"], [0.5, 1])

    def test_wrong_sizes_are_refused_by_name(self):
        self.assertIn("there is no curve 'disks'", self.refusal("--sizes", "disks=1"))
        self.assertIn("'1.5' is no list of numbers", self.refusal("--sizes", "groups=1.5"))
        self.assertIn("'' is no list of numbers", self.refusal("--sizes", "groups"))
        for sizes in ("0,1", "-1"):
            self.assertIn("sizes are more than 0", self.refusal("--sizes", f"groups={sizes}"))
        for sizes in ("inf", "nan"):
            self.assertIn("sizes are more than 0", self.refusal("--sizes", f"log-size={sizes}"))

    def test_sizes_of_a_curve_that_is_left_out_are_refused(self):
        self.assertIn("makes no sense", self.refusal("--only", "groups", "--sizes", "log-size=1"))

    def test_no_rounds_are_refused(self):
        self.assertIn("--rounds must be at least 1", self.refusal("--rounds", "0"))

    def test_a_curve_that_there_is_none_of_is_refused(self):
        self.assertIn("there are partitions, groups, log-size", self.refusal("--only", "x"))


if __name__ == "__main__":
    unittest.main()
