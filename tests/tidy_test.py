#!/usr/bin/python3
"""Keeps the direction of dependencies and the rules of style that a machine can check.

    tests/tidy_test.py [ROOT]      checks the tree; prints FILE:LINE: message, exit 1 on any
    tests/tidy_test.py --selftest  checks the checks on made-up files

Every message says what to do instead. Standard library only.
"""

import dataclasses
import os
import re
import subprocess
import sys
import unittest

MAX_LINES = 500
MAX_COLUMNS = 100
MAX_BLOB_BYTES = 100_000
SELF = ("tests/tidy_test.py",)

# Which modules a module may include, besides itself. The longest prefix of a path is its module.
MODULES = {
    "sim/domain": [],
    "sim": ["sim/domain"],
    "proto/codec": ["sim/domain"],
    "storage": ["sim/domain"],
    "policy/rules": ["sim"],
    "policy/planners": ["sim", "policy/rules"],
    "policy/external": ["sim", "proto/codec"],
    "policy/captain": ["sim", "proto/codec"],
    "policy/training": ["sim", "proto/codec", "policy/captain", "policy/planners",
                        "policy/evaluation"],
    "policy": ["sim", "policy/rules", "policy/planners", "policy/external", "policy/captain"],
    "policy/evaluation": ["sim", "policy", "policy/planners"],
    "server/base": [],
    "server/http": [],
    "server/metrics": ["server/http"],
    "server/network": ["sim", "policy", "storage", "proto/codec", "server/base", "server/metrics"],
    "server": ["sim", "policy", "storage", "proto/codec", "server/base", "server/http",
               "server/metrics", "server/network"],
    "cli": ["sim", "policy", "policy/captain", "policy/planners", "policy/evaluation",
            "policy/external", "policy/training", "storage", "proto/codec", "server",
            "server/base", "server/metrics", "server/network"],
}

# Everything may use the values of sim/domain; tests may use everything.
OPEN_MODULES = ["sim/domain"]


@dataclasses.dataclass(frozen=True)
class Ban:
    """A pattern that only some places may contain."""
    what: str
    pattern: str
    allowed: tuple  # prefixes of paths where it may stand
    instead: str
    within: tuple = ("",)  # prefixes of paths where it is banned at all


INCLUDE_BANS = [
    Ban("LibTorch", r"torch/|ATen/|c10/",
        ("policy/captain/torch/", "policy/training/", "tests/policy/captain/", "tests/bench/torch_"),
        "speak to the network through policy/captain's interface"),
    Ban("libpqxx", r"pqxx/|libpq", ("storage/postgres/",), "use storage/fleet_store.h"),
    Ban("SQLite", r"sqlite3\.h", ("storage/sqlite/", "tests/storage/"),
        "use storage/fleet_store.h"),
    Ban("gRPC", r"grpcpp/|grpc/|.*\.grpc\.pb\.h",
        ("server/grpc/", "policy/external/", "cli/", "tests/"),
        "call server/controller.h and let server/grpc translate"),
    Ban("a generated message", r".*\.pb\.h|google/protobuf/",
        ("proto/codec/", "server/", "cli/", "policy/external/", "policy/captain/",
         "policy/training/", "tests/"),
        "use the values of sim/domain; proto/codec converts"),
    Ban("the clairvoyant planner", r"policy/planners/genetic/clairvoyant\.h",
        ("policy/planners/genetic/", "policy/evaluation/", "tests/"),
        "make `ga`; a policy that sees the day it faces is a reference of evaluations only"),
    Ban("prometheus-cpp", r"prometheus/", ("server/metrics/prometheus", "tests/server/"),
        "record into server/metrics/metrics.h"),
    Ban("cpp-httplib", r"httplib\.h", ("server/http/", "server/console/", "tests/server/"),
        "answer HTTP with server/http"),
    Ban("a log", r"spdlog/", ("cli/", "server/", "tests/"),
        "return a Status; the executable logs it"),
    Ban("the library's random numbers", r"random", (), "use Draw of sim/domain/draw.h",
        ("sim/", "policy/")),
]

