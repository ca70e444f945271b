"""Timings from the JSON that `strata bench` and the drivers print."""

import json

from machine.errors import Failed
from measure.samples import Timing

_LATENCIES = ("p50", "p99", "p99.9", "max")


def from_json(text):
    """Failed if it is not such an object, or of nothing."""
    try:
        data = json.loads(text)
        if data["records"] < 1 or data["seconds"] <= 0:
            raise ValueError
        latencies = data.get("latency_ms") or {}
        return Timing(records=int(data["records"]), bytes=int(data["bytes"]),
                      bytes_in_all=int(data.get("bytes_in_all", 0)), seconds=float(data["seconds"]),
                      latency_ms={which: float(latencies[which]) for which in _LATENCIES
                                  if which in latencies})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(f"this is no result: {text[:200]!r}") from error
