"""More partitions of one topic, and the same load over all of them."""

from curves.curve import Column, Curve
from outcome.prediction import Growth

_TOPIC = "growth"
_BATCH_BYTES = 65_536
_RECORD_BYTES = 1_000
_RATE = 1_000
# A log that holds little has this much of its file allocated ahead.
_AHEAD_BYTES = 262_144


class Partitions(Curve):
    key = "partitions"
    title = "Partitions of a topic"
    size_heading = "partitions"
    about = (f"The same bytes, in records of {_RECORD_BYTES:,} B and batches of 64 KiB at most, "
             "batch by batch to the next partition, each of which has a batch before; on disk "
             f"before the ack. Ack latency at {_RATE:,} records/s, from when a record was due. "
             "Starts with all that in the logs, behind a batch to each partition: after a clean "
             "stop, and after kill -9.")
    columns = (
        Column("produce", "produce MB/s", Growth.FLAT, more_is_better=True),
        Column("cpu", "broker CPU s/GB", Growth.FLAT),
        Column("ack_p50", "ack p50 ms", Growth.FLAT),
        Column("ack_p99", "ack p99 ms", Growth.FLAT),
        Column("idle", "memory after start MB", Growth.LINEAR),
        Column("peak", "memory under load MB", Growth.LINEAR),
        Column("clean", "start ms", Growth.LINEAR),
        Column("killed", "start after kill ms", Growth.LINEAR),
    )
    sizes = (1, 10, 100, 1_000, 10_000)
    quick_sizes = (1, 2, 5)

    def disk_bytes(self, size, scale):
        return scale.load_bytes + size * _AHEAD_BYTES

    def measure(self, size, lab):
        broker, scale = lab.fresh_broker(), lab.scale
        broker.create(_TOPIC, partitions=size)
        _a_batch_to_each(broker, size)
        lab.settle()
        _a_batch_to_each(broker, size)
        load = broker.bench("produce", _TOPIC, "--records",
                            max(1, scale.load_bytes // _RECORD_BYTES), *_values(_BATCH_BYTES))
        lab.settle(paced=True)
        _a_batch_to_each(broker, size)
        paced = broker.bench("produce", _TOPIC, "--rate", _RATE, "--records",
                             scale.records(_RATE), "--warm-up", scale.warm_up_s,
                             *_values(_BATCH_BYTES))
        _a_batch_to_each(broker, size)
        broker.stop()
        clean_s = broker.start()
        idle = broker.resident_megabytes()
        _a_batch_to_each(broker, size)
        broker.kill()
        killed_s = broker.start()
        return {"produce": load.megabytes_per_second, "cpu": load.cpu_seconds_per_gigabyte,
                "ack_p50": paced.latency_ms["p50"], "ack_p99": paced.latency_ms["p99"],
                "idle": idle, "peak": load.peak_megabytes,
                "clean": clean_s * 1e3, "killed": killed_s * 1e3}


def _a_batch_to_each(broker, partitions):
    """A record fills a batch, and batches go to the partitions in turn.

    So each log is at hand for what follows, as those are that are in use: to bring the machine to
    rest takes their pages out of the cache.
    """
    broker.bench("produce", _TOPIC, "--records", partitions, *_values(_RECORD_BYTES))


def _values(batch_bytes):
    return ["--size", _RECORD_BYTES, "--batch-bytes", batch_bytes]
