"""A directory for the data of one run, which is removed whatever becomes of the run."""

import contextlib
import fcntl
import glob
import os
import shutil
import tempfile


@contextlib.contextmanager
def made(prefix, say):
    """A new directory below $TMPDIR, whose name begins with `prefix`; it is removed in the end.

    A process that is killed cannot do that: what such runs have left is removed first, each with a
    line to `say`. A run that lives is known by its lock on the directory.
    """
    parent = tempfile.gettempdir()
    for directory in glob.glob(os.path.join(glob.escape(parent), f"{prefix}*")):
        _remove_if_left(directory, say)
    # Nobody may find it before it is locked.
    hidden = tempfile.mkdtemp(prefix=f".{prefix}", dir=parent)
    lock = _locked(hidden)
    directory = os.path.join(parent, os.path.basename(hidden)[1:])
    os.rename(hidden, directory)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(lock)


def _remove_if_left(directory, say):
    try:
        lock = _locked(directory)
    except OSError:
        return  # somebody works there, or it is not ours
    say(f"removing {directory}, which a run that was killed has left")
    shutil.rmtree(directory, ignore_errors=True)
    os.close(lock)


def _locked(directory):
    """A descriptor that holds the lock. OSError if somebody else holds it."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