WORD_BANS = [
    Ban("rand()", r"\b(?:rand|srand|random|drand48)\s*\(", (), "use Draw of sim/domain/draw.h"),
    Ban("random_device", r"\brandom_device\b", (), "take a seed from the caller"),
    Ban("a clock", r"\b(?:system_clock|steady_clock|high_resolution_clock)\b",
        ("policy/external/",), "take a SimTime from the caller, or count work instead of timing it",
        ("sim/", "policy/")),
    Ban("the environment", r"\b(?:getenv|secure_getenv|setenv)\s*\(", (),
        "take an option from the caller", ("sim/", "policy/", "storage/", "proto/")),
    Ban("plain 'mask'", r"\bmask\b", (), "say action_mask (true = legal) or padding_mask"),
]

TEXT_BANS = [
    Ban("FIXME", r"\bFIXME\b", SELF, "repair it, or write TODO(#issue): what is missing"),
    Ban("a TODO without an issue", r"\bTODO\b(?!\(#\d+\))", SELF,
        "write TODO(#issue): what is missing"),
]

CPP = (".h", ".cc")
CODE = CPP + (".py", ".sh", ".proto", ".sql", ".cmake", "CMakeLists.txt", ".mjs", ".js", ".css")
LARGE_FILES = ("deploy/scenarios/", "deploy/grafana/", "tests/golden/", "deploy/models/")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
DOCUMENT = re.compile(r"(?<![\w./-])([A-Za-z][\w./-]*\.md)\b")
MARKDOWN_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# Raw strings, comments, numbers with separators (kept), strings and characters.
NOT_CODE = re.compile(
    r'R"([^(\s]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|(\b\d[\w\'.]*)|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def strip_comments_and_strings(text):
    """C++ text with comments and literals blanked out; lines keep their numbers."""
    def blank(match):
        return match.group(2) or " " + "\n" * match.group(0).count("\n")
    return NOT_CODE.sub(blank, text)


def module_of(path):
    """The longest module whose folder holds `path`; None if there is none."""
    holders = [m for m in MODULES if path.startswith(m + "/")]
    return max(holders, key=len, default=None)


def is_banned(ban, path):
    return path.startswith(ban.within) and not path.startswith(ban.allowed or ("\0",))


def check_layers(path, number, included):
    """An include must not point upwards."""
    if path.startswith("tests/"):
        return
    source, target = module_of(path), module_of(included)
    if included.startswith("tests/"):
        target = "tests"
    if source is None or target is None or target == source:
        return
    usable = [m for m in OPEN_MODULES if m != source] + MODULES[source]
    if target in usable:
        return
    below = ", ".join(usable) or "nothing else of this project"
    yield number, (f"{source} includes {included} of {target}; {source} may use {below}: move the "
                   f"code up, or declare an interface in {source} that {target} implements")


def check_includes(path, lines):
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match.group(1)
        yield from check_layers(path, number, included)
        for ban in INCLUDE_BANS:
            if is_banned(ban, path) and re.fullmatch(f"(?:{ban.pattern}).*", included):
                # .grpc.pb.h is gRPC, not a mere message.
                if ban.what == "a generated message" and included.endswith(".grpc.pb.h"):
                    continue
                yield number, f"includes {ban.what} ({included}); instead: {ban.instead}"


def check_patterns(bans, path, lines):
    for ban in bans:
        if not is_banned(ban, path):
            continue
        for number, line in enumerate(lines, 1):
            if re.search(ban.pattern, line):
                yield number, f"uses {ban.what}; instead: {ban.instead}"


def check_shape(path, text, lines):
    if len(lines) > MAX_LINES:
        yield 1, (f"has {len(lines)} lines, want at most {MAX_LINES}; instead: one concept per "
                  "file pair, split it")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "ends in blanks; instead: remove them"
    if path.endswith(CPP):
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS:
                yield number, f"has {len(line)} columns; instead: clang-format to {MAX_COLUMNS}"
    if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield 1, "has no include guard; instead: begin with #pragma once"


def check_documents(path, lines, paths):
    """Documents that are named or linked must be part of the project."""
    link = MARKDOWN_LINK if path.endswith(".md") else DOCUMENT
    for number, line in enumerate(lines, 1):
        for name in link.findall(line):
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            if not any(p == name or p == beside or p.startswith(beside + "/") for p in paths):
                yield number, f"names {name}, which is not part of the project; instead: a path that is"


def check_file(path, data, paths=()):
    """Faults of one file as (line, message); `path` and `paths`, all files, are from the root."""
    if len(data) > MAX_BLOB_BYTES and not path.startswith(LARGE_FILES):
        yield 1, (f"has {len(data)} bytes, want at most {MAX_BLOB_BYTES}; instead: generate it, or "
                  "put it below " + ", ".join(LARGE_FILES))
        return
    if not path.endswith(CODE + (".md",)):
        return
    text = data.decode("utf-8")
    lines = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")
    if path not in SELF:
        yield from check_documents(path, lines, paths)
    if path.endswith(".md"):
        return
    yield from check_shape(path, text, lines)
    yield from check_patterns(TEXT_BANS, path, lines)
    if path.endswith(CPP):
        yield from check_includes(path, lines)
        yield from check_patterns(WORD_BANS, path, strip_comments_and_strings(text).split("\n"))
    elif path.endswith(".proto"):
        code = strip_comments_and_strings(text).split("\n")
        yield from check_patterns([b for b in WORD_BANS if "mask" in b.what], path, code)


def files_of(root):
    """Files that git knows or would add; without git, everything but build folders."""
    git = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False)
    if git.returncode == 0:
        names = git.stdout.decode("utf-8").split("\0")
        return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(root, n)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders
                      if f not in (".git", "__pycache__") and not f.startswith("build")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def check_tree(root):
    faults = []
    paths = files_of(root)
    for path in paths:
        with open(os.path.join(root, path), "rb") as file:
            data = file.read()
        faults += [f"{path}:{number}: {message}" for number, message in check_file(path, data, paths)]
    return paths, faults


