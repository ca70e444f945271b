#!/usr/bin/env python3
"""Says which micro-benchmarks a change has made faster or slower.

    bench/micro/compare.py BASE [CHANGE] [--bench NAME]... [--filter REGEX] [--rounds N]

Builds both commits (release preset, the benchmarks alone) in worktrees of their own, runs them in
turns, and prints a table. Nothing is left behind, unless --build-dir is given. Benchmarks write
below $TMPDIR: point it to the disk that you mean.
Exit status: 0 measured, 1 not measured, 2 wrong usage, 128 and the number of a signal that has
ended it.
"""

import argparse
import contextlib
import os
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "common")]

# pylint: disable=wrong-import-position  # these folders come first
from commits import page, trees  # noqa: E402
from commits.sides import Side, common  # noqa: E402
from commits.turns import Turns  # noqa: E402
from machine import facts, interrupts, workplace  # noqa: E402
from machine.errors import Failed  # noqa: E402

SOURCE_DIR = os.path.dirname(os.path.dirname(HERE))
WORKTREE = "worktree"


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base", metavar="BASE", help="a commit, by any name that git knows")
    parser.add_argument("change", metavar="CHANGE", nargs="?", default=WORKTREE,
                        help="another one, or 'worktree': the files as they are now (default)")
    parser.add_argument("--bench", action="append", metavar="NAME", default=[],
                        help="run strata_NAME_bench only; may be given again")
    parser.add_argument("--filter", metavar="REGEX", help="benchmarks whose name matches")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="at least 2 (default: 5)")
    parser.add_argument("--build-dir", metavar="DIR",
                        help="build here, and keep it: the next comparison is ready sooner")
    options = parser.parse_args(arguments)
    if options.rounds < 2:
        parser.error("--rounds must be 2 or more: one round has no spread")
    return options


def say(line):
    print(line, file=sys.stderr, flush=True)


def side_of(name, source_dir, build_dir, keep, stack):
    """What `stack` has to take back is taken back by it."""
    head = trees.resolved(source_dir, "HEAD" if name == WORKTREE else name)[:12]
    if name == WORKTREE:
        return Side(f"the files on {head}", source_dir, os.path.join(build_dir, WORKTREE))
    tree = stack.enter_context(
        trees.tree_of(source_dir, head, os.path.join(build_dir, head), keep))
    return Side(f"{name} ({head})", tree, os.path.join(tree, "build", "release"))


def compare(options, source_dir, work_dir, command):
    """The page."""
    build_dir = os.path.abspath(options.build_dir or os.path.join(work_dir, "trees"))
    os.makedirs(build_dir, exist_ok=True)
    with contextlib.ExitStack() as stack:
        sides = [side_of(name, source_dir, build_dir, bool(options.build_dir), stack)
                 for name in (options.base, options.change)]
        benches = common(sides, options.bench)
        for side in sides:
            say(f"building {side.title}")
            side.build(benches)
        about = [("base", sides[0].title), ("change", sides[1].title),
                 *(fact for fact in facts.of_run(source_dir, work_dir, command)
                   if fact[0] != "commit"),
                 ("rounds", f"{options.rounds}, interleaved; times are medians")]
        Turns(sides, benches, options.filter, work_dir, say).run(options.rounds)
        return page.text(sides[0].times, sides[1].times, about)


def main(arguments, source_dir=SOURCE_DIR):
    options = parse(arguments)
    interrupts.end_in_order(lambda line: say(f"compare.py: {line}"))
    command = shlex.join(["bench/micro/compare.py", *arguments])
    try:
        with workplace.made("strata-micro-", say) as work_dir:
            text = compare(options, source_dir, work_dir, command)
    except Failed as error:
        say(f"compare.py: {error}")
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
