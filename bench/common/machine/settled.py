"""The machine as each measurement finds it: nothing to write out, and memory that is in use.

A virtual machine may report free memory to its host, which takes it away and finds it again at the
first write: that costs twenty times the write itself, in processor time of whoever writes to the
page cache (Linux, mm/page_reporting.c). A server that has run for a day has no free memory: files
fill it, and new pages take the place of old ones. So is it here, with a file that takes no room on
the disk.

What needs next to no new memory is disturbed by that. A system that looks for pages which nobody
has used for a while (Linux, DAMON) finds the file's, and freed memory and deleted files are told to
the host for seconds, in stalls of some 20 ms. Before such measurements the file's pages are
dropped, and the machine has to be quiet: see machine/quiet.py.
"""

import os

from machine import place, quiet

_CHUNK_BYTES = 64 << 20
_BUFFER_BYTES = 8 << 20
# Far more than is ever read: what has been read is not read again, which would make it look wanted.
_FILE_BYTES = 1 << 40
# So many chunks were read, and there is no less free memory: it is as full as it gets.
_IN_VAIN = 8


class Settled:
    """Call it before each measurement. `directory` is on a disk, and outlives it.

    `fill` says whether what is measured takes much new memory. `say` takes a line of complaint.
    """

    def __init__(self, directory, free_bytes=None, sync=os.sync, chunk_bytes=_CHUNK_BYTES,
                 wait_for_quiet=quiet.wait, say=print):
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

    def __call__(self, fill=True):
        self._sync()
        if fill:
            self._fill()
        else:
            os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            if not self._wait_for_quiet():
                self._say("the machine does not come to rest: what follows has its stalls in it")

    def close(self):
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
