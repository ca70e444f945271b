"""What the tools of the peers print."""

import unittest

from machine import maven
from machine.errors import Failed
from peers import kafka, rabbitmq_output, timing


class StrataBench(unittest.TestCase):
    def test_json_becomes_a_timing(self):
        read = timing.from_json('{"records": 10, "bytes": 1000, "seconds": 0.5,'
                                ' "latency_ms": {"p50": 1, "p99": 2.5, "p99.9": 3, "max": 4}}')
        self.assertEqual(read.records_per_second, 20)
        self.assertEqual(read.latency_ms["p99"], 2.5)

    def test_latencies_may_be_missing(self):
        self.assertEqual(
            timing.from_json('{"records": 1, "bytes": 1, "seconds": 1}').latency_ms, {})

    def test_all_that_was_moved_is_at_least_what_was_measured(self):
        text = '{"records": 1, "bytes": 10, "bytes_in_all": 15, "seconds": 1}'
        self.assertEqual(timing.from_json(text).bytes_in_all, 15)
        self.assertEqual(timing.from_json(text.replace("15", "0")).bytes_in_all, 10)

    def test_anything_else_is_a_failure(self):
        for text in ("", "done", "[]", '{"records": 1}',
                     '{"records": 0, "bytes": 0, "seconds": 1}',
                     '{"records": 1, "bytes": 1, "seconds": 0}'):
            with self.assertRaises(Failed):
                timing.from_json(text)


class ProducerPerformance(unittest.TestCase):
    SUM = ("5000 records sent, 4000.0 records/sec (0.38 MB/sec), 3.0 ms avg latency, "
           "9.0 ms max latency.\n"
           "10000 records sent, 5000.000000 records/sec (0.48 MB/sec), 4.10 ms avg latency, "
           "12.00 ms max latency, 3 ms 50th, 8 ms 95th, 10 ms 99th, 11 ms 99.9th.\n")

    def test_the_sum_at_the_end_counts(self):
        read = kafka.produced(self.SUM)
        self.assertEqual((read.records, read.seconds), (10000, 2.0))
        self.assertEqual(read.latency_ms, {"p50": 3, "p99": 10, "p99.9": 11, "max": 12})

    def test_the_rate_is_that_after_the_warm_up(self):
        steady = ("8000 steady state records sent, 10000.000000 records/sec (0.95 MB/sec), "
                  "2.10 ms avg latency, 6.00 ms max latency, 2 ms 50th, 4 ms 95th, 5 ms 99th, "
                  "6 ms 99.9th.\n")
        read = kafka.produced(self.SUM + steady)
        self.assertEqual((read.records, read.seconds), (10000, 1.0))
        self.assertEqual(read.latency_ms["p99"], 5)

    def test_megabytes_are_mebibytes(self):
        self.assertAlmostEqual(kafka.produced(self.SUM).bytes, 0.48 * 2 ** 20 * 2, delta=1)

    def test_nothing_sent_is_a_failure(self):
        with self.assertRaisesRegex(Failed, "has sent nothing"):
            kafka.produced(self.SUM.replace("5000.000000 records/sec", "0.000000 records/sec"))

    def test_without_a_sum_it_has_failed(self):
        with self.assertRaisesRegex(Failed, "no sum"):
            kafka.produced("org.apache.kafka.common.errors.TimeoutException\n")


class ConsumerPerformance(unittest.TestCase):
    TABLE = ("start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, "
             "nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec\n"
             "2026-01-01 10:00:00:000, 2026-01-01 10:00:05:000, 95.3674, 19.07, 1000000, "
             "200000.0, 3000, 2000, 47.68, 500000.0\n")

    def test_joining_the_group_is_left_out(self):
        read = kafka.consumed(self.TABLE)
        self.assertEqual((read.records, read.seconds), (1_000_000, 2.0))
        self.assertEqual(read.records_per_second, 500_000)

    def test_without_a_table_it_has_failed(self):
        with self.assertRaisesRegex(Failed, "no table"):
            kafka.consumed("WARNING: no records\n")


class StreamPerfTool(unittest.TestCase):
    # Of version 0.13.0, whose jar is fetched.
    OUTPUT = """Starting producer
1, published 176347 msg/s, confirmed 173937 msg/s, consumed 0 msg/s, \
latency median/75th/95th/99th 0/0/0/0 ms, chunk size 0
2, published 366150 msg/s, confirmed 365047 msg/s, consumed 0 msg/s, \
latency median/75th/95th/99th 0/0/0/0 ms, chunk size 0
3, published 334580 msg/s, confirmed 332624 msg/s, consumed 0 msg/s, \
latency median/75th/95th/99th 0/0/0/0 ms, chunk size 0
4, published 392074 msg/s, confirmed 387581 msg/s, consumed 0 msg/s, \
latency median/75th/95th/99th 0/0/0/0 ms, chunk size 0

Summary: published 315453 msg/s, confirmed 312992 msg/s, consumed 0 msg/s, latency 95th 0 ms, \
chunk size 0
"""
    READ = """1, published 0 msg/s, confirmed 0 msg/s, consumed 727412 msg/s, \
latency median/75th/95th/99th 4698/4966/5234/5234 ms, chunk size 1561
2, published 0 msg/s, confirmed 0 msg/s, consumed 526022 msg/s, \
latency median/75th/95th/99th 3087/3355/3355/3490 ms, chunk size 1680
3, published 0 msg/s, confirmed 0 msg/s, consumed 0 msg/s, \
latency median/75th/95th/99th 0/0/0/0 ms, chunk size 0
"""

    def timed(self, output, what="confirmed", with_latency=False):
        return rabbitmq_output.timed(output, what, 100, with_latency)

    def test_the_rate_is_the_median_of_the_inner_seconds(self):
        read = self.timed(self.OUTPUT)
        self.assertEqual((read.records, read.seconds), (365047 + 332624, 2))
        self.assertEqual(read.latency_ms, {})

    def test_the_server_has_worked_for_all_seconds(self):
        read = self.timed(self.OUTPUT)
        self.assertEqual(read.bytes, (365047 + 332624) * 100)
        self.assertEqual(read.bytes_in_all, (173937 + 365047 + 332624 + 387581) * 100)

    def test_without_an_inner_second_the_rate_is_that_of_all(self):
        read = self.timed(self.READ, "consumed")
        self.assertEqual((read.records, read.seconds), (727412 + 526022, 2))

    def test_a_second_without_records_between_others_counts(self):
        stalled = self.OUTPUT.replace("confirmed 365047", "confirmed 0")
        self.assertEqual(self.timed(stalled).records_per_second, 332624 / 2)

    def test_latencies_are_medians_of_the_inner_seconds(self):
        lines = [f"{second}, published 10 msg/s, confirmed 10 msg/s, consumed 10 msg/s, "
                 f"latency median/75th/95th/99th {second}/20/30/{second * 10} ms, chunk size 1"
                 for second in range(1, 6)]
        read = self.timed("\n".join(lines), "consumed", with_latency=True)
        self.assertEqual(read.latency_ms, {"p50": 3, "p99": 30})

    def test_without_a_rate_it_has_failed(self):
        with self.assertRaisesRegex(Failed, "told no rate"):
            self.timed("Connection refused\n")


class ClassPath(unittest.TestCase):
    def test_the_version_is_that_of_the_jar(self):
        path = "/x/kafka-clients-4.4.0.jar:/x/kafka_2.13-4.4.0.jar"
        self.assertEqual(maven.version(path, "kafka_2.13"), "4.4.0")
        self.assertEqual(maven.version(path, "kafka-tools"), "unknown")


if __name__ == "__main__":
    unittest.main()