class SelfTest(unittest.TestCase):
    """Each made-up file has exactly the fault that is named, or none."""

    def faults(self, path, text):
        paths = ["docs/a.md", "docs/adr/b.md"]
        return [message for _, message in check_file(path, text.encode("utf-8"), paths)]

    def expect_fault(self, path, text, *parts):
        faults = self.faults(path, text)
        self.assertEqual(len(faults), 1, f"{path}: {faults}")
        for part in parts:
            self.assertIn(part, faults[0])

    def test_finds_each_fault(self):
        for path, text, *parts in [
                ("sim/domain/a.cc", '#include "sim/world.h"\n', "sim/domain includes", "move"),
                ("sim/a.cc", '#include "policy/registry.h"\n', "sim includes"),
                ("sim/a.cc", '#include "proto/codec/json.h"\n', "sim includes"),
                ("policy/rules/a.cc", '#include "server/base/clock.h"\n', "policy/rules includes"),
                ("policy/rules/a.cc", '#include "storage/fleet_store.h"\n', "policy/rules includes"),
                ("storage/a.cc", '#include "sim/world.h"\n', "storage includes"),
                ("storage/a.cc", '#include "server/base/clock.h"\n', "storage includes"),
                ("proto/codec/a.cc", '#include "sim/world.h"\n', "proto/codec includes"),
                ("policy/rules/a.cc", '#include "policy/registry.h"\n', "policy/rules includes"),
                ("server/a.cc", '#include "cli/main.h"\n', "server includes"),
                ("server/a.cc", '#include "tests/sim/triangle.h"\n', "server includes"),
                ("policy/rules/a.cc", "#include <torch/torch.h>\n", "LibTorch", "interface"),
                ("server/a.cc", "#include <pqxx/pqxx>\n", "libpqxx", "fleet_store.h"),
                ("storage/a.cc", "#include <sqlite3.h>\n", "SQLite", "fleet_store.h"),
                ("server/controller.cc", "#include <grpcpp/grpcpp.h>\n", "gRPC", "controller.h"),
                ("server/network/views.cc", '#include "skein/v1/a.grpc.pb.h"\n', "gRPC"),
                ("sim/a.cc", '#include "skein/v1/a.pb.h"\n', "generated message", "sim/domain"),
                ("storage/a.cc", "#include <google/protobuf/message.h>\n", "generated message"),
                ("policy/registry.cc", '#include "policy/planners/genetic/clairvoyant.h"\n',
                 "clairvoyant", "make `ga`"),
                ("server/network/views.cc", "#include <prometheus/counter.h>\n", "prometheus", "metrics.h"),
                ("sim/a.cc", "#include <spdlog/spdlog.h>\n", "a log", "Status"),
                ("sim/a.cc", "#include <random>\n", "random numbers", "draw.h"),
                ("cli/a.cc", "int x = rand();\n", "rand()", "draw.h"),
                ("server/a.cc", "std::random_device device;\n", "random_device", "seed"),
                ("sim/a.cc", "auto t = std::chrono::steady_clock::now();\n", "clock", "SimTime"),
                ("policy/rules/a.cc", "auto t = system_clock::now();\n", "clock", "count work"),
                ("sim/a.cc", 'auto* p = std::getenv("X");\n', "environment", "option"),
                ("sim/a.cc", "bool mask = true;\n", "plain 'mask'", "action_mask"),
                ("proto/skein/v1/a.proto", "bool mask = 1;\n", "plain 'mask'", "padding_mask"),
                ("sim/a.cc", "// FIXME: wrong\n", "FIXME", "repair"),
                ("cli/a.cc", "// TODO: more\n", "without an issue", "TODO(#issue)"),
                ("sim/a.cc", "// Source: docs/none.md section 1.\n", "names docs/none.md"),
                ("docs/a.md", "See [b](b.md).\n", "names b.md"),
                ("tests/run.sh", "x=1 \n", "ends in blanks"),
                ("sim/a.h", "int x;\n", "include guard", "#pragma once"),
                ("sim/a.cc", "//\n" * 501, "501 lines", "split"),
                ("sim/a.cc", "// " + "x" * 100 + "\n", "103 columns", "clang-format"),
                ("docs/picture.png", "x" * 100_001, "100001 bytes", "generate")]:
            with self.subTest(path=path, text=text[:60]):
                self.expect_fault(path, text, *parts)

    def test_accepts_what_is_right(self):
        for path, text in [
                ("sim/a.cc", '#include "sim/domain/id.h"\n#include "sim/world.h"\n'),
                ("policy/a.cc", '#include "sim/world.h"\n#include "policy/rules/rules.h"\n'),
                ("policy/external/a.cc", '#include <grpcpp/grpcpp.h>\n'
                                         '#include "proto/codec/names.h"\n'
                                         "auto t = std::chrono::system_clock::now();\n"),
                ("policy/captain/torch/net.cc", "#include <torch/torch.h>\n"),
                ("storage/sqlite/a.cc", "#include <sqlite3.h>\n"),
                ("server/grpc/a.cc", '#include "skein/v1/fleet_service.grpc.pb.h"\n'),
                ("server/a.cc", '#include "skein/v1/fleet.pb.h"\nauto t = steady_clock::now();\n'),
                ("tests/a.cc", '#include "cli/main.h"\n#include <grpcpp/grpcpp.h>\n'),
                ("sim/a.cc", "// A mask, rand(), system_clock.\nbool action_mask = true;\n"),
                ("sim/a.cc", 'const char* s = "rand() mask";\nint n = 1\'000\'000;\n'),
                ("sim/a.cc", "auto s = R\"(rand()\nmask)\";\n"),
                ("sim/a.cc", "int operand(int x);\nint y = operand(1);\n"),
                ("sim/a.cc", "// TODO(#12): more\n"),
                ("sim/a.cc", "// Source: docs/a.md section 1.\n"),
                ("docs/a.md", "See [b](adr/b.md#top), [folder](adr), [web](https://e.org/c.md).\n"),
                ("sim/a.cc", "//\n" * 500),
                ("deploy/scenarios/a.json", "x" * 100_001)]:
            with self.subTest(path=path, text=text[:60]):
                self.assertEqual(self.faults(path, text), [])

    def test_names_the_line(self):
        text = "// One.\n/* two\nthree */\nbool mask;\n"
        self.assertEqual([n for n, _ in check_file("sim/a.cc", text.encode())], [4])


def main():
    if sys.argv[1:] == ["--selftest"]:
        unittest.main(argv=sys.argv[:1])
    default = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths, faults = check_tree(sys.argv[1] if len(sys.argv) > 1 else default)
    for fault in faults:
        print(fault)
    print(f"{len(paths)} files, {len(faults)} faults")
    sys.exit(1 if faults or not paths else 0)


if __name__ == "__main__":
    main()
