"""Larger records, as fast as they are taken."""

from curves.curve import Column, Curve
from outcome.prediction import Growth

_TOPIC = "growth"
_MOST_RECORDS = 5_000_000
_TAIL_CACHE_BYTES = 8 << 20
_WARM_UP_BYTES_PER_SECOND = 1_000_000_000
_KIBIBYTE, _MEBIBYTE = 1 << 10, 1 << 20


class RecordSize(Curve):
    key = "record-size"
    title = "Size of a record"
    size_heading = "record"
    about = ("One producer and one partition, as fast as it is acknowledged, on disk; a record "
             "that is larger than a batch (256 KiB) is one. What a record costs may grow with its "
             "bytes.")
    columns = (
        Column("records", "records/s"),
        Column("megabytes", "MB/s"),
        Column("cpu", "broker CPU s/GB"),
        Column("record_cpu", "broker CPU us/record", Growth.LINEAR),
        Column("record_time", "time us/record", Growth.LINEAR),
        Column("peak", "memory MB", Growth.LINEAR),
    )
    sizes = (10, 100, _KIBIBYTE, 10 * _KIBIBYTE, 100 * _KIBIBYTE, _MEBIBYTE)
    quick_sizes = (10, 1_000, 10 * _KIBIBYTE)

    def size_text(self, size):
        for unit, name in ((_MEBIBYTE, "MiB"), (_KIBIBYTE, "KiB")):
            if size >= unit and size % unit == 0:
                return f"{size // unit} {name}"
        return f"{size:,} B"

    def disk_bytes(self, size, scale):
        return scale.load_bytes + scale.warm_up_s * _WARM_UP_BYTES_PER_SECOND

    def measure(self, size, lab):
        broker, scale = lab.fresh_broker("--tail-cache-bytes", _TAIL_CACHE_BYTES), lab.scale
        broker.create(_TOPIC)
        records = max(1, min(_MOST_RECORDS, scale.load_bytes // size))
        moved = broker.bench("produce", _TOPIC, "--records", records, "--size", size,
                             "--warm-up", scale.warm_up_s)
        return {"records": moved.records_per_second, "megabytes": moved.megabytes_per_second,
                "cpu": moved.cpu_seconds_per_gigabyte,
                "record_cpu": moved.broker_cpu_seconds / moved.records * 1e6,
                "record_time": moved.seconds / moved.records * 1e6,
                "peak": moved.peak_megabytes}
