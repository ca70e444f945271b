"""Redis Streams: XADD in pipelines, XREAD, and XREADGROUP where there are groups."""

import os

from machine import debian
from machine.processes import free_port, run
from measure import contenders
from peers.driven import Driven


class Redis(Driven):
    name = contenders.REDIS
    acknowledged = "written; fsync every second"
    client = "hiredis, pipelined XADD and XREAD; XREADGROUP NOACK for fan-out"
    driver = "redis"
    library = "libhiredis-dev"
    appendfsync = "everysec"
    settings = ("appendonly yes", "appendfsync everysec", "save ''",
                "auto-aof-rewrite-percentage 0")
    keeps_in_memory = True

    def install(self):
        super().install()
        self._program_path = self.tools.programs.get("redis-server")
        self._environment = None
        if not self._program_path:
            unpacked = debian.unpack(["redis-server", "redis-tools"],
                                     os.path.join(self.tools.cache_dir, "redis"),
                                     self.tools.fetching)
            self._program_path = unpacked.path("usr/bin/redis-server")
            self._environment = unpacked.environment()

    def version(self):
        words = run([self._program_path, "--version"], 30, env=self._environment).split()
        return next((word[2:] for word in words if word.startswith("v=")), "unknown")

    def start(self, directory):
        self.port = free_port()
        self.start_server(
            [self._program_path, "--bind", "127.0.0.1", "--port", self.port, "--dir", directory,
             "--daemonize", "no", "--save", "", "--appendonly", "yes",
             "--appendfsync", self.appendfsync, "--auto-aof-rewrite-percentage", "0"],
            os.path.join(directory, "redis.log"), env=self._environment)
        self.server.wait_for_port(self.port)


class RedisSync(Redis):
    name = contenders.REDIS_SYNC
    acknowledged = "on disk (fsync of each turn of its loop)"
    appendfsync = "always"
    settings = ("appendonly yes", "appendfsync always", "save ''",
                "auto-aof-rewrite-percentage 0")
