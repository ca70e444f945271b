"""The loads that every contender gets."""

import dataclasses
import enum


class Kind(enum.Enum):
    PRODUCE = "produce"  # as fast as it is acknowledged
    READ = "read"        # all that was produced, from its beginning
    LATENCY = "latency"  # from the moment a record was due to its arrival, at a fixed rate
    FANOUT = "fanout"    # produce, while so many groups read everything


@dataclasses.dataclass(frozen=True)
class Load:
    kind: Kind
    size_bytes: int = 100   # of each value; of no meaning with text
    partitions: int = 1
    rate: int = 0           # records per second; 0: as fast as it goes
    groups: int = 1
    text: bool = False      # lines of real text, compressed with zstd where the peer can

    @property
    def key(self):
        """Short and unique: for --load, and as part of a topic's name."""
        what = "text" if self.text else f"{self.size_bytes}b"
        parts = [self.kind.value, what, f"{self.partitions}p"]
        if self.rate:
            parts.append(f"{self.rate}rps")
        if self.kind is Kind.FANOUT:
            parts.append(f"{self.groups}g")
        return "-".join(parts)

    @property
    def short(self):
        """What sets it apart from others of its kind."""
        what = "lines of text, zstd" if self.text else _bytes(self.size_bytes)
        parts = [what, _plural(self.partitions, "partition")]
        if self.rate:
            parts.append(f"{self.rate:,} records/s")
        if self.kind is Kind.FANOUT:
            parts.append(_plural(self.groups, "group"))
        return ", ".join(parts)

    @property
    def title(self):
        return f"{_TITLES[self.kind]}: {self.short}"

    @property
    def written_as(self):
        """The load that writes what this one reads."""
        return dataclasses.replace(self, kind=Kind.PRODUCE)


_TITLES = {Kind.PRODUCE: "Produce", Kind.READ: "Catch-up read",
           Kind.LATENCY: "End-to-end latency", Kind.FANOUT: "Fan-out"}


def _plural(number, noun):
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _bytes(size):
    return f"{size // 1024} KiB" if size >= 1024 and size % 1024 == 0 else f"{size} B"


_SHAPES = tuple({"size_bytes": size, "partitions": partitions}
                for size in (100, 1024) for partitions in (1, 6))
_TEXT = {"text": True, "partitions": 1}

# A load that reads stands behind the one that writes: what is read is what was measured before.
LOADS = (
    *(Load(kind, **shape) for shape in (*_SHAPES, _TEXT) for kind in (Kind.PRODUCE, Kind.READ)),
    *(Load(Kind.LATENCY, rate=rate) for rate in (10_000, 50_000)),
    *(Load(Kind.FANOUT, size_bytes=1024, groups=groups) for groups in (1, 10)),
)


def chosen(keys):
    """The loads of these keys, or all. ValueError names a key that there is none of."""
    if not keys:
        return LOADS
    by_key = {load.key: load for load in LOADS}
    for key in keys:
        if key not in by_key:
            raise ValueError(f"there is no load '{key}'; there are {', '.join(by_key)}")
    return tuple(load for load in LOADS if load.key in keys)


def records_for(rate, seconds, most):
    """How many records keep a contender of this rate busy for so long: 1 to `most`."""
    return max(1, min(most, round(rate * seconds)))
