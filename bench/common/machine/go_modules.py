"""Programs that are Go modules, built by the ordinary `go install`."""

import os

from machine.errors import Failed, Unavailable
from machine.processes import program, run

_TIMEOUT_S = 1800


def built(directory, module, name, fetching):
    """The path of the program that `module` (PATH@VERSION) installs as `name`. Unavailable.

    What an earlier run has built is taken as it is. All that Go keeps stays in `directory`.
    """
    path = os.path.join(directory, "bin", name)
    if not os.path.exists(path):
        go = program("go", "its own release, as that of Debian 12 is too old for many modules")
        fetching(f"the Go module {module}")
        try:
            run([go, "install", module], _TIMEOUT_S, env=_below(directory))
        except Failed as error:
            raise Unavailable(f"go install {module}: {error}") from error
    return path


def _below(directory):
    return {"GOBIN": os.path.join(directory, "bin"), "GOPATH": os.path.join(directory, "path"),
            "GOMODCACHE": os.path.join(directory, "modules"),
            "GOCACHE": os.path.join(directory, "objects"),
            "GOFLAGS": "-modcacherw"}  # else nobody could remove the directory
