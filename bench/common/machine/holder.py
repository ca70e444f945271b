"""Run as a program with a number of bytes: takes so much memory, says "held", and keeps it.

The system ends it before anybody else if memory runs short. It waits to be killed.
"""

import mmap
import signal
import sys

_PIECE_BYTES = 256 << 20
_ENDS_FIRST = "1000"


def main(wanted_bytes):
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(_ENDS_FIRST)
    # Populated: written to, and so really there.
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE
    pieces = [mmap.mmap(-1, _PIECE_BYTES, flags=flags)
              for _ in range(wanted_bytes // _PIECE_BYTES)]
    print("held", flush=True)
    signal.pause()
    return pieces


if __name__ == "__main__":
    main(int(sys.argv[1]))
