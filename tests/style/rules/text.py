"""What may not stand in a line, and what to write instead."""

import re

CODE = (".h", ".cc")
PROSE_AND_CODE = (".h", ".cc", ".inc", ".proto", ".py", ".sh", ".md", ".txt", "run")
LIBRARIES = ("proto/", "storage/", "broker/", "client/lib/")
SOURCES = ("proto/", "storage/", "broker/", "client/")
MAX_COLUMNS = 100

# (suffixes, folders, folders and files that are excepted, pattern, what to do)
BANNED = (
    (PROSE_AND_CODE, ("",), ("tests/style/",), r"\b(TODO|FIXME|XXX)\b", "do it, or leave it out"),
    (PROSE_AND_CODE, ("",), ("tests/style/",), r"(?<![\w.}])/(work|home)/\w",
     "names a path of somebody's machine"),
    ((".h", ".cc", ".py", ".sh"), ("tests/",), ("tests/style/",),
     r"\b(sleep_for|sleep_until|usleep|nanosleep|time\.sleep)\b|^\s*sleep\s|[^\w.]sleep\(",
     "tests wait on conditions, never on time"),
    (CODE, ("tests/",), (), r"::testing::TempDir\(|\"/tmp\b",
     "all tests may run at once: use tests/support/temp_dir.h"),
    (CODE, LIBRARIES, ("broker/main.cc",), r"std::(cout|cerr|clog)\b|\bprintf\(",
     "libraries do not print: return an Error, or log through spdlog"),
    (CODE, ("",), (), r"\busing\s+namespace\s+std\s*;", "name what you use"),
    (CODE, ("",), (), r"#\s*include\s+<(ranges|format)>|\bstd::(format|ranges|views)\b",
     "clang 14 cannot do it: use fmt, or a loop"),
    (CODE, SOURCES, ("proto/base/mutex.h",),
     r"\bstd::(mutex|recursive_mutex|shared_mutex|timed_mutex|condition_variable\w*|lock_guard|"
     r"scoped_lock|unique_lock)\b", "use proto/base/mutex.h, which the compiler checks"),
    # "return new": gRPC takes a reactor that way, and the reactor deletes itself.
    (CODE, SOURCES, (),
     r"^(?!\s*//)(?!.*(_ptr<|reset\(|static |return new )).*\bnew [A-Za-z_:]+[({<;]",
     "give it to a smart pointer at once, on the same line"),
    (CODE, SOURCES, (), r"^\s*(?!//|\*).*\b(malloc|free|strcpy|sprintf|strcat|atoi)\(",
     "use the library of C++"),
)


def banned_things(tree):
    for suffixes, folders, excepted, pattern, instead in BANNED:
        regex = re.compile(pattern)
        for path in tree.paths(*suffixes):
            if not path.startswith(folders) or (excepted and path.startswith(excepted)):
                continue
            for number, line in enumerate(tree.lines[path], 1):
                match = regex.search(line)
                if match:
                    yield path, number, f"'{match.group(0).strip()}': {instead}"


def headers_are_guarded(tree):
    for path in tree.paths(".h"):
        if "#pragma once" not in tree.lines[path]:
            yield path, 1, "has no '#pragma once'"


def lines_are_clean(tree):
    for path in tree.paths(".py", ".sh", ".txt", ".proto", ".md", ".inc", "run"):
        for number, line in enumerate(tree.lines[path], 1):
            if line != line.rstrip():
                yield path, number, "ends with a space"
            if "\t" in line:
                yield path, number, "holds a tab"


def lines_are_short(tree):
    for path in tree.paths(".py", ".sh", ".txt", ".proto", "run"):
        for number, line in enumerate(tree.lines[path], 1):
            if len(line) > MAX_COLUMNS:
                yield path, number, f"is longer than {MAX_COLUMNS} columns"


def files_end_with_a_newline(tree):
    for path in tree.paths(*PROSE_AND_CODE):
        lines = tree.lines[path]
        if lines != [""] and (lines[-1] != "" or lines[-2:-1] == [""]):
            yield path, len(lines), "does not end with exactly one newline"


RULES = (banned_things, headers_are_guarded, lines_are_clean, lines_are_short,
         files_end_with_a_newline)
