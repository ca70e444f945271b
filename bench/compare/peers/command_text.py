"""Commands as one would type them, with names instead of the directories of one machine."""

import os
import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./*$-]+")
# They say where programs and libraries are, which the command shows already.
_UNSAID = ("PATH", "LD_LIBRARY_PATH")


def shown(command, places, environment=None):
    """`places`: directory -> what to call it, as in "$CACHE"."""
    settings = [f"{name}={value}" for name, value in (environment or {}).items()
                if name not in _UNSAID]
    return " ".join(_word(str(word), places) for word in [*settings, *command])


def _word(word, places):
    if ".jar:" in word or word.endswith(".jar"):
        word = _class_path(word)
    for directory, name in places.items():
        word = word.replace(directory, name)
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


def _class_path(word):
    """All jars of a directory at once, which java understands."""
    parts = [os.path.join(os.path.dirname(part), "*") if part.endswith(".jar") else part
             for part in word.split(":")]
    return ":".join(dict.fromkeys(parts))
