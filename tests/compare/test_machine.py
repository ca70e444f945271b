"""Where data are written, and where payloads and programs come from."""

import os
import shutil
import tempfile
import unittest
from unittest import mock

from machine import facts, go_modules, place, quiet, text_lines, workplace
from machine.errors import Unavailable
from machine.fetching import Fetching
from machine.held_memory import HeldMemory
from machine.processes import run
from machine.settled import Settled

CHUNK_BYTES = 8 << 20


class _Directory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


class Commit(_Directory):
    def setUp(self):
        super().setUp()
        self.git("init", "--quiet")
        self.write("bench/GROWTH.md", "old\n")
        self.write("code.cc", "old\n")
        self.git("add", ".")
        self.git("config", "user.name", "T")
        self.git("config", "user.email", "t@example.org")
        self.git("commit", "--quiet", "-m", "c")
        self.head = self.git("rev-parse", "HEAD").strip()[:12]

    def git(self, *arguments):
        return run(["git", "-C", self.directory, *arguments], 10)

    def test_pages_that_were_written_before_are_no_change(self):
        self.write("bench/GROWTH.md", "new\n")
        self.assertEqual(facts.commit(self.directory), self.head)

    def test_changed_files_are_told(self):
        self.write("code.cc", "new\n")
        self.assertEqual(facts.commit(self.directory), self.head + " with changes")

    def test_without_a_repository_it_is_unknown(self):
        self.assertEqual(facts.commit(os.path.join(self.directory, "none")), "unknown")


class Place(_Directory):
    def test_where_there_is_enough_nothing_is_lacking(self):
        self.assertEqual(place.lack(self.directory, 1, 1), "")

    def test_what_is_lacking_is_named(self):
        self.assertRegex(place.lack(self.directory, 10 ** 18),
                         "^too little room below .*, where 1000000000.0 GB are needed$")
        self.assertRegex(place.lack(self.directory, 1, 10 ** 18), "^too little memory: ")

    def test_a_file_system_in_memory_is_no_disk(self):
        for name, in_memory in (("tmpfs", True), ("ext4", False)):
            with mock.patch.object(place, "file_system", return_value=name):
                self.assertEqual(place.is_in_memory(self.directory), in_memory)
        self.assertNotEqual(place.file_system(self.directory), "unknown")


class MachineThatSettles(_Directory):
    """Its memory is full of files when so much has been read."""

    def setUp(self):
        super().setUp()
        self.told = []
        self.full_below = 0
        self.rests = True
        self.held = mock.Mock(is_lost=lambda: False)
        self.settle = Settled(self.directory, self.free_bytes, lambda: self.told.append("sync"),
                              chunk_bytes=CHUNK_BYTES,
                              wait_for_quiet=self.is_quiet, say=self.told.append,
                              hold=lambda: self.held)
        self.addCleanup(self.settle.close)

    def is_quiet(self):
        self.told.append("quiet")
        return self.rests

    def free_bytes(self):
        self.told.append("look")
        return max(self.full_below, 4 * CHUNK_BYTES - self.settle.read_bytes)

    def test_writes_out_first(self):
        self.settle()
        self.assertEqual(self.told[:2], ["sync", "look"])

    def test_fills_its_memory_until_it_gets_no_fuller(self):
        self.full_below = CHUNK_BYTES
        self.settle()
        self.assertEqual(self.free_bytes(), self.full_below)
        self.assertLess(self.settle.read_bytes, 50 * CHUNK_BYTES)

    def test_goes_on_behind_what_it_has_read(self):
        self.settle()
        before = self.settle.read_bytes
        self.settle()
        self.assertGreater(self.settle.read_bytes, before)

    def test_drops_and_reads_all_anew_before_a_fixed_rate_and_waits(self):
        with mock.patch.object(os, "posix_fadvise") as advise:
            self.settle()
            advise.assert_not_called()
            self.told.clear()
            self.settle(paced=True)
        advise.assert_called_once_with(mock.ANY, 0, 0, os.POSIX_FADV_DONTNEED)
        self.assertEqual([self.told[0], self.told[-1]], ["sync", "quiet"])
        self.assertIn("look", self.told)

    def test_tells_if_it_does_not_come_to_rest(self):
        self.rests = False
        self.settle(paced=True)
        self.assertIn("does not come to rest", self.told[-1])

    def test_tells_if_memory_is_no_longer_held(self):
        self.held.is_lost = lambda: True
        self.settle()
        self.assertIn("memory ran short", self.told[1])

    def test_takes_no_room_on_the_disk(self):
        self.settle()
        self.assertLess(os.stat(os.path.join(self.directory, "ballast")).st_blocks, 1_000)


class MemoryThatIsHeld(unittest.TestCase):
    """A machine with 1 GB and some more."""

    def hold(self, room_bytes, swap_bytes=0):
        available = {"MemAvailable": 1_200_000_000, "SwapTotal": swap_bytes}
        held = HeldMemory(room_bytes, available.get)
        self.addCleanup(held.close)
        return held

    def holder(self, held):
        return held._holder  # pylint: disable=protected-access

    def test_is_all_but_the_room_in_whole_pieces(self):
        held = self.hold(600_000_000)
        with open(f"/proc/{self.holder(held).pid}/status", encoding="ascii") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
        self.assertGreater(resident * 1024, 2 * (256 << 20))
        self.assertLess(resident * 1024, 600_000_000)
        self.assertFalse(held.is_lost())

    def test_is_lost_if_the_system_ends_who_holds_it(self):
        held = self.hold(900_000_000)
        self.holder(held).kill()
        self.holder(held).wait()
        self.assertTrue(held.is_lost())

    def test_is_none_without_excess_or_with_swap(self):
        for held in (self.hold(1_200_000_000), self.hold(600_000_000, swap_bytes=1)):
            self.assertIsNone(self.holder(held))
            self.assertFalse(held.is_lost())


