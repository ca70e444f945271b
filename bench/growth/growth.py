#!/usr/bin/env python3
"""Measures cost against size, each curve on a broker of its own, and writes the tables.

    cmake --build --preset release && bench/growth/growth.py --output growth.md

Data are written below a temporary directory ($TMPDIR) that is removed in the end, as the broker is
stopped, whatever ends the command. Exit status: 0 all was measured, 1 something could not be, 2
wrong usage, 128 and the number of a signal that has ended it.
"""

import contextlib
import functools
import os
import resource
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "common")]

# pylint: disable=wrong-import-position  # these folders come first
import options as command_line  # noqa: E402
from figures import quantity  # noqa: E402
from machine import facts, interrupts, workplace  # noqa: E402
from machine.errors import Failed  # noqa: E402
from machine.settled import Settled  # noqa: E402
from outcome import page  # noqa: E402
from outcome.points import Points  # noqa: E402
from running import rounds, space  # noqa: E402
from running.broker import Programs  # noqa: E402
from running.lab import Lab  # noqa: E402


def say(line):
    print(line, file=sys.stderr, flush=True)


def allow_many_files():
    """A thousand connections are more files than a process usually may open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def planned(options, free):
    """(Curve, Points, sentences) for each curve: what fits on the disk, and what is left out."""
    plan = []
    for curve, sizes in options.curves:
        fit, left_out = space.fitting(curve, sizes, options.scale, free)
        for sentence in left_out:
            say(f"{curve.key}: {sentence}")
        plan.append((curve, Points(fit), left_out))
    return plan


def measure(options, programs, command, work_dir):
    """Whether all that fits was measured."""
    free = space.free_bytes(work_dir)
    plan = planned(options, free)
    about = facts.of_run(command_line.SOURCE_DIR, work_dir, command) + [
        ("free on the disk before", quantity.megabytes(free)),
        ("rounds", f"{options.rounds}, interleaved")]

    def write():
        if options.output:
            with open(options.output, "w", encoding="utf-8") as file:
                file.write(page.markdown(about, plan))

    write()  # a file that cannot be written is told now, and not after the first round
    with contextlib.ExitStack() as stack:
        lab = functools.partial(Lab, programs, os.path.join(work_dir, "lab"), options.scale)
        if not options.quick:  # no figure of which is worth the time
            settled = stack.enter_context(contextlib.closing(Settled(work_dir, say=say)))
            lab = functools.partial(lab, settle=settled)
        rounds.run([(curve, points) for curve, points, _ in plan], options.rounds, lab, say, write)
    if not options.output:
        print(page.markdown(about, plan), end="")
    return not any(points.missing() for _, points, _ in plan)


def main(arguments):
    options = command_line.parse(arguments)
    interrupts.end_in_order(lambda line: say(f"growth.py: {line}"))
    allow_many_files()
    command = shlex.join(["bench/growth/growth.py", *arguments])
    try:
        programs = Programs.built_in(options.build)
        with workplace.made("strata-growth-", say) as work_dir:
            return 0 if measure(options, programs, command, work_dir) else 1
    except (Failed, OSError) as error:
        say(f"growth.py: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
