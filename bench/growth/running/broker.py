"""A stratad on a directory of its own, which is started, stopped and killed again and again."""

import dataclasses
import json
import os
import time

from machine import interrupts
from machine.errors import Failed
from machine.processes import Server, run, start_unread, wait_for
from running.moved import Moved

_START_TIMEOUT_S = 600
_STOP_TIMEOUT_S = 300
_CALL_TIMEOUT_S = 300     # of one call to the broker
_COMMAND_TIMEOUT_S = 3600
_STAND_TIMEOUT_S = 120
_LOOK_S = 0.5
_AT_REST = 0.02           # of a processor, and less


@dataclasses.dataclass(frozen=True)
class Programs:
    stratad: str
    strata: str

    @classmethod
    def built_in(cls, directory):
        """Failed if they are not there."""
        found = cls(stratad=os.path.join(directory, "broker", "stratad"),
                    strata=os.path.join(directory, "client", "strata"))
        for path in (found.stratad, found.strata):
            if not os.path.exists(path):
                raise Failed(f"{path} is not built: cmake --build --preset release, or name the "
                             "folder of another build with --build")
        return found


class Broker:
    def __init__(self, programs, directory, settings=()):
        """`settings`: further arguments of stratad."""
        self._programs = programs
        self._directory = directory
        self._settings = [str(word) for word in settings]
        self._server = None
        self._address = ""
        self._readers = []

    @property
    def data_dir(self):
        return os.path.join(self._directory, "data")

    def start(self):
        """Gives the seconds until it is ready, by the clock of the file in which it says so."""
        port_file = os.path.join(self._directory, "port")
        if os.path.exists(port_file):
            os.remove(port_file)
        begun_ns = time.time_ns()
        with interrupts.deferred():
            self._server = Server(
                [self._programs.stratad, "--data-dir", self.data_dir, "--listen", "127.0.0.1:0",
                 "--http-listen", "off", "--port-file", port_file, *self._settings],
                os.path.join(self._directory, "stratad.log"))
        self._server.wait_until(lambda: os.path.exists(port_file), "become ready", _START_TIMEOUT_S)
        with open(port_file, encoding="ascii") as file:
            self._address = file.readline().strip()
        return max(0, os.stat(port_file).st_mtime_ns - begun_ns) / 1e9

    def stop(self):
        """Failed if the stop is not clean."""
        self._end_readers()
        server, self._server = self._server, None
        status = server.stop(_STOP_TIMEOUT_S)
        if status != 0:
            raise Failed(f"stratad did not stop cleanly: {server.last_words()}")

    def kill(self):
        """As a crash would end it; nothing if it does not run."""
        self._end_readers()
        server, self._server = self._server, None
        if server:
            server.kill()

    def cpu_seconds(self):
        return self._server.cpu_seconds()

    def resident_megabytes(self):
        return self._server.resident_bytes() / 1e6

    def strata(self, *arguments):
        """What the command prints. Failed."""
        try:
            return run([self._programs.strata, "--broker", self._address,
                        "--timeout", _CALL_TIMEOUT_S, *arguments], _COMMAND_TIMEOUT_S)
        except Failed as error:
            why = filter(None, [str(error), self._server.last_words()])
            raise Failed("; ".join(why)) from error

    def create(self, topic, partitions=1, **config):
        """Keys of `config` have _ for the dots."""
        pairs = [f"{key.replace('_', '.')}={value}" for key, value in config.items()]
        self.strata("topic", "create", topic, "--partitions", partitions,
                    *(word for pair in pairs for word in ("--config", pair)))

    def bench(self, verb, topic, *arguments):
        """Gives a Moved."""
        return Moved.from_json(self.strata("bench", verb, topic, *arguments, "--output", "json"))

    def stand_still_reading(self, topic, readers):
        """Returns when so many have begun to read and stand, as nobody takes what they write.

        They end with the broker. Failed.
        """
        for _ in range(readers):
            self._readers.append(start_unread(
                [self._programs.strata, "--broker", self._address, "consume", topic]))
        wait_for(self._at_rest, lambda: f"{readers} readers do not come to a stand",
                 _STAND_TIMEOUT_S)
        if any(reader.poll() is not None for reader in self._readers):
            raise Failed("a reader that was to stand still has ended")

    def _at_rest(self):
        before = self.cpu_seconds()
        time.sleep(_LOOK_S)
        return self.cpu_seconds() - before < _AT_REST * _LOOK_S

    def _end_readers(self):
        for reader in self._readers:
            reader.kill()
            reader.communicate()
        self._readers = []

    def log_end(self, topic):
        """Of partition 0."""
        description = json.loads(self.strata("topic", "describe", topic, "--output", "json"))
        return description["partitions"][0]["log_end"]
