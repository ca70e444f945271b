"""Nothing is downloaded without a word, and nothing at all if somebody does not want it."""

from machine.errors import Unavailable


class Fetching:
    """Call it with what is about to be downloaded. Unavailable, if `offline`.

    `say` takes a line of progress.
    """

    def __init__(self, say, offline=False):
        self._say = say
        self._offline = offline

    def __call__(self, what):
        if self._offline:
            raise Unavailable(f"{what}: not in the cache, and nothing is to be fetched (--offline)")
        self._say(f"fetching {what} ...")
