"""Signals that end a command: once, in order, and not while it starts a process."""

import contextlib
import signal
import sys

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_in_order(say):
    """From now on the first signal raises SystemExit, and further ones do nothing.

    So what was started is put away in peace. What nohup has ignored stays ignored. `say` takes a
    line that tells which signal it was.
    """
    def end(number, _frame):
        for each in ENDINGS:
            signal.signal(each, signal.SIG_IGN)
        say(f"ended by {signal.Signals(number).name}")
        sys.exit(128 + number)

    for each in ENDINGS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, end)


@contextlib.contextmanager
def deferred():
    """A signal that comes inside is heeded behind. Only in the main thread.

    So none comes between the start of a process and the moment when somebody knows of it. The
    process does not inherit that.
    """
    came = []
    before = {each: signal.getsignal(each) for each in ENDINGS}
    heeded = [each for each in ENDINGS if before[each] is not signal.SIG_IGN]
    for each in heeded:
        signal.signal(each, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for each in heeded:
            signal.signal(each, before[each])
        for number in came[:1]:
            signal.raise_signal(number)
