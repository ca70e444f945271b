#!/usr/bin/env python3
"""Proves that each rule of the checker can fail, on small trees made for it."""

import os
import tempfile
import unittest

import check

HEADER = "#pragma once\n"


def breaches(files):
    """What the checker says about a tree of these files: (path:line, message) pairs."""
    with tempfile.TemporaryDirectory() as root:
        for path, content in files.items():
            full_path = os.path.join(root, path)
            os.makedirs(os.path.dirname(full_path), exist_ok=True)
            with open(full_path, "w", encoding="utf-8") as file:
                file.write(content)
        return [(f"{path}:{line}", message) for path, line, message in check.check(root)]


def house():
    """A tree without a breach."""
    return {
        "CMakeLists.txt": "project(strata)\n",
        "README.md": "See [storage](storage/README.md).\n",
        "proto/README.md": "Purpose.\n",
        "proto/CMakeLists.txt": "add_library(strata_proto a.cc)\n"
                                "target_link_libraries(strata_rpc PUBLIC gRPC::grpc++)\n",
        "proto/a.h": HEADER,
        "proto/a.cc": '#include "proto/a.h"\n',
        "storage/README.md": "Purpose.\n",
        "storage/CMakeLists.txt": "add_library(strata_storage b.cc)\n"
                                  "target_link_libraries(strata_storage PUBLIC strata_proto)\n",
        "storage/b.h": HEADER,
        "storage/b.cc": '#include "storage/b.h"\n#include "proto/a.h"\n',
    }


class Checker(unittest.TestCase):
    def assert_breach(self, where, what, files):
        found = breaches({**house(), **files})
        self.assertTrue([1 for place, message in found if place == where and what in message],
                        f"no '{what}' at {where} in {found}")

    def test_a_good_house_has_no_breach(self):
        self.assertEqual(breaches(house()), [])

    def test_lower_folder_includes_upper(self):
        self.assert_breach("proto/a.cc:1", "may not include", {
            "proto/a.cc": '#include "storage/b.h"\n#include "proto/a.h"\n'})

    def test_client_includes_storage(self):
        self.assert_breach("client/c.cc:1", "may not include", {
            "client/c.cc": '#include "storage/b.h"\n'})

    def test_storage_knows_grpc(self):
        self.assert_breach("storage/b.cc:2", "may not know gRPC", {
            "storage/b.cc": '#include "storage/b.h"\n#include <grpcpp/grpcpp.h>\n'})

    def test_lower_folder_links_upper(self):
        self.assert_breach("storage/CMakeLists.txt:3", "may not link strata_broker", {
            "storage/CMakeLists.txt": "add_library(strata_storage b.cc)\n"
                                      "target_link_libraries(strata_storage\n"
                                      "  PUBLIC strata_broker)\n"})

    def test_heavy_header_reaches_another_folder(self):
        self.assert_breach("storage/b.h:2", "reaches broker/d.cc", {
            "storage/b.h": HEADER + "#include <rocksdb/db.h>\n",
            "broker/d.cc": '#include "storage/b.h"\n'})

    def test_heavy_header_may_stay_in_its_folder(self):
        found = breaches({**house(), "storage/b.h": HEADER + "#include <rocksdb/db.h>\n"})
        self.assertEqual(found, [])

    def test_abseil(self):
        self.assert_breach("storage/b.cc:2", "abseil", {
            "storage/b.cc": '#include "storage/b.h"\n#include "absl/strings/str_cat.h"\n'})

    def test_another_folder_at_the_top(self):
        self.assert_breach("docs:1", "no such folder", {"docs/page.md": "Text.\n"})

    def test_folder_without_a_readme(self):
        self.assert_breach("bench:1", "README.md", {"bench/CMakeLists.txt": "project(x)\n"})

    def test_long_file(self):
        self.assert_breach("storage/b.cc:601", "longer than 600 lines", {
            "storage/b.cc": '#include "storage/b.h"\n' + "int x;\n" * 600})

    def test_source_that_nothing_compiles(self):
        self.assert_breach("storage/dead.cc:1", "dead file", {"storage/dead.cc": "int x;\n"})

    def test_header_that_nothing_includes(self):
        self.assert_breach("storage/dead.h:1", "dead file", {"storage/dead.h": HEADER})

    def test_mention_of_a_file_that_is_gone(self):
        self.assert_breach("proto/a.h:2", "does not exist", {
            "proto/a.h": HEADER + "// See storage/gone.h.\n"})

    def test_link_to_nowhere(self):
        self.assert_breach("README.md:1", "leads nowhere", {"README.md": "[x](gone.md)\n"})

    def test_unfinished_work(self):
        self.assert_breach("storage/b.cc:2", "do it", {
            "storage/b.cc": '#include "storage/b.h"\n// TODO: finish\n'})

    def test_path_of_a_machine(self):
        self.assert_breach("README.md:1", "somebody's machine", {"README.md": "cd /home/x\n"})

    def test_sleep_in_a_test(self):
        self.assert_breach("tests/unit/storage/b_test.cc:1", "never on time", {
            "tests/unit/storage/b_test.cc": "std::this_thread::sleep_for(1s);\n"})

    def test_directory_that_tests_share(self):
        self.assert_breach("tests/a_test.cc:1", "temp_dir.h", {
            "tests/a_test.cc": 'std::string path = ::testing::TempDir() + "a";\n'})

    def test_library_that_prints(self):
        self.assert_breach("storage/b.cc:2", "do not print", {
            "storage/b.cc": '#include "storage/b.h"\nvoid F() { std::cout << 1; }\n'})

    def test_using_namespace_std(self):
        self.assert_breach("storage/b.cc:2", "name what you use", {
            "storage/b.cc": '#include "storage/b.h"\nusing namespace std;\n'})

    def test_header_that_clang_lacks(self):
        self.assert_breach("storage/b.cc:2", "clang 14", {
            "storage/b.cc": '#include "storage/b.h"\n#include <ranges>\n'})

    def test_mutex_without_annotations(self):
        self.assert_breach("storage/b.cc:2", "proto/base/mutex.h", {
            "storage/b.cc": '#include "storage/b.h"\nstd::mutex m;\n'})

    def test_function_of_c(self):
        self.assert_breach("storage/b.cc:2", "library of C++", {
            "storage/b.cc": '#include "storage/b.h"\nint x = atoi("1");\n'})

    def test_object_that_nobody_owns(self):
        self.assert_breach("storage/b.cc:2", "smart pointer", {
            "storage/b.cc": '#include "storage/b.h"\nB* b = new B(1);\n'})

    def test_object_made_for_a_smart_pointer(self):
        found = breaches({**house(), "storage/b.cc": '#include "storage/b.h"\n'
                                                     "auto b = std::unique_ptr<B>(new B(1));\n"})
        self.assertEqual(found, [])

    def test_header_without_a_guard(self):
        self.assert_breach("proto/a.h:1", "pragma once", {"proto/a.h": "int x;\n"})

    def test_space_at_the_end(self):
        self.assert_breach("README.md:1", "ends with a space", {"README.md": "Text \n"})

    def test_tab(self):
        self.assert_breach("README.md:1", "tab", {"README.md": "a\tb\n"})

    def test_long_line(self):
        self.assert_breach("deploy/x.sh:1", "columns", {"deploy/x.sh": "x" * 101 + "\n"})

    def test_file_without_a_last_newline(self):
        self.assert_breach("README.md:1", "one newline", {"README.md": "Text"})


if __name__ == "__main__":
    unittest.main()
