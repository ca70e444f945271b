"""Commands that are run to their end, and servers that stay until they are stopped."""

import os
import shutil
import signal
import socket
import subprocess
import time

from machine.errors import Failed, Unavailable

_TAIL_CHARACTERS = 1500
_POLL_SECONDS = 0.05
# The system ends what is started this way (SIGTERM) if whoever started it dies.
_LEASH = ("setpriv", "--pdeathsig", "TERM")
# What commands print is read: numbers have to look the same everywhere.
_LOCALE = {"LC_ALL": "C.UTF-8"}


def run(command, timeout_s, env=None, cwd=None, check=True):
    """Standard output of a command. Failed: exit status, time-out, or it cannot be started.

    It does not outlive this process.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run([*_LEASH, *words], env=_environment(env), cwd=cwd, timeout=timeout_s,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{words[0]} did not end within {timeout_s:.0f} s") from error
    except OSError as error:
        raise Failed(f"{words[0]}: {error.strerror}") from error
    if check and done.returncode != 0:
        raise Failed(f"{os.path.basename(words[0])} ended with {done.returncode}: "
                     f"{tail(done.stderr or done.stdout)}")
    return done.stdout


def start_unread(command):
    """Starts a command whose output nobody reads: it stands still once a pipe is full of it.

    Gives its Popen, which is to be killed. It does not outlive this process. Failed.
    """
    words = [str(word) for word in command]
    try:
        return subprocess.Popen([*_LEASH, *words], env=_environment(None),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
    except OSError as error:
        raise Failed(f"{words[0]}: {error.strerror}") from error


def program(name, how):
    """The path of a program, or Unavailable with how to get it."""
    path = shutil.which(name)
    if not path:
        raise Unavailable(f"{name} is not installed ({how})")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tail(text):
    """The end of an output, on one line."""
    return " ".join(text[-_TAIL_CHARACTERS:].split())


def wait_for(true, why_not, timeout_s):
    """Waits until true() is; otherwise Failed with why_not()."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            raise Failed(why_not())
        time.sleep(_POLL_SECONDS)


class Server:
    """A server and all that it starts, as one session of the system.

    It does not outlive whoever started it.
    """

    def __init__(self, command, log_path, env=None, cwd=None):
        self._log_path = log_path
        with open(log_path, "ab") as log:
            self._process = subprocess.Popen(
                [*_LEASH, *(str(word) for word in command)], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=cwd, env=_environment(env), start_new_session=True)

    def wait_for_port(self, port, timeout_s=60):
        self.wait_until(lambda: _answers(port), f"listen on port {port}", timeout_s)

    def wait_until(self, ready, what, timeout_s):
        """Failed if it ends before, or does not within `timeout_s`."""
        wait_for(lambda: self._process.poll() is not None or ready(),
                 lambda: f"the server did not {what} within {timeout_s} s: {self._log()}",
                 timeout_s)
        if self._process.returncode is not None:
            raise Failed(self.last_words())

    def last_words(self):
        """What it has ended with; nothing while it runs."""
        status = self._process.poll()
        return "" if status is None else f"the server ended with {status}: {self._log()}"

    def pids(self):
        return [int(pid) for pid in os.listdir("/proc")
                if pid.isdigit() and _session_of(pid) == self._process.pid]

    def cpu_seconds(self):
        """What its processes have used so far, in user and kernel mode."""
        return sum(_cpu_seconds_of(pid) for pid in self.pids())

    def resident_bytes(self):
        """The memory that is resident now, all processes added up."""
        return sum(_memory_of(pid, "VmRSS:") for pid in self.pids())

    def peak_bytes(self):
        """The most memory that was resident since forget_peak, all processes added up."""
        return sum(_memory_of(pid, "VmHWM:") for pid in self.pids())

    def forget_peak(self):
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
                    file.write("5")
            except OSError:
                pass  # it has ended, or the kernel cannot: then the peak is that of its life

    def wait(self):
        """Until it has ended by itself. Gives its exit status, negative: of a signal."""
        return self._process.wait()

    def stop(self, timeout_s=30):
        """Ends it, by force if it takes longer. Gives its exit status, as `wait` does."""
        for which in (signal.SIGTERM, signal.SIGKILL):
            self._signal(which)
            try:
                self._process.wait(timeout_s)
                break
            except subprocess.TimeoutExpired:
                continue
        self._signal(signal.SIGKILL)  # what it has left behind
        return self._process.returncode

    def kill(self):
        """Ends it at once, as a crash would."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, which):
        try:
            os.killpg(self._process.pid, which)
        except ProcessLookupError:
            pass

    def _log(self):
        with open(self._log_path, encoding="utf-8", errors="replace") as file:
            return tail(file.read())


def _environment(more):
    return {**os.environ, **_LOCALE, **(more or {})}


def _answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _session_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[3])
    except OSError:
        return None


def _cpu_seconds_of(pid):
    try:
        # The kernel's clock of a process, as clock_getcpuclockid(3) has it: /proc counts in
        # hundredths of a second.
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def _memory_of(pid, name):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
