"""A log that grows, and what a start and a read cost when it is so long."""

import os
import random
import string
import time

from curves.curve import Column, Curve
from figures import statistic
from machine.errors import Failed
from outcome.prediction import Growth

_TOPIC = "growth"
_RECORD_BYTES = 1_000
_SEGMENT_BYTES = 1 << 20
_TAIL_RECORDS = 1_000   # that are behind the last clean stop when the broker is killed
_READ_RECORDS = 1_000
_GIGABYTE = 10 ** 9

# Values that compress well, but not to nothing: so many random letters, again and again.
_LETTERS = 80
_LINES = 1_009
_PACKED_TO = 1 / 8      # at the most


class LogSize(Curve):
    key = "log-size"
    title = "Size of a log"
    size_heading = "GB of records"
    about = (f"One partition in segments of 1 MiB, with records of {_RECORD_BYTES:,} B in batches "
             "of 256 KiB; they compress well (zstd), so the disk holds less, unless they are "
             f"asked to be random. A start after a clean stop, and after kill -9 behind "
             f"{_TAIL_RECORDS:,} more records. A read takes {_READ_RECORDS:,} records with "
             "`strata consume`, from the beginning and from the middle by offset and by time: "
             "broker CPU, and the slowest of the three with the start of the command in it.")
    columns = (
        Column("disk", "disk MB"),
        Column("segments", "segments"),
        Column("append", "append CPU s/GB", Growth.FLAT),
        Column("clean", "start ms", Growth.LINEAR),
        Column("killed", "start after kill ms", Growth.LINEAR),
        Column("beginning", "read beginning CPU ms", Growth.FLAT),
        Column("offset", "middle by offset CPU ms", Growth.FLAT),
        Column("time", "middle by time CPU ms", Growth.FLAT),
        Column("slowest", "slowest read ms", Growth.FLAT),
        Column("memory", "memory MB", Growth.LINEAR),
    )
    sizes = (1, 2, 5, 10, 20, 50)
    quick_sizes = (0.004, 0.008, 0.02)
    size_type = float
    goes_on = True

    def size_text(self, size):
        return f"{size:g} GB"

    def disk_bytes(self, size, scale):
        return size * _GIGABYTE * (1 if scale.random_log else _PACKED_TO)

    def measure(self, size, lab):
        broker = lab.broker or _with_an_empty_log(lab)
        grown = _append(lab, max(1, round(size * _GIGABYTE / _RECORD_BYTES)
                                 - broker.log_end(_TOPIC)))
        broker.stop()
        clean_s = broker.start()
        _append(lab, _TAIL_RECORDS)
        broker.kill()
        killed_s = broker.start()
        segments, disk_bytes = _on_disk(broker)
        middle = broker.log_end(_TOPIC) // 2
        reads = {"beginning": _read(lab, 0), "offset": _read(lab, middle),
                 "time": _read(lab, f"@{_written_at(broker, middle)}")}
        return {"disk": disk_bytes / 1e6, "segments": segments,
                "append": grown.cpu_seconds_per_gigabyte,
                "clean": clean_s * 1e3, "killed": killed_s * 1e3,
                **{where: cpu_s * 1e3 for where, (cpu_s, _) in reads.items()},
                "slowest": max(wall_s for _, wall_s in reads.values()) * 1e3,
                "memory": broker.resident_megabytes()}


def _with_an_empty_log(lab):
    broker = lab.fresh_broker()
    broker.create(_TOPIC, segment_bytes=_SEGMENT_BYTES)
    if not lab.scale.random_log:
        _write_values(lab.path("values"))
    return broker


def _write_values(path):
    chosen = random.Random(0)
    with open(path, "w", encoding="ascii") as file:
        for _ in range(_LINES):
            letters = "".join(chosen.choices(string.ascii_letters, k=_LETTERS))
            file.write((letters * (_RECORD_BYTES // _LETTERS + 1))[:_RECORD_BYTES] + "\n")


def _append(lab, records):
    values = (["--size", _RECORD_BYTES] if lab.scale.random_log
              else ["--payload-file", lab.path("values"), "--compression", "zstd"])
    return lab.broker.bench("produce", _TOPIC, "--records", records, *values)


def _on_disk(broker):
    """Segments, and the bytes of all files of the log."""
    segments, size_bytes = 0, 0
    for folder, _, names in os.walk(os.path.join(broker.data_dir, "topics")):
        segments += sum(name.endswith(".log") for name in names)
        size_bytes += sum(os.path.getsize(os.path.join(folder, name)) for name in names)
    return segments, size_bytes


def _written_at(broker, offset):
    """The timestamp of a record in Unix milliseconds."""
    return broker.strata("consume", _TOPIC, "--partition", 0, "--from", offset,
                         "--max-records", 1, "--format", "%T").strip()


def _read(lab, position):
    """Seconds of the broker's processor and of the clock; medians."""
    cpu_s, wall_s = [], []
    for _ in range(lab.scale.reads):
        cpu_before, begun = lab.broker.cpu_seconds(), time.monotonic()
        offsets = lab.broker.strata("consume", _TOPIC, "--partition", 0, "--from", position,
                                    "--max-records", _READ_RECORDS, "--exit-at-end",
                                    "--format", "%o\\n").split()
        wall_s.append(time.monotonic() - begun)
        cpu_s.append(lab.broker.cpu_seconds() - cpu_before)
        if len(offsets) != _READ_RECORDS:
            raise Failed(f"a read from {position} gave {len(offsets)} records instead of "
                         f"{_READ_RECORDS}")
    return statistic.median(cpu_s), statistic.median(wall_s)