class Quiet(unittest.TestCase):
    """Naps of 1 ms take what a plan says, second by second; behind it they take no longer."""

    def setUp(self):
        self.now = 0.0
        self.late = {}  # second -> naps of it that last so much longer, in ms

    def nap(self, seconds):
        late = self.late.get(int(self.now), [])
        self.now += seconds + (late.pop() / 1e3 if late else 0)

    def wait(self):
        return quiet.wait(lambda: self.now, self.nap)

    def test_takes_four_quiet_seconds(self):
        self.assertTrue(self.wait())
        self.assertEqual(int(self.now), 4)

    def test_one_late_nap_in_a_second_is_quiet(self):
        self.late = {0: [9], 2: [1.9] * 100}
        self.assertTrue(self.wait())
        self.assertEqual(int(self.now), 4)

    def test_begins_anew_behind_a_second_that_was_not(self):
        self.late = {3: [2.1] * 4}
        self.assertTrue(self.wait())
        self.assertEqual(int(self.now), 8)

    def test_is_given_up_after_a_minute(self):
        self.late = {second: [9] * 4 for second in range(100)}
        self.assertFalse(self.wait())
        self.assertEqual(int(self.now), 60)


class Workplace(_Directory):
    def setUp(self):
        super().setUp()
        self.said = []
        patched = mock.patch.object(tempfile, "tempdir", self.directory)
        patched.start()
        self.addCleanup(patched.stop)

    def made(self):
        return workplace.made("run-", self.said.append)

    def test_is_gone_in_the_end(self):
        with self.made() as directory:
            self.assertEqual(os.listdir(self.directory), [os.path.basename(directory)])
        self.assertEqual(os.listdir(self.directory), [])

    def test_is_gone_after_an_error(self):
        with self.assertRaises(ZeroDivisionError):
            with self.made():
                raise ZeroDivisionError
        self.assertEqual(os.listdir(self.directory), [])

    def test_what_a_killed_run_has_left_is_removed(self):
        self.write("run-old/data/segment", "x")
        with self.made():
            self.assertFalse(os.path.exists(os.path.join(self.directory, "run-old")))
        self.assertEqual(len(self.said), 1)

    def test_a_run_that_lives_keeps_its_own(self):
        with self.made() as first, self.made() as second:
            self.assertNotEqual(first, second)
            self.assertTrue(os.path.isdir(first))
        self.assertEqual(self.said, [])


class TextLines(_Directory):
    def collected(self):
        path = os.path.join(self.directory, "out")
        with open(text_lines.collect(os.path.join(self.directory, "tree"), path),
                  encoding="utf-8") as file:
            return sorted(file.read().splitlines())

    def setUp(self):
        super().setUp()
        self.write("tree/a.cc", "a line of code\n}\n")
        self.write("tree/deep/b.md", "a line of text   \n")
        self.write("tree/picture.png", "no line at all\n")
        self.write("tree/build/c.cc", "something generated\n")

    def test_without_git_all_lines_of_text_count_that_are_long_enough(self):
        self.assertEqual(self.collected(), ["a line of code", "a line of text"])

    def test_with_git_what_is_tracked_and_there_counts(self):
        if not shutil.which("git"):
            self.skipTest("there is no git")
        self.write("tree/gone.cc", "a line that is deleted\n")
        tree = os.path.join(self.directory, "tree")
        run(["git", "init", "-q", tree], 60)
        run(["git", "-C", tree, "add", "a.cc", "gone.cc"], 60)
        os.remove(os.path.join(tree, "gone.cc"))
        self.assertEqual(self.collected(), ["a line of code"])

    def test_the_order_is_always_the_same(self):
        self.write("tree/a.cc", "".join(f"line number {i}\n" for i in range(100)))
        both = []
        for name in ("one", "two"):
            path = os.path.join(self.directory, name)
            text_lines.collect(os.path.join(self.directory, "tree"), path)
            with open(path, encoding="utf-8") as file:
                both.append(file.read().splitlines())
        self.assertEqual(both[0], both[1])
        self.assertNotEqual(both[0], sorted(both[0]))

    def test_random_lines_are_as_long_as_they_should(self):
        path = text_lines.random_lines(os.path.join(self.directory, "random"), 30, count=5)
        with open(path, encoding="ascii") as file:
            self.assertEqual([len(line.rstrip("\n")) for line in file], [30] * 5)


class Fetch(_Directory):
    def test_is_told_before_it_is_done(self):
        said = []
        Fetching(said.append)("the moon")
        self.assertEqual(said, ["fetching the moon ..."])

    def test_is_not_done_offline(self):
        with self.assertRaisesRegex(Unavailable, "the moon: not in the cache"):
            Fetching(print, offline=True)("the moon")

    def test_what_is_in_the_cache_is_not_fetched(self):
        self.write("bin/moon", "")
        path = go_modules.built(self.directory, "example.org/moon@latest", "moon",
                                Fetching(print, offline=True))
        self.assertEqual(path, os.path.join(self.directory, "bin", "moon"))


if __name__ == "__main__":
    unittest.main()
