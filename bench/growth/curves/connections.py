"""More connections, each with a producer, and the same load over all of them."""

from curves.curve import Column, Curve
from outcome.prediction import Growth

_TOPIC = "growth"
_PARTITIONS = 6
_RECORD_BYTES = 1_000
_RATE = 2_000


class Connections(Curve):
    key = "connections"
    title = "Connections"
    size_heading = "connections"
    about = (f"A producer on each, to a topic with {_PARTITIONS} partitions. Idle: all stand, and "
             "one record is sent. Then ack latency, from when a record was due, at "
             f"{_RATE:,} records/s from all of them together, each record a batch; and the same "
             "bytes from all of them together, as fast as they are taken. Records of "
             f"{_RECORD_BYTES:,} B. All producers are in one client, which has its share of the "
             "machine.")
    columns = (
        Column("idle", "memory idle MB", Growth.LINEAR),
        Column("peak", "memory under load MB", Growth.LINEAR),
        Column("produce", "produce MB/s", Growth.FLAT, more_is_better=True),
        Column("cpu", "broker CPU s/GB", Growth.FLAT),
        Column("client", "client CPU s/GB"),
        Column("ack_p50", "ack p50 ms", Growth.FLAT),
        Column("ack_p99", "ack p99 ms", Growth.FLAT),
        Column("paced_cpu", "CPU s/GB at the rate", Growth.FLAT),
    )
    sizes = (1, 10, 100, 1_000)
    quick_sizes = (1, 2, 5)

    def disk_bytes(self, size, scale):
        paced = scale.records(_RATE) + scale.warm_up_s * _RATE
        return scale.load_bytes + paced * _RECORD_BYTES

    def measure(self, size, lab):
        broker, scale = lab.fresh_broker(), lab.scale
        broker.create(_TOPIC, partitions=_PARTITIONS)

        def produce(*arguments):
            return broker.bench("produce", _TOPIC, "--producers", size, "--size", _RECORD_BYTES,
                                *arguments)

        idle = produce("--rate", 1, "--seconds", 1)
        lab.settle(paced=True)
        paced = produce("--rate", _RATE, "--records", scale.records(_RATE),
                        "--warm-up", scale.warm_up_s, "--batch-bytes", _RECORD_BYTES)
        lab.settle()
        load = produce("--records", max(size, scale.load_bytes // _RECORD_BYTES))
        return {"idle": idle.peak_megabytes, "peak": load.peak_megabytes,
                "produce": load.megabytes_per_second, "cpu": load.cpu_seconds_per_gigabyte,
                "client": load.client_cpu_seconds_per_gigabyte,
                "ack_p50": paced.latency_ms["p50"], "ack_p99": paced.latency_ms["p99"],
                "paced_cpu": paced.cpu_seconds_per_gigabyte}
