import unittest

import example
from running import space
from running.scale import QUICK


class Disk(example.Small):
    def disk_bytes(self, size, scale):
        return size * 1_000_000


class Room(unittest.TestCase):
    def test_half_of_what_is_free_is_used(self):
        fit, left_out = space.fitting(Disk(), (1, 10, 100), QUICK, free=20_000_000)
        self.assertEqual(fit, [1, 10])
        self.assertEqual(len(left_out), 1)
        self.assertIn("Left out: 100: it takes up to 100 MB of disk, of which 20.0 MB were free",
                      left_out[0])

    def test_what_fits_is_measured_without_a_word(self):
        self.assertEqual(space.fitting(Disk(), (1, 10), QUICK, free=10 ** 12), ([1, 10], []))


if __name__ == "__main__":
    unittest.main()
