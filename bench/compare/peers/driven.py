"""A peer that our own driver loads, through the peer's C client."""

import json
import os

from machine.errors import Unavailable
from machine.processes import run
from peers import timing, values
from peers.peer import Peer

PROGRAM = "strata_compare_load"


class Driven(Peer):
    driver = ""     # its name in the driver
    library = ""    # the package whose absence leaves it out of the driver

    def install(self):
        program = self._program()
        if not os.path.exists(program):
            raise Unavailable(f"{PROGRAM} is not built")
        settings = json.loads(run([program, "--list"], 30))
        if self.driver not in settings:
            raise Unavailable(f"the driver was built without {self.library}")
        self.settings = (*settings[self.driver], *type(self).settings)

    def create(self, topic, load):
        self._drive("create", topic, load)

    def delete(self, topic, load):
        self._drive("delete", topic, load)

    def produce(self, topic, load, records):
        return self._measure("produce", topic, load, records)

    def read(self, topic, load, records):
        return self._measure("consume", topic, load, records)

    def latency(self, topic, load, records):
        return self._measure("latency", topic, load, records, "--rate", load.rate)

    def fanout(self, topic, load, records):
        return self._measure("fanout", topic, load, records, "--groups", load.groups)

    def _measure(self, verb, topic, load, records, *more):
        return timing.from_json(self._drive(verb, topic, load, "--records", records,
                                            *values.arguments(self.tools, load), *more))

    def _drive(self, verb, topic, load, *more):
        return self.run_client([self._program(), self.driver, verb, "--address", self.address,
                                "--topic", topic, "--partitions", load.partitions, *more])

    def _program(self):
        return os.path.join(self.tools.bin_dir, "bench", "compare", PROGRAM)
