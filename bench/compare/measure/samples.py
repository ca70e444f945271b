"""What a contender has done under a load, and how it is kept in a file."""

import dataclasses

from figures.rates import Rates


@dataclasses.dataclass(frozen=True)
class Timing(Rates):
    """What the client has seen. With several groups every delivery counts."""
    records: int
    bytes: int       # of values
    seconds: float
    # "p50", "p99", "p99.9", "max"; empty if the tool of the peer does not tell.
    latency_ms: dict = dataclasses.field(default_factory=dict)
    # Of values, from start to end of the client: more than `bytes` if a part of them is in no
    # figure, as its own warm-up. The server has worked for all of them.
    bytes_in_all: int = 0

    def __post_init__(self):
        object.__setattr__(self, "bytes_in_all", max(self.bytes_in_all, self.bytes))


@dataclasses.dataclass(frozen=True)
class Sample:
    """One load, once."""
    timing: Timing
    server_cpu_seconds: float   # all processes of the server together
    server_peak_bytes: int      # resident, during this load
    round: int                  # from 1

    @property
    def cpu_seconds_per_gigabyte(self):
        gigabytes = self.timing.bytes_in_all / 1e9
        return self.server_cpu_seconds / gigabytes if gigabytes else 0.0


class Results:
    """The samples of each contender under each load, or why there are none.

    Contenders and loads stand in the order in which they were added.
    """

    def __init__(self):
        self.samples = {}   # (contender, load key) -> [Sample]
        self.missing = {}   # (contender, load key) -> why; load key None: the whole contender
        self.contenders = {}  # name -> what is known of it: "version", "acknowledged", "settings"
        self.commands = {}  # (contender, load key) -> what loads it

    def add_contender(self, name, facts):
        self.contenders.setdefault(name, {}).update(facts)

    def add(self, contender, load, sample):
        self.samples.setdefault((contender, load.key), []).append(sample)

    def add_command(self, contender, load, command):
        """The last one stays, as that of the server does: their ports belong together."""
        self.commands[contender, load.key] = command

    def miss(self, contender, load, why):
        """The first reason stays: what comes later is its consequence."""
        self.missing.setdefault((contender, load.key if load else None), why)

    def why_missing(self, contender, load):
        """None if there are samples."""
        if (contender, load.key) in self.samples:
            return None
        return (self.missing.get((contender, load.key)) or self.missing.get((contender, None))
                or "not asked for")

    def why_incomplete(self, contender, load):
        """Why there are fewer samples than rounds; None if nothing has gone wrong."""
        return (self.missing.get((contender, load.key)) or self.missing.get((contender, None))
                if self.of(contender, load) else None)

    def why_nothing_measured(self, contender):
        """Why the whole contender is missing; None if there is any sample of it."""
        return None if self.measured(contender) else self.missing.get((contender, None))

    def measured(self, contender):
        """Whether there is any sample of it."""
        return any(name == contender for name, _ in self.samples)

    def of(self, contender, load):
        return self.samples.get((contender, load.key), [])

    def to_json(self):
        return {
            "contenders": self.contenders,
            "samples": [{"contender": contender, "load": load,
                         "command": self.commands.get((contender, load), ""),
                         "rounds": [dataclasses.asdict(sample) for sample in samples]}
                        for (contender, load), samples in self.samples.items()],
            "missing": [{"contender": contender, "load": load, "why": why}
                        for (contender, load), why in self.missing.items()],
        }
