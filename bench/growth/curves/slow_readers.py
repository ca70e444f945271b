"""More readers that have stopped in the middle of a log, while it is appended to."""

from curves.curve import Column, Curve
from outcome.prediction import Growth

_TOPIC = "growth"
_RECORD_BYTES = 1_000
# Small, so that memory does not tell how much was appended.
_TAIL_CACHE_BYTES = 8 << 20


class SlowReaders(Curve):
    key = "slow-readers"
    title = "Readers that stand still"
    size_heading = "readers"
    about = (f"A log with records of {_RECORD_BYTES:,} B, which each reader has begun to read from "
             "the beginning, with a connection of its own, and a full pipe behind it that nobody "
             "reads from. Memory when all of them stand; then as much again is appended, as fast "
             "as it is taken.")
    columns = (
        Column("standing", "memory MB", Growth.LINEAR),
        Column("peak", "memory under load MB", Growth.LINEAR),
        Column("produce", "produce MB/s", Growth.FLAT, more_is_better=True),
        Column("cpu", "broker CPU s/GB", Growth.FLAT),
    )
    sizes = (1, 10, 100, 300)
    quick_sizes = (1, 2, 4)

    def disk_bytes(self, size, scale):
        return 2 * scale.load_bytes

    def measure(self, size, lab):
        broker, scale = lab.fresh_broker("--tail-cache-bytes", _TAIL_CACHE_BYTES), lab.scale
        broker.create(_TOPIC)

        def append():
            return broker.bench("produce", _TOPIC, "--size", _RECORD_BYTES,
                                "--records", scale.load_bytes // _RECORD_BYTES)

        append()
        broker.stand_still_reading(_TOPIC, size)
        standing = broker.resident_megabytes()
        lab.settle()
        load = append()
        return {"standing": standing, "peak": load.peak_megabytes,
                "produce": load.megabytes_per_second, "cpu": load.cpu_seconds_per_gigabyte}
