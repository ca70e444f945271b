"""Apache Kafka, a single KRaft node, driven by its own performance classes and by librdkafka."""

import os
import re

from machine import maven, text_lines
from machine.errors import Failed, Unsupported
from machine.processes import free_port, program, run
from measure import contenders
from measure.samples import Timing
from peers import jvm
from peers.driven import Driven
from peers.peer import Peer

_VERSIONS = "[4.0,5.0)"
_CLUSTER_ID = "c3RyYXRhLWNvbXBhcmU0MQ"
# As bin/kafka-run-class.sh and bin/kafka-server-start.sh of the distribution start the JVM.
_JVM = ("-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
        "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
        "-XX:MaxInlineLevel=15", "-Djava.awt.headless=true", jvm.ENGLISH)
_HEAP = ("-Xms1G", "-Xmx1G")
_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.segment.delete.delay.ms=500
{more}"""
# The part of the records after which the JVM of ProducerPerformance has compiled itself.
_CLIENT_WARM_UP = 0.2
_PRODUCER = ("acks=all", "linger.ms=1", "batch.size=1048576", "buffer.memory=67108864")
_FETCH_BYTES = 10_485_760


class _Broker(Peer):
    """The server, which all contenders of Kafka share."""

    durability_properties = ""
    warm_up_seconds = jvm.WARM_UP_SECONDS

    def install(self):
        super().install()
        self._server_path = maven.jars(
            os.path.join(self.tools.cache_dir, "kafka-server"),
            [("org.apache.kafka", "kafka_2.13", _VERSIONS),
             ("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.5")], self.tools.fetching)
        # Its newest release can be older than the server's.
        self._tools_path = maven.jars(
            os.path.join(self.tools.cache_dir, "kafka-tools"),
            [("org.apache.kafka", "kafka-tools", _VERSIONS)], self.tools.fetching)
        self._java = program("java", "deploy/install-dependencies.sh --with-peers")

    def version(self):
        return maven.version(self._server_path, "kafka_2.13")

    def start(self, directory):
        self.port, controller = free_port(), free_port()
        properties = os.path.join(directory, "server.properties")
        with open(properties, "w", encoding="utf-8") as file:
            file.write(_PROPERTIES.format(port=self.port, controller=controller,
                                          data=os.path.join(directory, "data"),
                                          more=self.durability_properties))
        java = [self._java, *_JVM, "-cp", self._server_path]
        run([*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", properties], 120)
        self.start_server([self._java, *_HEAP, *java[1:], "kafka.Kafka", properties],
                          os.path.join(directory, "kafka.log"))
        self.server.wait_for_port(self.port)

    def create(self, topic, load):
        self.tool("TopicCommand", "--bootstrap-server", self.address, "--create", "--topic", topic,
                  "--partitions", load.partitions, "--replication-factor", 1)

    def delete(self, topic, load):
        self.tool("TopicCommand", "--bootstrap-server", self.address, "--delete", "--topic", topic)

    def tool(self, name, *arguments):
        """The output of one of Kafka's own command-line classes."""
        return self.run_client([self._java, *_HEAP, *_JVM, "-cp", self._tools_path,
                                f"org.apache.kafka.tools.{name}", *arguments])


