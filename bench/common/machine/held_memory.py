"""Memory that nobody else gets for as long as something is measured."""

import os
import sys

from machine import place
from machine.errors import Failed
from machine.processes import start_unread

_HOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "holder.py")


class HeldMemory:
    """Leaves `room_bytes` of what is available. Holds nothing if there is less, or if there is
    swap, which memory that nobody uses would go to.
    """

    def __init__(self, room_bytes, memory=place.memory):
        """`memory` tells bytes by a name of /proc/meminfo. Failed."""
        self._holder = None
        excess = memory("MemAvailable") - room_bytes
        if excess <= 0 or memory("SwapTotal"):
            return
        self._holder = start_unread([sys.executable, _HOLDER, excess])
        if self._holder.stdout.readline() != b"held\n":
            self.close()
            raise Failed(f"{excess / 1e9:.1f} GB of memory cannot be held")

    def is_lost(self):
        """Whether the system has taken it, because it ran short."""
        return self._holder is not None and self._holder.poll() is not None

    def close(self):
        if self._holder:
            self._holder.kill()
            self._holder.communicate()
