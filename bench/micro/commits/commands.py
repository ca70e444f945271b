"""Commands that may take long: what they say is kept, and nothing of them is left behind."""

import os

from machine import interrupts
from machine.errors import Failed
from machine.processes import Server

_LAST_LINES = 30


def run(command, log_path, env=None, cwd=None):
    """Runs a command to its end. All that it says goes to a file, behind what is in it.

    If this is interrupted, the command and all that it has started are ended. Failed: the exit
    status is not 0; the message holds the last lines of the file.
    """
    process = None
    try:
        with interrupts.deferred():
            process = Server(command, log_path, env=env, cwd=cwd)
        status = process.wait()
    finally:
        if process:
            process.stop()
    if status != 0:
        raise Failed(f"{os.path.basename(command[0])} ended with {status}:\n"
                     f"{_last_lines(log_path)}")


def _last_lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-_LAST_LINES:]).rstrip()
