"""Whether the machine lets a program run when it should.

Somebody who sleeps for a millisecond is woken up late when the machine stands still: because its
host has something else to do for it, or its own system.
"""

import time

_NAP_S = 0.001
_LATE_S = 0.002       # a nap that lasts so much longer was a stall
_FEW_STALLS = 1       # in a second, and it is called quiet
_QUIET_SECONDS = 4    # one after the other: what was freed is told to the host 2 s later
_MOST_SECONDS = 60


def wait(now=time.monotonic, sleep=time.sleep):
    """Returns when it has been quiet for a while, or after a minute: whether it is."""
    quiet_for = 0
    for _ in range(_MOST_SECONDS):
        quiet_for = quiet_for + 1 if _stalls_in_a_second(now, sleep) <= _FEW_STALLS else 0
        if quiet_for == _QUIET_SECONDS:
            return True
    return False


def _stalls_in_a_second(now, sleep):
    stalls = 0
    after = now()
    end = after + 1
    while after < end:
        before = after
        sleep(_NAP_S)
        after = now()
        stalls += after - before > _NAP_S + _LATE_S
    return stalls
