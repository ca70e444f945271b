"""Parts of the way: the transport without a broker, and the disk without a transport."""

import os

from machine.errors import Unavailable, Unsupported
from machine.processes import free_port
from measure import contenders
from peers import timing
from peers.peer import Peer


class _Limit(Peer):
    role = contenders.LIMIT
    program = ""

    def install(self):
        if not os.path.exists(self._program()):
            raise Unavailable(f"{self.program} is not built")

    def create(self, topic, load):
        pass  # there is nothing that could be kept apart

    def call(self, verb, load, records, *more):
        if load.text:
            raise Unsupported("it would carry the same bytes as for any other payload")
        return timing.from_json(self.run_client([self._program(), verb, "--records", records,
                                                 "--size", load.size_bytes, *more]))

    def _program(self):
        return os.path.join(self.tools.bin_dir, "bench", "compare", self.program)


class _Transport(_Limit):
    acknowledged = "received; nothing is kept"
    settings = ("messages of 256 KiB there, of 1 MiB back, as Strata's client has them",)

    def start(self, directory):
        self.port = free_port()
        self.start_server([self._program(), "serve", "--address", self.address],
                          os.path.join(directory, "limit.log"))
        self.server.wait_for_port(self.port)

    def produce(self, topic, load, records):
        return self.call("send", load, records, "--address", self.address)

    def read(self, topic, load, records):
        return self.call("receive", load, records, "--address", self.address)


class GrpcStream(_Transport):
    name = contenders.GRPC_LIMIT
    client = "gRPC C++, raw ByteBuffer"
    program = "strata_limit_grpc"


class TcpStream(_Transport):
    name = contenders.TCP_LIMIT
    client = "read and write"
    program = "strata_limit_tcp"


class Disk(_Limit):
    name = contenders.DISK_LIMIT
    acknowledged = "on disk"
    client = "pwrite of 256 KiB, fdatasync after each, into preallocated space"
    program = "strata_limit_disk"

    def start(self, directory):
        self._file = os.path.join(directory, "limit.data")

    def produce(self, topic, load, records):
        return self.call("append", load, records, "--file", self._file)

    def latency(self, topic, load, records):
        """One fdatasync after another, of what comes together at this rate meanwhile."""
        return self.call("append", load, records, "--file", self._file, "--write-bytes", 4096)
