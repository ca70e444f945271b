"""One contender while its server runs: how much each load takes, and what comes of it."""

import dataclasses

from machine.errors import Failed, Unsupported
from measure.loads import Kind, records_for
from measure.samples import Sample

_FIRST_TRIAL_RECORDS = 20_000
_MOST_TRIALS = 8
# A trial that lasts this part of a load tells the rate of the load.
_LONG_ENOUGH = 0.5
# What warms a server up whose rate is known, in parts of a load.
_WARM_UP = 0.2
# Where reading is faster than writing, writing more may take so many loads' time.
_MORE_WRITING = 3


@dataclasses.dataclass
class _Written:
    topic: str
    records: int
    spare: int  # records that may still be added


class Turn:
    def __init__(self, peer, number, seconds, most_bytes, records, settle):
        """`number` is that of the round; `records` is kept from turn to turn: how many each
        contender takes, (name, load) -> number. The others are those of Rounds.
        """
        self.peer = peer
        self._number = number
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._records = records
        self._settle = settle
        self._busy = dict.fromkeys(Kind, 0.0)  # seconds that such loads have taken so far
        self._topics = {}   # topic -> the load that it was made for: what is there now
        self._written = {}  # load -> _Written
        self._failed = {}   # load -> why it has written nothing

    def sample(self, load):
        """Failed, Unsupported."""
        self._delete_all_but(self._written.get(load.written_as) if load.kind is Kind.READ else None)
        return {Kind.PRODUCE: self._produce, Kind.READ: self._read,
                Kind.LATENCY: self._latency, Kind.FANOUT: self._fanout}[load.kind](load)

    def _produce(self, load):
        try:
            records = self._enough(load, self.peer.produce)
            topic = self._create(load, "")
            sample = self._observed(self.peer.produce, topic, load, records)
        except (Failed, Unsupported) as error:
            self._failed[load] = error
            raise
        spare = records_for(sample.timing.records_per_second, self._seconds * _MORE_WRITING,
                            self._most_records(load))
        self._written[load] = _Written(topic, records, spare)
        return sample

    def _read(self, load):
        if load.written_as in self._failed:
            error = self._failed[load.written_as]
            raise type(error)(f"there is nothing to read: {error}")
        if load.written_as not in self._written:
            self._produce(load.written_as)
        written = self._written[load.written_as]
        if (self.peer.name, load) in self._records:
            self._write_up_to(self._records[self.peer.name, load], load, written)
            self._warm_up_reading(load, written)
        else:
            self._find_enough_to_read(load, written)
        return self._observed(self.peer.read, written.topic, load, written.records)

    def _find_enough_to_read(self, load, written):
        """Writes more until reading lasts as long as a load, as far as that may take."""
        for _ in range(_MOST_TRIALS):
            timing = self._work(self.peer.read, written.topic, load, written.records)
            more = self._write_up_to(records_for(timing.records_per_second, self._seconds,
                                                 self._most_records(load)), load, written)
            enough = not more or timing.seconds >= _LONG_ENOUGH * self._seconds
            if enough and not self._cold_seconds(load.kind):
                break
        self._records[self.peer.name, load] = written.records

    def _warm_up_reading(self, load, written):
        for _ in range(_MOST_TRIALS):
            self._work(self.peer.read, written.topic, load,
                       self._warm_up_part(load.kind, written.records))
            if not self._cold_seconds(load.kind):
                break

    def _write_up_to(self, records, load, written):
        """How many were added, outside of what is measured."""
        more = max(0, min(records - written.records, written.spare))
        if more:
            self._work(self.peer.produce, written.topic, load.written_as, more)
            written.records += more
            written.spare -= more
        return more

    def _latency(self, load):
        records = records_for(load.rate, self._seconds, self._most_records(load))
        for trial in range(_MOST_TRIALS):
            self._try(self.peer.latency, load, trial, self._warm_up_part(load.kind, records))
            if not self._cold_seconds(load.kind):
                break
        return self._observed(self.peer.latency, self._create(load, ""), load, records)

    def _fanout(self, load):
        records = self._enough(load, self.peer.fanout, deliveries=load.groups)
        return self._observed(self.peer.fanout, self._create(load, ""), load, records)

    def _enough(self, load, action, deliveries=1):
        """How many records the load needs to last. Trials find that out, and warm the server up."""
        key = (self.peer.name, load)
        most = self._most_records(load)
        known = wanted = self._records.get(key)
        size = self._warm_up_part(load.kind, known) if known else min(_FIRST_TRIAL_RECORDS, most)
        for trial in range(_MOST_TRIALS):
            if not known:
                self._settle(paced=False)  # or the trial is slower than what is to be measured
            timing = self._try(action, load, trial, size)
            if not known:
                wanted = records_for(timing.records_per_second / deliveries, self._seconds, most)
                if timing.seconds >= _LONG_ENOUGH * self._seconds or size == most:
                    known = wanted
            if known and not self._cold_seconds(load.kind):
                break
            size = self._warm_up_part(load.kind, known) if known else wanted
        self._records[key] = wanted
        return wanted

    def _try(self, action, load, trial, records):
        """On a topic of its own, which is given back."""
        topic = self._create(load, f"-trial{trial}")
        timing = self._work(action, topic, load, records)
        self._delete(topic)
        return timing

    def _work(self, action, topic, load, records):
        timing = action(topic, load, records)
        self._busy[load.kind] += timing.seconds
        return timing

    def _cold_seconds(self, kind):
        """How much longer the server has to do such work until it is as fast as it gets."""
        seconds = self.peer.warm_up_seconds - self._busy[kind]
        return seconds if seconds > _WARM_UP * self._seconds else 0.0

    def _warm_up_part(self, kind, records):
        """Of the records of a load; all of them at most."""
        part = max(_WARM_UP, self._cold_seconds(kind) / self._seconds)
        return max(1, round(records * min(1.0, part)))

    def _most_records(self, load):
        return max(1, self._most_bytes // load.size_bytes)

    def _create(self, load, suffix):
        topic = load.key + suffix
        self._topics[topic] = load
        self.peer.create(topic, load)
        return topic

    def _delete_all_but(self, written):
        for topic in [each for each in self._topics if not written or each != written.topic]:
            self._written.pop(self._topics[topic], None)
            self._delete(topic)

    def _delete(self, topic):
        self.peer.delete(topic, self._topics.pop(topic))

    def _observed(self, action, topic, load, records):
        self._settle(paced=load.kind is Kind.LATENCY)
        server = self.peer.server
        if not server:
            return Sample(self._work(action, topic, load, records), 0.0, 0, self._number)
        server.forget_peak()
        before = server.cpu_seconds()
        timing = self._work(action, topic, load, records)
        return Sample(timing, server.cpu_seconds() - before, server.peak_bytes(), self._number)
