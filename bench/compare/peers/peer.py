"""What a contender has to be able to do.

A contender is a server with one setting of durability, driven by one client. The methods are
called in this order, from one thread: install once; then in each round start, any number of
loads, each on a topic of its own or on one written before, and stop. A load raises Unsupported if
the contender cannot do it, and Failed if it did not work.

What runs is run by start_server and run_client: the page of results shows their commands.
"""

import dataclasses

from machine.errors import Unsupported
from machine.fetching import Fetching
from machine.processes import Server, run
from measure import contenders
from peers import command_text


@dataclasses.dataclass(frozen=True)
class Tools:
    """What contenders share."""
    cache_dir: str      # downloads: kept between runs
    bin_dir: str        # where the build has left stratad, strata and the drivers
    text_file: str      # lines of real text; empty if no load is of text
    seconds: float      # how long a load lasts, for tools that are told a time
    command_timeout_s: float
    programs: dict      # name -> path: servers to take instead of the ones that would be fetched
    fetching: Fetching  # to be told before anything is downloaded
    places: dict        # directory -> what to call it where a command is shown


class Peer:
    role = contenders.PEER
    name = ""           # as measure/contenders.py has it
    acknowledged = ""   # what has happened to a record when the client hears of it
    client = ""         # what drives it
    settings = ()       # what differs from the defaults, as text; known once it is installed
    # How long the server has to do one kind of load until it is as fast as it gets.
    warm_up_seconds = 0
    keeps_in_memory = False  # all that it has stored

    def __init__(self, tools):
        self.tools = tools
        self.port = 0
        self.server = None  # a processes.Server while it runs; limits may have none
        self.server_command = ""  # what it was started with
        self.client_command = ""  # the last one

    def install(self):
        """Fetches what is needed. Unavailable."""

    def version(self):
        return ""

    def start(self, directory):
        """Starts the server on a free port, with its data below an empty directory."""
        raise NotImplementedError

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None

    def create(self, topic, load):
        """Makes a topic with the partitions of a load."""
        raise NotImplementedError

    def delete(self, topic, load):
        """Gives the room of a topic back, if it can: nobody reads it any more."""

    def produce(self, topic, load, records):
        """Sends so many records, and waits for all acknowledgements. Gives a Timing."""
        raise Unsupported("there is no such load for it")

    def read(self, topic, load, records):
        """Reads all records of all partitions from their beginnings. Gives a Timing."""
        raise Unsupported("there is no such load for it")

    def latency(self, topic, load, records):
        """Sends at the rate of the load, and reads at the same time. Gives a Timing."""
        raise Unsupported("there is no such load for it")

    def fanout(self, topic, load, records):
        """Sends as fast as it goes, while all groups read everything. Gives a Timing."""
        raise Unsupported("there is no such load for it")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start_server(self, command, log_path, env=None, cwd=None):
        self.server_command = command_text.shown(command, self.tools.places, env)
        self.server = Server(command, log_path, env, cwd)

    def run_client(self, command):
        """Its standard output. Failed."""
        self.client_command = command_text.shown(command, self.tools.places)
        return run(command, self.tools.command_timeout_s)
