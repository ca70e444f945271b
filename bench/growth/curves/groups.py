"""More groups at the tail of one topic, and the same bytes delivered to all of them together."""

from curves.curve import Column, Curve
from outcome.prediction import Growth

_TOPIC = "growth"
_RECORD_BYTES = 16_384
_DELIVERED_PER_SECOND = 100_000_000
# Small, so that memory does not tell how much was appended.
_TAIL_CACHE_BYTES = 8 << 20


class Groups(Curve):
    key = "groups"
    title = "Groups on one topic"
    size_heading = "groups"
    about = ("Each group has one member with a connection of its own, reads the tail and commits "
             "once a second. Records of 16 KiB, each a batch and on disk before the ack, at the "
             "rate at which 100 MB/s are delivered to all groups together; a GB is one that was "
             "delivered. Latency from when a record was due to its delivery.")
    columns = (
        Column("delivered", "delivered MB/s"),
        Column("cpu", "broker CPU s/GB", Growth.FLAT),
        Column("p50", "delivery p50 ms", Growth.LINEAR),
        Column("p99", "delivery p99 ms", Growth.LINEAR),
        Column("peak", "memory MB", Growth.LINEAR),
    )
    sizes = (1, 10, 100, 1_000)
    quick_sizes = (1, 2, 4)

    def disk_bytes(self, size, scale):
        rate = _records_per_second(size)
        return (scale.records(rate) + scale.warm_up_s * rate) * _RECORD_BYTES

    def measure(self, size, lab):
        broker, scale = lab.fresh_broker("--tail-cache-bytes", _TAIL_CACHE_BYTES), lab.scale
        broker.create(_TOPIC)
        rate = _records_per_second(size)
        lab.settle(paced=True)
        moved = broker.bench("fanout", _TOPIC, "--groups", size, "--rate", rate,
                             "--records", scale.records(rate), "--warm-up", scale.warm_up_s,
                             "--size", _RECORD_BYTES, "--batch-bytes", _RECORD_BYTES)
        return {"delivered": moved.megabytes_per_second, "cpu": moved.cpu_seconds_per_gigabyte,
                "p50": moved.latency_ms["p50"], "p99": moved.latency_ms["p99"],
                "peak": moved.peak_megabytes}


def _records_per_second(groups):
    return max(1, _DELIVERED_PER_SECOND // (groups * _RECORD_BYTES))