class KafkaJava(_Broker):
    name = contenders.KAFKA
    acknowledged = "in the page cache"
    client = "ProducerPerformance, ConsumerPerformance"
    settings = _PRODUCER + (f"max.partition.fetch.bytes={_FETCH_BYTES}",)

    def produce(self, topic, load, records):
        values = self.tools.text_file if load.text else self._random_lines(load.size_bytes)
        compression = ["compression.type=zstd"] if load.text else []
        output = self.tool("ProducerPerformance", "--topic", topic, "--num-records", records,
                           "--throughput", -1, "--payload-file", values,
                           "--warmup-records", round(records * _CLIENT_WARM_UP),
                           "--command-property", f"bootstrap.servers={self.address}",
                           *_PRODUCER, *compression)
        return produced(output)

    def read(self, topic, load, records):
        # Its --fetch-size replaces max.partition.fetch.bytes, wherever else that is set.
        output = self.tool("ConsumerPerformance", "--bootstrap-server", self.address,
                           "--topic", topic, "--num-records", records,
                           "--fetch-size", _FETCH_BYTES,
                           "--command-property", "enable.auto.commit=false", "--timeout", 60_000)
        return consumed(output)

    def _random_lines(self, size_bytes):
        """A file of values: making them up record by record would cost the client more time."""
        path = os.path.join(self.tools.cache_dir, f"kafka-values-{size_bytes}")
        return text_lines.random_lines(path, size_bytes)

    def latency(self, topic, load, records):
        raise Unsupported("Kafka's EndToEndLatency sends one record at a time, not at a rate; "
                          "see the row of librdkafka")

    def fanout(self, topic, load, records):
        raise Unsupported("Kafka's tools have no such load; see the row of librdkafka")


class KafkaJavaSync(KafkaJava):
    name = contenders.KAFKA_SYNC
    acknowledged = "on disk (fsync of each batch)"
    settings = KafkaJava.settings + ("log.flush.interval.messages=1",)
    durability_properties = "log.flush.interval.messages=1\n"


class KafkaRd(_Broker, Driven):
    name = contenders.KAFKA_RD
    acknowledged = "in the page cache"
    client = "librdkafka"
    driver = "kafka"
    library = "librdkafka-dev"


class KafkaRdSync(KafkaRd):
    name = contenders.KAFKA_RD_SYNC
    acknowledged = "on disk (fsync of each batch)"
    settings = ("log.flush.interval.messages=1",)
    durability_properties = "log.flush.interval.messages=1\n"


_PRODUCED = re.compile(
    r"^(?P<records>\d+)(?P<steady> steady state)? records sent, (?P<rate>[\d.]+) records/sec "
    r"\((?P<megabytes>[\d.]+) MB/sec\).*?(?P<max>[\d.]+) ms max latency, (?P<p50>\d+) ms 50th, "
    r"\d+ ms 95th, (?P<p99>\d+) ms 99th, (?P<p999>\d+) ms 99.9th", re.MULTILINE)


def produced(output):
    """What ProducerPerformance sums up: all records, at the rate of those after its warm-up.

    Its latencies are those to the acknowledgement.
    """
    sums = {bool(match["steady"]): match for match in _PRODUCED.finditer(output)}
    if False not in sums:
        raise Failed(f"ProducerPerformance printed no sum: {output[-300:]!r}")
    steady = sums.get(True, sums[False])
    records, rate = int(sums[False]["records"]), float(steady["rate"])
    if not records or not rate:
        raise Failed(f"ProducerPerformance has sent nothing: {output[-300:]!r}")
    seconds = records / rate
    return Timing(records=records, bytes=round(float(steady["megabytes"]) * 2 ** 20 * seconds),
                  seconds=seconds,
                  latency_ms={"p50": float(steady["p50"]), "p99": float(steady["p99"]),
                              "p99.9": float(steady["p999"]), "max": float(steady["max"])})


def consumed(output):
    """The table of ConsumerPerformance: its fetch time leaves out joining the group."""
    lines = [[cell.strip() for cell in line.split(",")] for line in output.splitlines()]
    for header, values in zip(lines, lines[1:]):
        if "fetch.time.ms" in header and len(header) == len(values):
            row = dict(zip(header, values))
            megabytes = float(row["data.consumed.in.MB"])
            records = int(row["data.consumed.in.nMsg"])
            return Timing(records=records, bytes=round(megabytes * 2 ** 20),
                          seconds=max(int(row["fetch.time.ms"]), 1) / 1000)
    raise Failed(f"ConsumerPerformance printed no table: {output[-300:]!r}")
