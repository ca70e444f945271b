"""Where a round happens: one broker at a time, on a directory that nothing of it outlives."""

import os
import shutil

from running.broker import Broker


class Lab:
    """Use it as a context manager. `settle(paced)` brings the machine to rest.

    What was done before is not to be paid by what is measured (machine/settled.py). So it is called
    before a broker starts on an empty directory, and by a curve before a load: `paced` says whether
    that has a fixed rate. It takes what is in the logs out of the cache: a curve that needs them
    there touches them behind it, or does without.
    """

    def __init__(self, programs, directory, scale, settle=lambda paced=False: os.sync()):
        self.scale = scale
        self.broker = None   # the present one
        self.settle = settle
        self._programs = programs
        self._directory = directory

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear()

    def path(self, name):
        """A place beside the data of the present broker."""
        return os.path.join(self._directory, name)

    def fresh_broker(self, *settings):
        """Starts one on an empty directory, in place of the present one."""
        self.clear()
        self.settle()
        os.makedirs(self._directory)
        self.broker = Broker(self._programs, self._directory, settings)
        self.broker.start()
        return self.broker

    def clear(self):
        if self.broker:
            self.broker.kill()
            self.broker = None
        shutil.rmtree(self._directory, ignore_errors=True)
