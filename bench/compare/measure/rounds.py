"""Runs the rounds: in each, every contender in turn, alone on the machine."""

import os
import shutil
import subprocess

from machine.errors import Failed, Unavailable, Unsupported
from measure.turn import Turn

# One of them costs a load or a turn, but not the hours before it.
_MISHAPS = (Failed, Unsupported, OSError, ValueError, LookupError, ArithmeticError,
            subprocess.SubprocessError)


def order(peers, number):
    """Begins with another one in each round, and goes the other way in every second one.

    So nobody is always the first, or always behind the same one.
    """
    first = (number - 1) % len(peers) if peers else 0
    turned = [*peers[first:], *peers[:first]]
    return turned if number % 2 else turned[::-1]


class Rounds:
    def __init__(self, loads, seconds, most_bytes, work_dir, say, settle=lambda paced: os.sync(),
                 lack=lambda peer: ""):
        """Each load keeps a contender busy for about `seconds`, with `most_bytes` of values.

        It gets fewer seconds where those bytes are sent sooner.

        `say` takes a line of progress. `settle` is called before each measurement, with
        `paced` (see machine/settled.py): what trials and earlier loads have left is not the next
        one's to pay.
        `lack` tells before each load what there is too little of for this contender, if anything.
        """
        self._loads = loads
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._directory = os.path.join(work_dir, "data")
        self._say = say
        self._settle = settle
        self._lack = lack
        self._records = {}  # (contender, load) -> how many, once it is known

    def install(self, peers, results):
        """Gives those that can be had; of the others the results say why not."""
        able = []
        for peer in peers:
            facts = {"role": peer.role, "acknowledged": peer.acknowledged, "client": peer.client}
            try:
                peer.install()
                facts["version"] = peer.version()
                able.append(peer)
            except (Unavailable, *_MISHAPS) as error:
                results.miss(peer.name, None, _reason(error))
                self._say(f"{peer.name}: cannot be had: {_reason(error)}")
            results.add_contender(peer.name, {**facts, "settings": list(peer.settings)})
        return able

    def run(self, peers, rounds, results, after_turn=lambda: None):
        for number in range(1, rounds + 1):
            for peer in order(peers, number):
                self._turn(peer, number, results)
                after_turn()

    def _turn(self, peer, number, results):
        try:
            try:
                self._start(peer)
                results.add_contender(peer.name, {"server command": peer.server_command})
                self._measure_all(peer, number, results)
            finally:
                peer.stop()
                shutil.rmtree(self._directory, ignore_errors=True)
        except _MISHAPS as error:
            results.miss(peer.name, None, _reason(error))
            self._say(f"round {number}, {peer.name}: {_reason(error)}")

    def _start(self, peer):
        self._check_room(peer)
        try:
            self._start_once(peer)
        except Failed as error:
            # A port that was free a moment ago can be somebody else's now.
            self._say(f"{peer.name}: once more, as it did not start: {error}")
            peer.stop()
            self._start_once(peer)

    def _start_once(self, peer):
        shutil.rmtree(self._directory, ignore_errors=True)
        os.makedirs(self._directory)
        peer.start(self._directory)

    def _check_room(self, peer):
        lacking = self._lack(peer)
        if lacking:
            raise Failed(lacking)

    def _measure_all(self, peer, number, results):
        turn = Turn(peer, number, self._seconds, self._most_bytes, self._records, self._settle)
        for position, load in enumerate(self._loads):
            self._measure(turn, load, number, results)
            if peer.server and peer.server.last_words():
                for rest in self._loads[position + 1:]:
                    results.miss(peer.name, rest, f"the server had ended before: {load.title}")
                return

    def _measure(self, turn, load, number, results):
        peer = turn.peer
        try:
            self._check_room(peer)
            sample = turn.sample(load)
        except _MISHAPS as error:
            why = "; ".join(filter(None, [_reason(error),
                                          peer.server.last_words() if peer.server else ""]))
            results.miss(peer.name, load, why)
            self._say(f"round {number}, {peer.name}, {load.title}: none: {why}")
            return
        results.add(peer.name, load, sample)
        results.add_command(peer.name, load, peer.client_command)
        self._say(f"round {number}, {peer.name}, {load.title}: "
                  f"{sample.timing.records_per_second:,.0f} records/s"
                  + "".join(f", {which} {value:.2f} ms"
                            for which, value in sample.timing.latency_ms.items()))


def _reason(error):
    """As it is, if we have written it; else it means little without its type."""
    ours = isinstance(error, (Failed, Unavailable, Unsupported))
    return str(error) if ours else f"{type(error).__name__}: {error}"
