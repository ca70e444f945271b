"""RabbitMQ Streams, driven by the performance tool of its Java client.

The tool runs for a time, not for a number of records: so does every load here.
"""

import glob
import math
import os

from machine import debian, maven
from machine.errors import Unsupported
from machine.processes import Server, free_port, program
from measure import contenders
from peers import jvm, rabbitmq_output
from peers.peer import Peer

# The last release of the client whose jar holds the tool; later ones of the tool are not on Maven
# Central. The others are what the tool needs, in the versions that this release names.
_TOOL = (
    ("com.rabbitmq", "stream-client", "0.13.0"),
    ("info.picocli", "picocli", "4.7.5"),
    ("io.micrometer", "micrometer-core", "1.11.4"),
    ("io.micrometer", "micrometer-registry-prometheus", "1.11.4"),
    ("io.dropwizard.metrics", "metrics-core", "4.2.20"),
    ("ch.qos.logback", "logback-classic", "1.2.12"),
    ("com.google.guava", "guava", "32.1.2-jre"),
    ("com.rabbitmq", "amqp-client", "5.19.0"),
    ("org.apache.commons", "commons-compress", "1.24.0"),
)
_CONFIG = """listeners.tcp.1 = 127.0.0.1:{amqp_port}
stream.listeners.tcp.1 = 127.0.0.1:{port}
stream.advertised_host = 127.0.0.1
stream.advertised_port = {port}
log.console = true
log.console.level = warning
"""
# The tool reads it at its start, and its jar does not have it.
_LOGBACK = """<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%msg%n</pattern></encoder>
  </appender>
  <root level="warn"><appender-ref ref="console"/></root>
</configuration>
"""
_START_TIMEOUT_S = 120
_LEAST_SECONDS = 4  # of the rate the first and the last second are left out


class RabbitStreams(Peer):
    name = contenders.RABBIT
    acknowledged = "written; no fsync (it has none)"
    client = "stream perf tool"
    settings = ("1 replica", "--batch-size 100", "--confirms 10000", "--initial-credits 10",
                "--batch-publishing-delay 1 at a fixed rate",
                "1 producer and 1 consumer for each partition")
    sub_entry_size = 1  # messages that are packed into one before they are sent

    def __init__(self, tools):
        super().__init__(tools)
        self._names_server = None
        self._rates = {}  # load -> records per second that were confirmed

    def install(self):
        self._debian = debian.unpack(["rabbitmq-server"],
                                     os.path.join(self.tools.cache_dir, "rabbitmq"),
                                     self.tools.fetching)
        _move_erlang(self._debian)
        tool_dir = os.path.join(self.tools.cache_dir, "rabbitmq-tool")
        self._tool_path = f"{maven.jars(tool_dir, _TOOL, self.tools.fetching)}:{tool_dir}"
        _write(os.path.join(tool_dir, "logback.xml"), _LOGBACK)
        self._java = program("java", "deploy/install-dependencies.sh --with-peers")

    def version(self):
        return self._debian.version("rabbitmq-server")

    def start(self, directory):
        self.port, amqp_port, names_port, erlang_port = (free_port() for _ in range(4))
        self._start_names_server(names_port, directory)
        config = os.path.join(directory, "rabbitmq.conf")
        plugins = os.path.join(directory, "enabled_plugins")
        _write(config, _CONFIG.format(port=self.port, amqp_port=amqp_port))
        _write(plugins, "[rabbitmq_stream].\n")
        [server] = glob.glob(self._debian.path("usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server"))
        erlang = self._debian.path("usr/lib/erlang/bin")
        self.start_server([server], os.path.join(directory, "rabbitmq.log"), cwd=directory, env={
            **self._debian.environment(),
            "PATH": f"{erlang}:{os.environ['PATH']}",
            "HOME": directory,
            "ERL_EPMD_PORT": str(names_port),
            "RABBITMQ_DIST_PORT": str(erlang_port),
            "RABBITMQ_NODENAME": "strata-compare@localhost",
            "RABBITMQ_CONFIG_FILE": config,
            "RABBITMQ_ENABLED_PLUGINS_FILE": plugins,
            "RABBITMQ_MNESIA_BASE": os.path.join(directory, "mnesia"),
            "RABBITMQ_LOG_BASE": os.path.join(directory, "log"),
            "RABBITMQ_PID_FILE": os.path.join(directory, "pid"),
        })
        self.server.wait_for_port(self.port, _START_TIMEOUT_S)

    def stop(self):
        super().stop()
        if self._names_server:
            self._names_server.stop()
            self._names_server = None

    def _start_names_server(self, port, directory):
        """Erlang's, without which no node starts; on a port of our own, so nobody else finds it."""
        self._names_server = Server(
            [self._debian.path("usr/lib/erlang/bin/epmd"), "-port", port, "-address", "127.0.0.1"],
            os.path.join(directory, "epmd.log"), env=self._debian.environment())
        self._names_server.wait_for_port(port)

    def create(self, topic, load):
        pass  # the tool creates streams

    def delete(self, topic, load):
        if not load.text:
            self._run(topic, load, 1, "--producers", 0, "--consumers", 1, "--delete-streams")

    def produce(self, topic, load, records):
        seconds = self.tools.seconds
        if load in self._rates:
            seconds = records / self._rates[load]
        timing = self._time(topic, load, "confirmed", seconds,
                            "--producers", load.partitions, "--consumers", 0)
        self._rates[load] = timing.records_per_second
        return timing

    def read(self, topic, load, records):
        return self._time(topic, load, "consumed", self.tools.seconds, "--producers", 0,
                          "--consumers", load.partitions, "--offset", "first")

    def latency(self, topic, load, records):
        return self._time(topic, load, "consumed", self.tools.seconds,
                          "--producers", 1, "--consumers", 1, "--rate", load.rate,
                          "--batch-publishing-delay", 1)

    def fanout(self, topic, load, records):
        return self._time(topic, load, "consumed", self.tools.seconds,
                          "--producers", 1, "--consumers", load.groups)

    def _time(self, topic, load, what, seconds, *more):
        if load.text:
            raise Unsupported("the tool sends payloads of its own only")
        output = self._run(topic, load, math.ceil(max(seconds, _LEAST_SECONDS)), *more)
        # A sub-entry is confirmed as one, but consumed message by message.
        counted_as_one = self.sub_entry_size if what == "confirmed" else 1
        return rabbitmq_output.timed(output, what, load.size_bytes, "--rate" in more,
                                     counted_as_one)

    def _run(self, topic, load, seconds, *more):
        return self.run_client([
            self._java, jvm.ENGLISH, "-cp", self._tool_path,
            "com.rabbitmq.stream.perf.StreamPerfTest",
            "--uris", f"rabbitmq-stream://guest:guest@{self.address}/%2f",
            "--streams", topic, "--stream-count", load.partitions,
            "--size", load.size_bytes, "--batch-size", 100, "--confirms", 10_000,
            "--sub-entry-size", self.sub_entry_size, "--initial-credits", 10,
            "--time", seconds, *more])


class RabbitStreamsPacked(RabbitStreams):
    name = contenders.RABBIT_PACKED
    settings = (*RabbitStreams.settings, "--sub-entry-size 100")
    sub_entry_size = 100


def _move_erlang(unpacked):
    """Debian's `erl` looks below /usr only: this copy is to look where it lies."""
    path = unpacked.path("usr/lib/erlang/bin/erl")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    here = unpacked.path("usr/lib/erlang")
    moved = text.replace("ROOTDIR=/usr/lib/erlang\n", f"ROOTDIR={here}\n")
    if moved != text:
        _write(path, moved)


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
