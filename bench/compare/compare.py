#!/usr/bin/env python3
"""Runs the same loads against Strata, its peers and the limits, and writes the tables.

    cmake --build --preset release && bench/compare/compare.py

Writes RESULTS.md, results.svg and results.json into --output. Nothing is installed: what has to be
fetched is kept below --cache, all else below a temporary directory that is removed in the end.
Exit status: 0 measured, 1 nothing could be measured, 2 wrong usage, 128 and the number of a signal
that has ended it.
"""

import contextlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "common")]

# pylint: disable=wrong-import-position  # these folders come first
import command_line  # noqa: E402
import peers  # noqa: E402
from machine import facts, interrupts, place, text_lines, workplace  # noqa: E402
from machine.fetching import Fetching  # noqa: E402
from machine.settled import Settled  # noqa: E402
from measure import loads  # noqa: E402
from measure.rounds import Rounds  # noqa: E402
from measure.samples import Results  # noqa: E402
from peers import command_text  # noqa: E402
from peers.peer import Tools  # noqa: E402
from report import page  # noqa: E402

SOURCE_DIR = os.path.dirname(os.path.dirname(HERE))
# What a load may take, in --most-bytes: a trial, which some take away only a moment later, the load
# itself, and what records are framed in.
ROOM_FOR_LOAD = 4
# The trial is away by then; in memory for who keeps all there.
MEMORY_FOR_LOAD = 2


def say(line):
    print(line, file=sys.stderr, flush=True)


def unfit(options, work_dir):
    """Why nothing is to be measured here; nothing if all is well."""
    if place.is_in_memory(work_dir) and not options.anyway:
        return (f"{work_dir} is in memory, where flushing does nothing: set TMPDIR to a directory "
                "on a disk, or give --anyway")
    return place.lack(work_dir, ROOM_FOR_LOAD * options.most_bytes)


def about_run(options, work_dir, arguments):
    """(name, text) pairs."""
    warnings = [("warning", "measured in a tmpfs: 'on disk' means nothing here")]
    command = command_text.shown(["bench/compare/compare.py", *arguments],
                                 {options.cache: "$CACHE"})
    return [*facts.of_run(SOURCE_DIR, work_dir, command),
            ("rounds", f"{options.rounds}, interleaved; about {options.seconds:g} s each load"),
            *(warnings if place.is_in_memory(work_dir) else [])]


def tools_for(options, work_dir):
    text_file = options.text or ""
    if not text_file and any(load.text for load in options.loads):
        text_file = text_lines.collect(SOURCE_DIR, os.path.join(work_dir, "text"))
    cache_dir, bin_dir = os.path.abspath(options.cache), os.path.abspath(options.build)
    os.makedirs(cache_dir, exist_ok=True)
    return Tools(cache_dir=cache_dir, bin_dir=bin_dir,
                 text_file=os.path.abspath(text_file) if text_file else "",
                 programs=options.programs, seconds=options.seconds,
                 command_timeout_s=120 + 20 * options.seconds,
                 fetching=Fetching(say, options.offline),
                 places={work_dir: "$TMPDIR", cache_dir: "$CACHE", bin_dir: "$BUILD"})


def measure(options, work_dir, about, results):
    """Writes what there is after each turn, too."""
    tools = tools_for(options, work_dir)

    def lack(peer):
        memory = MEMORY_FOR_LOAD * options.most_bytes if peer.keeps_in_memory else 0
        return place.lack(work_dir, ROOM_FOR_LOAD * options.most_bytes, memory)

    with contextlib.closing(Settled(work_dir, say=say)) as settle:
        rounds = Rounds(options.loads, options.seconds, options.most_bytes, work_dir, say, settle,
                        lack)
        able = rounds.install([peer(tools) for peer in options.peers], results)
        rounds.run(able, options.rounds, results, lambda: write(options, results, about))


def write(options, results, about):
    os.makedirs(options.output, exist_ok=True)

    def save(name, text):
        with open(os.path.join(options.output, name), "w", encoding="utf-8") as file:
            file.write(text)

    save("results.json", json.dumps({"run": dict(about), **results.to_json()}, indent=1) + "\n")
    save("results.svg", page.svg(results, options.loads))
    save("RESULTS.md", page.markdown(results, options.loads, about, "results.svg"))


def main(arguments):
    options = command_line.parse(arguments, SOURCE_DIR)
    if options.list:
        print("\n".join(["contenders:", *(f"  {peer.name}" for peer in peers.ALL),
                         "loads:", *(f"  {load.key}  {load.title}" for load in loads.LOADS)]))
        return 0
    interrupts.end_in_order(lambda line: say(f"compare.py: {line}"))  # servers are stopped
    results = Results()
    with workplace.made("strata-compare-", say) as work_dir:
        why_not = unfit(options, work_dir)
        if why_not:
            say(f"compare.py: {why_not}")
            return 1
        about = about_run(options, work_dir, arguments)
        for warning in [text for name, text in about if name == "warning"]:
            say(f"compare.py: {warning}")
        try:
            measure(options, work_dir, about, results)
        finally:
            write(options, results, about)
            print(os.path.join(options.output, "RESULTS.md"))
    return 0 if results.samples else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
