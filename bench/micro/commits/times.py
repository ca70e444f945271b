"""What Google Benchmark writes, and the times of one side over all rounds. Pure."""

import json

_NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# Benchmarks that say so measure by the clock, all others by the processor.
_BY_THE_CLOCK = ("/real_time", "/manual_time")


def parsed(text):
    """({name: nanoseconds per iteration}, {name: why there are none}) of one run.

    With repetitions it is the last one that counts. ValueError: this is no such result.
    """
    try:
        entries = json.loads(text)["benchmarks"]
        iterations = [entry for entry in entries if entry.get("run_type") != "aggregate"]
        failed = {entry["name"]: entry.get("error_message", "failed")
                  for entry in iterations if entry.get("error_occurred")}
        times = {entry["name"]: _time(entry)
                 for entry in iterations if not entry.get("error_occurred")}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a result of Google Benchmark: {error!r}") from error
    return times, failed


def _time(entry):
    key = "real_time" if any(part in entry["name"] for part in _BY_THE_CLOCK) else "cpu_time"
    return entry[key] * _NANOSECONDS[entry["time_unit"]]


class Times:
    """Of one side. Benchmarks stand in the order in which they were added."""

    def __init__(self):
        self.rounds = {}  # "bench benchmark" -> [nanoseconds], one for each round
        self.failed = {}  # the same, or "bench" if all of it has failed -> why

    def add(self, bench, text):
        """One run of one executable."""
        times, failed = parsed(text)
        for name, nanoseconds in times.items():
            self.rounds.setdefault(f"{bench} {name}", []).append(nanoseconds)
        for name, why in failed.items():
            self.fail(f"{bench} {name}", why)

    def fail(self, name, why):
        """The first reason stays."""
        self.failed.setdefault(name, why)
