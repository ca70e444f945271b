"""With a stand-in for stratad: a shell script that does what one does at its start and its end."""

import os
import tempfile
import unittest

from machine.errors import Failed
from running.broker import Programs
from running.lab import Lab
from running.scale import QUICK

STRATAD = """#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --port-file) port=$2;; --data-dir) mkdir -p "$2";; --status) status=$2;; esac
  shift
done
trap 'exit $status' TERM
echo 127.0.0.1:7 >"$port.new" && mv "$port.new" "$port"
while :; do :; done
"""


class OneBrokerAtATime(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = os.path.join(directory.name, "lab")
        self.program = os.path.join(directory.name, "stratad")
        self.settled = []
        self.write(STRATAD)

    def write(self, script):
        with open(self.program, "w", encoding="ascii") as file:
            file.write(script)
        os.chmod(self.program, 0o700)

    def lab(self):
        return Lab(Programs(stratad=self.program, strata="false"), self.place, QUICK,
                   settle=lambda paced=False: self.settled.append(os.path.exists(self.place)))

    def test_nothing_outlives_the_lab(self):
        with self.lab() as lab:
            broker = lab.fresh_broker("--status", 0)
            self.assertGreater(broker.resident_megabytes(), 0)
            self.assertTrue(os.path.isdir(broker.data_dir))
        self.assertFalse(os.path.exists(self.place))

    def test_a_fresh_broker_begins_on_a_settled_disk_without_data(self):
        with self.lab() as lab:
            lab.fresh_broker()
            with open(lab.path("left"), "w", encoding="ascii"):
                pass
            lab.fresh_broker()
            self.assertFalse(os.path.exists(lab.path("left")))
        self.assertEqual(self.settled, [False, False])

    def test_a_start_takes_some_time(self):
        with self.lab() as lab:
            broker = lab.fresh_broker("--status", 0)
            broker.stop()
            self.assertLess(broker.start(), 60)
            broker.kill()
            self.assertLess(broker.start(), 60)

    def test_a_stop_that_is_not_clean_is_a_failure(self):
        with self.lab() as lab:
            with self.assertRaisesRegex(Failed, "did not stop cleanly: the server ended with 3"):
                lab.fresh_broker("--status", 3).stop()

    def test_a_broker_that_does_not_start_says_why(self):
        self.write("#!/bin/sh\necho no such key >&2; exit 2\n")
        with self.assertRaisesRegex(Failed, "ended with 2: no such key"), self.lab() as lab:
            lab.fresh_broker()
        self.assertFalse(os.path.exists(self.place))

    def test_programs_that_are_not_built_are_named(self):
        with self.assertRaisesRegex(Failed, "stratad is not built: cmake --build"):
            Programs.built_in(self.place)


if __name__ == "__main__":
    unittest.main()
