"""NATS JetStream with file storage."""

import os

from machine import debian, go_modules
from machine.errors import Unavailable
from machine.processes import free_port, run
from measure import contenders
from peers.driven import Driven

_MODULE = "github.com/nats-io/nats-server/v2@latest"
_CONFIG = """listen: "127.0.0.1:{port}"
max_pending: 256MB
jetstream {{
  store_dir: "{store}"
  max_file_store: 64GB
{more}}}
"""


class JetStream(Driven):
    name = contenders.NATS
    acknowledged = "written; fsync every 2 minutes"
    client = "libnats, js_PublishAsync and ordered push consumer"
    driver = "nats"
    library = "libnats-dev"
    settings = ("max_pending 256MB",)
    more_config = ""

    def install(self):
        super().install()
        self._program_path = self.tools.programs.get("nats-server")
        if not self._program_path:
            self._program_path = self._fetched()

    def _fetched(self):
        """The newest, if this machine can build it; else Debian's."""
        try:
            return go_modules.built(os.path.join(self.tools.cache_dir, "nats-go"), _MODULE,
                                    "nats-server", self.tools.fetching)
        except Unavailable as error:
            self.settings = (*self.settings, f"Debian's server, as the newest cannot be had: "
                                             f"{error}")
        unpacked = debian.unpack(["nats-server"], os.path.join(self.tools.cache_dir, "nats"),
                                 self.tools.fetching)
        return unpacked.path("usr/sbin/nats-server")

    def version(self):
        return run([self._program_path, "--version"], 30).split()[-1].lstrip("v")

    def start(self, directory):
        self.port = free_port()
        config = os.path.join(directory, "nats.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(_CONFIG.format(port=self.port, store=os.path.join(directory, "store"),
                                      more=self.more_config))
        self.start_server([self._program_path, "-c", config], os.path.join(directory, "nats.log"))
        self.server.wait_for_port(self.port)


class JetStreamSync(JetStream):
    name = contenders.NATS_SYNC
    acknowledged = "on disk (fsync of each write)"
    settings = (*JetStream.settings, "sync_interval: always")
    more_config = "  sync_interval: always\n"

    _SINCE = (2, 10)

    def install(self):
        super().install()
        numbers = tuple(int(part) for part in self.version().split(".")[:2])
        if numbers < self._SINCE:
            raise Unavailable(f"nats-server {self.version()} has no sync_interval; it came with "
                              "2.10 (give a newer one with --program nats-server=PATH)")
