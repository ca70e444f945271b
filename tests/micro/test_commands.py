import os
import tempfile
import unittest

from commits import commands
from machine.errors import Failed


class Commands(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.log = os.path.join(directory.name, "log")

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def test_what_commands_say_is_kept_one_behind_the_other(self):
        commands.run(["sh", "-c", "echo one; echo two >&2"], self.log)
        commands.run(["sh", "-c", "echo $WORD"], self.log, env={"WORD": "three"})
        self.assertEqual(self.said(), "one\ntwo\nthree\n")

    def test_a_failure_shows_the_end_of_the_log(self):
        with self.assertRaises(Failed) as failed:
            commands.run(["sh", "-c", "seq 1000; echo out of luck >&2; exit 3"], self.log)
        text = str(failed.exception)
        self.assertTrue(text.startswith("sh ended with 3:\n"), text)
        self.assertTrue(text.endswith("\n999\n1000\nout of luck"), text)
        self.assertNotIn("\n100\n", text)

    def test_a_program_that_is_not_there_is_a_failure(self):
        with self.assertRaisesRegex(Failed, "No such file"):
            commands.run(["/nonexistent/program"], self.log)


if __name__ == "__main__":
    unittest.main()
