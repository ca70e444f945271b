"""Strata itself, with its default (on disk), and with acknowledgement from the page cache."""

import dataclasses
import os

from machine.errors import Unavailable
from machine.processes import free_port, run
from measure import contenders
from peers import timing, values
from peers.peer import Peer

_WARM_UP_SECONDS = 1  # of `strata bench latency`, before what it measures


class Strata(Peer):
    role = contenders.OURS
    name = contenders.STRATA
    acknowledged = "on disk (group commit)"
    client = "strata bench"
    durability = "fsync"

    def install(self):
        for program in (self._server_program(), self._client_program()):
            if not os.path.exists(program):
                raise Unavailable(f"{program} is not built: cmake --preset release && "
                                  "cmake --build --preset release, or name the place with --build")

    def version(self):
        return run([self._server_program(), "--version"], 30).split()[-1]

    def start(self, directory):
        self.port = free_port()
        self.start_server([self._server_program(), "--data-dir", os.path.join(directory, "data"),
                           "--listen", self.address, "--http-listen", "off"],
                          os.path.join(directory, "stratad.log"))
        self.server.wait_for_port(self.port)

    def create(self, topic, load):
        self._strata("topic", "create", topic, "--partitions", load.partitions)

    def delete(self, topic, load):
        self._strata("topic", "delete", topic)

    def produce(self, topic, load, records):
        return self._bench("produce", topic, load, records, *self._writing())

    def read(self, topic, load, records):
        return timing.from_json(self._strata("bench", "consume", topic, "--records", records,
                                             "--output", "json"))

    def latency(self, topic, load, records):
        timed = self._bench("latency", topic, load, records, "--rate", load.rate,
                            "--warm-up", _WARM_UP_SECONDS, *self._writing())
        # It counts the headers in which it notes when a record was due, too.
        in_all = timed.records + load.rate * _WARM_UP_SECONDS
        return dataclasses.replace(timed, bytes=timed.records * load.size_bytes,
                                   bytes_in_all=in_all * load.size_bytes)

    def fanout(self, topic, load, records):
        return self._bench("fanout", topic, load, records, "--groups", load.groups,
                           "--warm-up", 0, *self._writing())

    def _bench(self, verb, topic, load, records, *more):
        return timing.from_json(self._strata("bench", verb, topic, "--records", records,
                                             *values.arguments(self.tools, load), *more,
                                             "--output", "json"))

    def _writing(self):
        return ["--durability", self.durability]

    def _strata(self, *arguments):
        return self.run_client([self._client_program(), "--broker", self.address, *arguments])

    def _server_program(self):
        return os.path.join(self.tools.bin_dir, "broker", "stratad")

    def _client_program(self):
        return os.path.join(self.tools.bin_dir, "client", "strata")


class StrataPageCache(Strata):
    name = contenders.STRATA_OS
    acknowledged = "in the page cache"
    durability = "os"
    settings = ("--durability os",)
