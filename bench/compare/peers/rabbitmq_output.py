"""What the stream perf tool of RabbitMQ prints: a line for each second."""

import re
import statistics

from machine.errors import Failed
from measure.samples import Timing

_SECOND = re.compile(r"^\d+, (?P<counts>.*), latency median/75th/95th/99th "
                     r"(?P<latencies>[\d./]+) ms", re.MULTILINE)
_LATENCIES = ("p50", "p75", "p95", "p99")


def timed(output, what, size_bytes, with_latency, counted_as_one=1):
    """`what` is "confirmed" or "consumed"; so many messages are `counted_as_one`. Failed.

    Its rate is the median of the seconds apart from the first and the last one, in which it was at
    work for a part of the time. Where there are no others, the rate is that of both together: less
    than it was. Its latencies are medians over the seconds, in whole milliseconds.
    """
    seconds = _busy(list(_SECOND.finditer(output)), what)
    if not seconds:
        raise Failed(f"the stream perf tool told no rate: {output[-300:]!r}")
    rates = [_rate(match, what) * counted_as_one for match in seconds]
    rate = statistics.median(rates[1:-1]) if rates[1:-1] else statistics.mean(rates)
    inner = seconds[1:-1] or seconds
    records = round(rate * len(inner))
    return Timing(records=records, bytes=records * size_bytes, seconds=float(len(inner)),
                  latency_ms=_latencies(inner) if with_latency else {},
                  bytes_in_all=sum(rates) * size_bytes)


def _busy(seconds, what):
    """From the first to the last that has records; one without any in between is a stall."""
    with_records = [at for at, match in enumerate(seconds) if _rate(match, what)]
    return seconds[with_records[0]:with_records[-1] + 1] if with_records else []


def _rate(match, what):
    found = re.search(rf"{what} ([\d,]+) msg/s", match["counts"])
    return int(found.group(1).replace(",", "")) if found else 0


def _latencies(seconds):
    each = [dict(zip(_LATENCIES, map(float, match["latencies"].split("/")))) for match in seconds]
    return {name: statistics.median(one[name] for one in each) for name in ("p50", "p99")}
