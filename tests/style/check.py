#!/usr/bin/env python3
"""Checks the tree against the rules of the house, and prints each breach as PATH:LINE: what.

    tests/style/check.py [ROOT]

Exit status: 0 no breach, 1 breaches, 2 wrong usage. The rules stand in rules/.
"""

import os
import sys

from rules import dependencies, files, text
from rules.tree import Tree

RULES = (*dependencies.RULES, *files.RULES, *text.RULES)


def check(root):
    """All breaches below `root`, as sorted (path, line, message) tuples."""
    tree = Tree(root)
    return sorted(breach for rule in RULES for breach in rule(tree))


def main(arguments):
    if len(arguments) > 1 or (arguments and not os.path.isdir(arguments[0])):
        print(__doc__, file=sys.stderr)
        return 2
    here = os.path.dirname(os.path.abspath(__file__))
    root = arguments[0] if arguments else os.path.join(here, "..", "..")
    breaches = check(root)
    for path, line, message in breaches:
        print(f"{path}:{line}: {message}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
