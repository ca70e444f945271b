import os
import tempfile
import unittest

from commits import trees
from fake_project import FakeProject
from machine.errors import Failed


class Trees(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.repository = os.path.join(directory.name, "repository")
        self.tree = os.path.join(directory.name, "tree")
        os.mkdir(self.repository)
        self.project = FakeProject(self.repository)
        self.project.set_bench("codec", Crc=1)
        self.commit = self.project.commit()

    def tree_of(self, commit=None, keep=False):
        return trees.tree_of(self.repository, commit or self.commit, self.tree, keep)

    def assert_nothing_is_left(self):
        self.assertFalse(os.path.exists(self.tree))
        self.assertEqual(len(self.project.worktrees()), 1)

    def test_a_commit_is_found_by_each_of_its_names(self):
        for name in ("HEAD", self.commit, self.commit[:8], "@{0}"):
            self.assertEqual(trees.resolved(self.repository, name), self.commit)

    def test_a_commit_that_there_is_none_of_is_named(self):
        for name in ("no-such-branch", "0" * 40, ""):
            with self.assertRaisesRegex(Failed, f"there is no commit '{name}'"):
                trees.resolved(self.repository, name)

    def test_the_files_of_the_commit_are_there_until_the_end(self):
        self.project.set_bench("index", Find=1)
        self.project.commit()
        with self.tree_of() as tree:
            self.assertEqual(os.listdir(os.path.join(tree, "bench", "micro")), ["codec_bench.cc"])
        self.assert_nothing_is_left()

    def test_what_was_built_in_it_goes_with_it(self):
        with self.tree_of() as tree:
            os.mkdir(os.path.join(tree, "build"))
        self.assert_nothing_is_left()

    def test_nothing_is_left_after_an_interrupt(self):
        with self.assertRaises(SystemExit):
            with self.tree_of():
                raise SystemExit
        self.assert_nothing_is_left()

    def test_nothing_is_left_if_it_cannot_be_made(self):
        with self.assertRaises(Failed):
            with self.tree_of(commit="0" * 40, keep=True):
                pass
        self.assert_nothing_is_left()

    def test_one_that_is_kept_is_taken_again_as_it_is(self):
        with self.tree_of(keep=True) as tree:
            built = os.path.join(tree, "built")
            os.mkdir(built)
        with self.tree_of(keep=True):
            self.assertTrue(os.path.exists(built))
        self.assertEqual(len(self.project.worktrees()), 2)


if __name__ == "__main__":
    unittest.main()
