"""Who may use whom: proto <- storage <- broker, and proto <- client."""

import posixpath
import re

# For each folder, the folders whose headers it may include. "strata" and "google" hold what is
# generated from the .proto files.
MAY_INCLUDE = {
    "proto": {"proto", "google"},
    "storage": {"storage", "proto"},
    "broker": {"broker", "storage", "proto", "strata", "google"},
    "client": {"client", "proto", "strata", "google"},
}
# For each folder, the targets and libraries that it may not link.
MAY_NOT_LINK = {
    "proto": r"strata_(storage|broker|client)|RocksDB",
    "storage": r"strata_(broker|client|rpc)|gRPC|protobuf",
    "broker": r"strata_client",
    "client": r"strata_(storage|broker)|RocksDB",
}
# Headers that are slow to compile or clash with others: they stay out of ours.
HEAVY = re.compile(r"(grpc|grpcpp|rocksdb|google/protobuf|strata/v1)/")


def _top(path):
    return path.split("/", 1)[0]


def includes_point_one_way(tree):
    for path in tree.paths(".h", ".cc"):
        allowed = MAY_INCLUDE.get(_top(path))
        if allowed is None:
            continue
        for line, included, quoted in tree.includes(path):
            if quoted and _top(included) not in allowed:
                yield path, line, f"{_top(path)}/ may not include {included}"
            if _top(path) in ("proto", "storage") and re.match(r"grpc|google/protobuf", included):
                yield path, line, f"{_top(path)}/ may not know gRPC or protobuf: {included}"


def links_point_one_way(tree):
    for path in tree.paths("CMakeLists.txt"):
        if _top(path) not in MAY_NOT_LINK:
            continue
        banned = re.compile(MAY_NOT_LINK[_top(path)])
        text = "\n".join(tree.lines[path])
        for link in re.finditer(r"target_link_libraries\(([^)]*)\)", text):
            # What is generated from the .proto files lives in proto/ as a target of its own.
            if link.group(1).split()[0] == "strata_rpc":
                continue
            for match in banned.finditer(link.group(1)):
                line = text.count("\n", 0, link.start(1) + match.start()) + 1
                yield path, line, f"{_top(path)}/ may not link {match.group(0)}"


def heavy_headers_stay_inside(tree):
    """A header of ours may include a heavy one only if no other folder includes ours."""
    includers = {}
    for path in tree.paths(".h", ".cc"):
        for _, included, _ in tree.includes(path):
            includers.setdefault(included, []).append(path)
    for path in tree.paths(".h"):
        if _top(path) not in MAY_INCLUDE:
            continue
        heavy = [(line, name) for line, name, _ in tree.includes(path) if HEAVY.match(name)]
        outside = [user for user in includers.get(path, ())
                   if posixpath.dirname(user) != posixpath.dirname(path)
                   and _top(user) in MAY_INCLUDE]
        for line, name in heavy:
            if outside:
                yield path, line, f"{name} reaches {outside[0]} through this header"


def abseil_stays_out(tree):
    for path in tree.paths(".h", ".cc"):
        for line, included, _ in tree.includes(path):
            if included.startswith("absl/"):
                yield path, line, "Debian's abseil has types of its own: keep it out"


RULES = (includes_point_one_way, links_point_one_way, heavy_headers_stay_inside, abseil_stays_out)
