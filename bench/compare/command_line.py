"""What compare.py is told."""

import argparse
import os

import peers
from measure import loads

_WHAT = "Runs the same loads against Strata, its peers and the limits, and writes the tables."


def parse(arguments, source_dir):
    """The options, checked: `loads`, `peers` and `programs` (name -> path) are what they stand for.

    Ends the program with 2 if they make no sense.
    """
    parser = argparse.ArgumentParser(prog="compare.py", description=_WHAT)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--seconds", type=float, default=5, metavar="S",
                        help="how long a load keeps a contender busy, about (default: 5)")
    parser.add_argument("--most-bytes", type=int, default=2_000_000_000, metavar="N",
                        help="values of a load at most: they have to stay in the page cache, and "
                        "for Redis in memory (default: 2000000000)")
    parser.add_argument("--only", action="append", metavar="WORD", default=[],
                        help="contenders whose name contains this; may be given again")
    parser.add_argument("--load", action="append", metavar="KEY", default=[],
                        help="a load; may be given again; --list shows them")
    parser.add_argument("--list", action="store_true", help="print contenders and loads, and end")
    parser.add_argument("--program", action="append", metavar="NAME=PATH", default=[],
                        help="take this server: nats-server=PATH or redis-server=PATH")
    parser.add_argument("--build", default=os.path.join(source_dir, "build", "release"),
                        metavar="DIR", help="where stratad and strata were built")
    parser.add_argument("--cache", metavar="DIR",
                        default=os.path.expanduser("~/.cache/strata-compare"))
    parser.add_argument("--offline", action="store_true",
                        help="fetch nothing: who is not in the cache is reported as missing")
    parser.add_argument("--anyway", action="store_true",
                        help="measure in a tmpfs, too, where flushing does nothing")
    parser.add_argument("--text", metavar="FILE", help="lines to send where a load is of text; "
                        "default: all lines of this source tree")
    parser.add_argument("--output", default="compare-results", metavar="DIR")
    options = parser.parse_args(arguments)
    _check(parser, options)
    return options


def _check(parser, options):
    try:
        options.loads = loads.chosen(options.load)
        options.programs = _programs(options.program)
    except ValueError as error:
        parser.error(str(error))
    if options.rounds < 1 or options.seconds <= 0 or options.most_bytes < 1:
        parser.error("--rounds, --seconds and --most-bytes must be more than 0")
    if options.text and not os.path.isfile(options.text):
        parser.error(f"--text: there is no file '{options.text}'")
    options.peers = [peer for peer in peers.ALL
                     if not options.only or any(word in peer.name for word in options.only)]
    if not options.peers:
        parser.error("no contender has such a name; --list shows them")


def _programs(arguments):
    """name -> path. ValueError."""
    found = {}
    for argument in arguments:
        name, _, path = argument.partition("=")
        if name not in peers.PROGRAMS:
            raise ValueError(f"--program: there is no '{name}'; give {' or '.join(peers.PROGRAMS)}")
        if not os.access(path, os.X_OK):
            raise ValueError(f"--program: '{path}' is no program")
        found[name] = os.path.abspath(path)
    return found
