"""A contender without a server or a clock, for the tests."""

from measure.samples import Timing
from peers.peer import Peer


class FakePeer(Peer):
    """Does loads at fixed rates, and writes down what it was told.

    `broken`: what it is told -> the exception that it raises.
    """

    def __init__(self, name, told, rate=10_000, read_rate=None, broken=None, warm_up_seconds=0):
        super().__init__(tools=None)
        self.name = name
        self.warm_up_seconds = warm_up_seconds
        self._told = told
        self._rate = rate
        self._read_rate = read_rate or rate
        self._broken = broken or {}

    def _do(self, what, *more):
        self._told.append((self.name, what, *more))
        if what in self._broken:
            raise self._broken[what]

    def install(self):
        self._do("install")

    def start(self, directory):
        self._do("start")

    def stop(self):
        self._do("stop")

    def create(self, topic, load):
        self._do("create", topic)

    def delete(self, topic, load):
        self._do("delete", topic)

    def produce(self, topic, load, records):
        self._do("produce", topic, records)
        return Timing(records, records * load.size_bytes, records / self._rate)

    def read(self, topic, load, records):
        self._do("read", topic, records)
        return Timing(records, records * load.size_bytes, records / self._read_rate)

    def latency(self, topic, load, records):
        self._do("latency", topic, records)
        return Timing(records, records * load.size_bytes, records / load.rate)

    def fanout(self, topic, load, records):
        self._do("fanout", topic, records)
        deliveries = records * load.groups
        return Timing(deliveries, deliveries * load.size_bytes, records / self._rate)


class FakeServer:
    """Has used up `cpu_seconds_each` more whenever it is asked; `ended`: its last words."""

    def __init__(self, cpu_seconds_each=0.5, ended=""):
        self._cpu_seconds_each = cpu_seconds_each
        self._cpu_seconds = 0
        self._ended = ended
        self.peak = 900

    def last_words(self):
        return self._ended

    def cpu_seconds(self):
        self._cpu_seconds += self._cpu_seconds_each
        return self._cpu_seconds

    def forget_peak(self):
        self.peak = 0

    def peak_bytes(self):
        return self.peak
