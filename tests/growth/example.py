"""A small curve for the tests, and a broker that only writes down what it is told."""

from curves.curve import Column, Curve
from machine.errors import Failed
from outcome.prediction import Growth
from running.moved import Moved


class Small(Curve):
    """Costs what it is told to."""
    key = "small"
    title = "Something small"
    size_heading = "things"
    about = "Nothing is sent."
    columns = (Column("rate", "MB/s", Growth.FLAT, more_is_better=True),
               Column("memory", "memory MB", Growth.LINEAR),
               Column("segments", "segments"))
    sizes = (1, 10, 100)
    quick_sizes = (1, 2)

    def __init__(self, told=None, broken=(), goes_on=False):
        self.told = [] if told is None else told
        self.goes_on = goes_on
        self._broken = broken

    def measure(self, size, lab):
        self.told.append(size)
        if size in self._broken:
            raise Failed("the disk is gone")
        return {"rate": 100.0, "memory": 20.0 + size, "segments": size}


def moved(records=1_000, size_bytes=1_000, seconds=1.0, cpu_seconds=0.5):
    return Moved(records=records, bytes=records * size_bytes, seconds=seconds,
                 broker_cpu_seconds=cpu_seconds, client_cpu_seconds=0.2,
                 broker_peak_bytes=50_000_000,
                 latency_ms={"p50": 1.0, "p99": 2.0, "p99.9": 3.0, "max": 4.0})


class FakeBroker:
    """Runs or not, and knows how many records it has."""

    def __init__(self, data_dir, short_reads=False):
        self.data_dir = data_dir
        self.told = []
        self.records = 0
        self._running = True
        self._short_reads = short_reads

    def start(self):
        assert not self._running
        self._running = True
        self.told.append(("start",))
        return 0.1

    def stop(self):
        self._end("stop")

    def kill(self):
        self._end("kill")

    def _end(self, how):
        assert self._running
        self._running = False
        self.told.append((how,))

    def create(self, topic, partitions=1, **config):
        self.told.append(("create", partitions, config))

    def bench(self, verb, _topic, *arguments):
        assert self._running
        flags = dict(zip(arguments[::2], arguments[1::2]))
        self.told.append((verb, flags))
        records = flags.get("--records", 1)
        self.records += records
        return moved(records, flags.get("--size", 100))

    def strata(self, *arguments):
        assert self._running
        if arguments[-1] == "%T":
            return "1700000000000"
        count = arguments[arguments.index("--max-records") + 1] - int(self._short_reads)
        self.told.append(("read", arguments[arguments.index("--from") + 1]))
        return "".join(f"{offset}\n" for offset in range(count))

    def stand_still_reading(self, _topic, readers):
        assert self._running
        self.told.append(("stand", readers, self.records))

    def log_end(self, _topic):
        return self.records

    def cpu_seconds(self):
        return 0.0

    def resident_megabytes(self):
        return 30.0


class FakeLab:
    """With a FakeBroker that begins on a directory without files."""

    def __init__(self, directory, scale, short_reads=False):
        self.scale = scale
        self.broker = None
        self._directory = directory
        self._short_reads = short_reads

    def path(self, name):
        return f"{self._directory}/{name}"

    def fresh_broker(self, *settings):
        self.broker = FakeBroker(self.path("data"), self._short_reads)
        self.broker.told.append(("fresh", *settings))
        return self.broker

    def settle(self, paced=False):
        self.broker.told.append(("settle", "paced" if paced else "at once"))
