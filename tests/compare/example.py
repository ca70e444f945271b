"""Small results for the tests."""

from measure.loads import Kind, Load
from measure.samples import Results, Sample, Timing

PRODUCE = Load(Kind.PRODUCE)
LATENCY = Load(Kind.LATENCY, rate=50_000)


def sample(rate=1000.0, p50=1.0, p99=2.0, cpu_seconds=1.0, peak_bytes=1_000_000, number=1):
    """One second at a rate, with values of 100 B, in the round of this number."""
    return Sample(Timing(records=round(rate), bytes=round(rate) * 100, seconds=1.0,
                         latency_ms={"p50": p50, "p99": p99, "p99.9": 3.0, "max": 4.0}),
                  server_cpu_seconds=cpu_seconds, server_peak_bytes=peak_bytes, round=number)


def results(*names, roles=None):
    """Results without samples of contenders of these names."""
    made = Results()
    for name in names:
        made.add_contender(name, {"role": (roles or {}).get(name, "peer"), "version": "1.0"})
    return made
