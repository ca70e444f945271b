"""The command line."""

import argparse
import dataclasses
import os

import curves
from running import scale

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE_DIR = os.path.dirname(os.path.dirname(HERE))


def parse(arguments):
    """The options, with `curves`: (Curve, sizes) pairs, and `scale`. Ends the process if wrong."""
    parser = argparse.ArgumentParser(
        prog="growth.py",
        description="Measures what a broker of its own costs while its partitions, groups, log, "
        "connections and records grow.")
    parser.add_argument("--only", action="append", metavar="CURVE,...", default=[],
                        help="these curves alone: " + ", ".join(each.key for each in curves.ALL))
    parser.add_argument("--sizes", action="append", metavar="CURVE=N,...", default=[],
                        help="other sizes of a curve, such as log-size=1,10,50 (GB); "
                        "may be given again for another curve")
    parser.add_argument("--rounds", type=int, metavar="N",
                        help="how often each size is taken (default: 3; with --quick 1)")
    parser.add_argument("--quick", action="store_true",
                        help="tiny sizes: whether it works, and no figure worth reading")
    parser.add_argument("--random-log", action="store_true",
                        help="a log of random bytes: each GB takes one on the disk")
    parser.add_argument("--build", default=os.path.join(SOURCE_DIR, "build", "release"),
                        metavar="DIR", help="where stratad and strata were built")
    parser.add_argument("--output", metavar="FILE",
                        help="write the tables to this file, which grows with each round "
                        "(default: to standard output, in the end)")
    options = parser.parse_args(arguments)
    if options.rounds is None:
        options.rounds = 1 if options.quick else 3
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    try:
        options.curves = _chosen(_words(options.only), _sizes(options.sizes), options.quick)
    except ValueError as error:
        parser.error(str(error))
    options.scale = dataclasses.replace(scale.QUICK if options.quick else scale.FULL,
                                        random_log=options.random_log)
    return options


def _words(given):
    return [word for words in given for word in words.split(",")]


def _curve(key):
    for curve in curves.ALL:
        if curve.key == key:
            return curve
    raise ValueError(f"there is no curve '{key}'; there are "
                     + ", ".join(each.key for each in curves.ALL))


def _sizes(given):
    """Key of a curve -> sizes, ascending."""
    found = {}
    for text in given:
        key, _, numbers = text.partition("=")
        found[key] = _numbers(_curve(key), numbers)
    return found


def _numbers(curve, text):
    try:
        numbers = sorted({curve.size_type(word) for word in text.split(",")})
    except ValueError as error:
        raise ValueError(f"--sizes {curve.key}: '{text}' is no list of numbers, such as "
                         + ",".join(f"{size:g}" for size in curve.quick_sizes)) from error
    if not 0 < numbers[0] <= numbers[-1] < float("inf"):
        raise ValueError(f"--sizes {curve.key}: sizes are more than 0")
    return numbers


def _chosen(keys, sizes, quick):
    wanted = [_curve(key) for key in keys] or list(curves.ALL)
    for key in sizes:
        if _curve(key) not in wanted:
            raise ValueError(f"--sizes {key} makes no sense if --only leaves that curve out")
    return [(curve, sizes.get(curve.key) or (curve.quick_sizes if quick else curve.sizes))
            for curve in curves.ALL if curve in wanted]
