"""The files of a commit, as a worktree of git."""

import contextlib
import os
import shutil

from machine.errors import Failed
from machine.processes import run

_GIT_SECONDS = 300


def resolved(repository, name):
    """The hash of a commit. Failed: there is none of this name."""
    found = _git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}",
                 check=False).strip()
    if not found:
        raise Failed(f"there is no commit '{name}' in {repository}")
    return found


@contextlib.contextmanager
def tree_of(repository, commit, directory, keep):
    """Has the files in `directory` until the end of the block; with `keep` they stay there.

    One that is there already was kept, and is taken as it is.
    """
    complete = False
    try:
        if not os.path.exists(directory):
            _git(repository, "worktree", "add", "--detach", directory, commit)
        complete = True
        yield directory
    finally:
        if not (keep and complete):
            _remove(repository, directory)


def _remove(repository, directory):
    _git(repository, "worktree", "remove", "--force", directory, check=False)
    shutil.rmtree(directory, ignore_errors=True)
    _git(repository, "worktree", "prune", check=False)


def _git(repository, *arguments, check=True):
    return run(["git", "-C", repository, *arguments], _GIT_SECONDS, check=check)
