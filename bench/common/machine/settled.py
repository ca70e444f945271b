"""The machine as each measurement finds it: nothing to write out, and memory that is in use.

A virtual machine may report free memory to its host, which takes it away and finds it again at the
first write: that costs twenty times the write itself, in processor time of whoever writes (Linux,
mm/page_reporting.c). At a fixed rate it is a stall of some 25 ms for each few MB that nobody has
had before. A server that has run for a day has no free memory: files fill it, and new pages take
the place of old ones. So is it here, with a file that takes no room on the disk.

A system that looks for pages which nobody has used for half a minute (Linux, DAMON) finds those of
the file. So most of the memory is held by a process, and the file has to fill the rest only: that
takes a second or two before each measurement. At a fixed rate the looking itself would be seen in
stalls: before such a measurement all of the file is read anew, and the machine has to be quiet (see
machine/quiet.py).
"""

import os

from machine import place, quiet
from machine.held_memory import HeldMemory

# For what is measured: its processes, what they write, and a system that need not write dirty pages
# out earlier than with all of its memory.
_ROOM_BYTES = 12 << 30
_CHUNK_BYTES = 64 << 20
_BUFFER_BYTES = 8 << 20
# Far more than is ever read: what has been read is not read again, which would make it look wanted.
_FILE_BYTES = 1 << 40
# So many chunks were read, and there is no less free memory: it is as full as it gets.
_IN_VAIN = 32


class Settled:
    """Call it before each measurement. `directory` is on a disk, and outlives it.

    `paced` says whether what is measured has a fixed rate. `say` takes a line of complaint.
    """

    def __init__(self, directory, free_bytes=None, sync=os.sync, chunk_bytes=_CHUNK_BYTES,
                 wait_for_quiet=quiet.wait, say=print, hold=lambda: HeldMemory(_ROOM_BYTES)):
        """Failed."""
        self._free_bytes = free_bytes or (lambda: place.memory("MemFree"))
        self._sync = sync
        self._chunk_bytes = chunk_bytes
        self._wait_for_quiet = wait_for_quiet
        self._say = say
        self.read_bytes = 0
        path = os.path.join(directory, "ballast")
        with open(path, "wb") as file:
            file.truncate(_FILE_BYTES)
        self._file = open(path, "rb", buffering=0)  # pylint: disable=consider-using-with
        self._buffer = bytearray(_BUFFER_BYTES)
        self._held = hold()

    def __call__(self, paced=False):
        self._sync()
        if self._held.is_lost():
            self._say("memory ran short: what follows is measured with more of it than before")
        if paced:
            os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self._fill()
        if paced and not self._wait_for_quiet():
            self._say("the machine does not come to rest: what follows has its stalls in it")

    def close(self):
        self._held.close()
        self._file.close()

    def _fill(self):
        least = self._free_bytes()
        in_vain = 0
        while in_vain < _IN_VAIN:
            self._read_chunk()
            free = self._free_bytes()
            in_vain = 0 if free < least - self._chunk_bytes // 2 else in_vain + 1
            least = min(least, free)

    def _read_chunk(self):
        for _ in range(self._chunk_bytes // _BUFFER_BYTES):
            self.read_bytes += os.preadv(self._file.fileno(), [self._buffer],
                                         self.read_bytes % _FILE_BYTES)
