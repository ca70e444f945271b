"""What `strata bench` has moved, and what that has cost the broker."""

import dataclasses
import json

from figures.rates import Rates
from machine.errors import Failed


@dataclasses.dataclass(frozen=True)
class Moved(Rates):
    records: int
    bytes: int                 # of values, keys and headers; delivered to all groups together
    seconds: float
    broker_cpu_seconds: float
    client_cpu_seconds: float
    broker_peak_bytes: int     # resident, by looking twice a second
    latency_ms: dict           # "p50", "p99", "p99.9", "max"

    @classmethod
    def from_json(cls, text):
        """Failed if it is no such object, or of nothing."""
        try:
            data = json.loads(text)
            if data["records"] < 1 or data["seconds"] <= 0:
                raise ValueError
            return cls(records=int(data["records"]), bytes=int(data["bytes"]),
                       seconds=float(data["seconds"]),
                       broker_cpu_seconds=float(data["broker"]["cpu_seconds"]),
                       client_cpu_seconds=float(data["client"]["cpu_seconds"]),
                       broker_peak_bytes=int(data["broker"]["peak_resident_bytes"]),
                       latency_ms=dict(data.get("latency_ms") or {}))
        except (ValueError, KeyError, TypeError) as error:
            raise Failed(f"this is no result: {text[:200]!r}") from error

    @property
    def cpu_seconds_per_gigabyte(self):
        return self.broker_cpu_seconds / (self.bytes / 1e9)

    @property
    def client_cpu_seconds_per_gigabyte(self):
        return self.client_cpu_seconds / (self.bytes / 1e9)

    @property
    def peak_megabytes(self):
        return self.broker_peak_bytes / 1e6
