"""Which files there are, how long they are, and that each is used."""

import posixpath
import re

FOLDERS = {"proto", "broker", "client", "storage", "tests", "bench", "deploy", ".ci"}
MAX_LINES = 600
# Folders whose sources CMake finds by pattern.
FOUND_BY_PATTERN = re.compile(r"tests/(unit|contract|model|fault|e2e|fuzz)/|bench/micro/")
# A path of the project as it stands in prose, comments and scripts.
MENTION = re.compile(
    r"(?<![\w/.$}-])((?:proto|broker|client|storage|tests|bench|deploy)/[\w./-]*"
    r"\.(?:md|h|cc|inc|proto|sh|py|txt))\b")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def top_level_is_fixed(tree):
    for folder in sorted({path.split("/")[0] for path in tree.paths() if "/" in path}):
        if folder not in FOLDERS:
            yield folder, 1, f"no such folder at the top level; there are {sorted(FOLDERS)}"


def top_level_folders_have_a_readme(tree):
    for folder in sorted({path.split("/")[0] for path in tree.paths() if "/" in path}):
        if folder in FOLDERS - {".ci"} and not tree.has(f"{folder}/README.md"):
            yield folder, 1, "has no README.md: purpose, entry point, invariants"


def files_are_short(tree):
    for path in tree.paths(".h", ".cc", ".py", ".sh", ".txt", ".proto"):
        if len(tree.lines[path]) > MAX_LINES + 1:
            yield path, MAX_LINES + 1, f"is longer than {MAX_LINES} lines: one idea for each file"


def sources_are_compiled(tree):
    for path in tree.paths(".cc"):
        folder, found = posixpath.dirname(path), bool(FOUND_BY_PATTERN.match(path))
        while folder and not found:
            lists = tree.lines.get(f"{folder}/CMakeLists.txt", ())
            name = posixpath.relpath(path, folder)
            found = any(name in line.replace("(", " ").replace(")", " ").split()
                        for line in lists)
            folder = posixpath.dirname(folder)
        if not found:
            yield path, 1, "is in no CMakeLists.txt: dead file"


def headers_are_included(tree):
    included = {name for path in tree.paths(".h", ".cc") for _, name, _ in tree.includes(path)}
    for path in tree.paths(".h", ".inc"):
        if path not in included:
            yield path, 1, "is included by nothing: dead file"


def mentioned_paths_exist(tree):
    for path in tree.paths():
        # The checker's own tests name files that are meant not to exist.
        if path.startswith("tests/style/"):
            continue
        for number, line in enumerate(tree.lines[path], 1):
            for match in MENTION.finditer(line):
                if not tree.has(match.group(1)):
                    yield path, number, f"{match.group(1)} does not exist"


def links_lead_somewhere(tree):
    for path in tree.paths(".md"):
        for number, line in enumerate(tree.lines[path], 1):
            for target in LINK.findall(line):
                if not tree.has(posixpath.join(posixpath.dirname(path), target)):
                    yield path, number, f"the link to {target} leads nowhere"


RULES = (top_level_is_fixed, top_level_folders_have_a_readme, files_are_short,
         sources_are_compiled, headers_are_included, mentioned_paths_exist, links_lead_somewhere)
