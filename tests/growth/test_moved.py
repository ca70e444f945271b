import json
import unittest

from machine.errors import Failed
from running.moved import Moved

BENCH = {"records": 10, "bytes": 2_000_000, "seconds": 0.5, "latency_ms": {"p50": 1, "p99": 2},
         "broker": {"cpu_seconds": 0.25, "peak_resident_bytes": 40_000_000},
         "client": {"cpu_seconds": 0.5}}


class StrataBench(unittest.TestCase):
    def test_json_becomes_rates_and_costs(self):
        moved = Moved.from_json(json.dumps(BENCH))
        self.assertEqual(moved.records_per_second, 20)
        self.assertEqual(moved.megabytes_per_second, 4)
        self.assertEqual(moved.cpu_seconds_per_gigabyte, 125)
        self.assertEqual(moved.client_cpu_seconds_per_gigabyte, 250)
        self.assertEqual(moved.peak_megabytes, 40)
        self.assertEqual(moved.latency_ms["p99"], 2)

    def test_anything_else_is_a_failure(self):
        for text in ("", "done", "[]", json.dumps({**BENCH, "records": 0}),
                     json.dumps({**BENCH, "seconds": 0}), json.dumps({**BENCH, "broker": None})):
            with self.assertRaises(Failed, msg=text):
                Moved.from_json(text)


if __name__ == "__main__":
    unittest.main()
