#!/usr/bin/python3
"""Tells races of ours from those that the thread sanitizer only believes to see inside gRPC.

    tsan_reports.py LOG...       prints the races of ours; exit 1 if there are any
    tsan_reports.py --selftest   checks the checks on made-up reports

Debian's gRPC and protobuf are not instrumented, but their headers are compiled into our programs. When
the library hands a call from one of its threads to another, the sanitizer does not see the lock that
orders the two, and reports the header code on both sides. A report counts as ours if at least one
of its two accesses is made by our own code: the innermost frame, leaving out the standard library,
lies in our sources and not in generated code. Log files are those of TSAN_OPTIONS=log_path.
"""

import pathlib
import re
import sys
import unittest

# Handed over by gRPC itself: a reactor is called back only after the method that made it has
# returned (grpcpp/impl/codegen/server_callback.h, `on_cancel_conditions_remaining_` and `Ref`), and
# is deleted by its last callback.
HANDED_OVER = (
    r"WatchStream<[^>]*>::(OnCancel|OnDone|WatchStream)\b",
    r"\bStart<skein::server::",
)

STANDARD_LIBRARY = re.compile(r"/usr/include/c\+\+/|libsanitizer|^std::|^operator (new|delete)")
FRAME = re.compile(r"^\s*#\d+ (.*)$", re.MULTILINE)
LIBRARIES = re.compile(r" /usr/include/|generated/|<null>")


def innermost(stack):
    """The frame of a stack that is to blame; empty if there is none."""
    frames = FRAME.findall(stack)
    return next((frame for frame in frames if not STANDARD_LIBRARY.search(frame)), "")


def is_ours(frame):
    """Whether a frame is in our own code and not one of those that gRPC orders."""
    return (bool(frame) and not LIBRARIES.search(frame)
            and not any(re.search(known, frame) for known in HANDED_OVER))


def races_of_ours(text):
    """The reports of a log that blame our code."""
    ours = []
    for report in text.split("WARNING: ThreadSanitizer: ")[1:]:
        report = report.split("SUMMARY: ")[0]
        accesses = report.split("\n\n")[:2]
        frames = [innermost(access) for access in accesses]
        if not report.startswith("data race") or any(map(is_ours, frames)):
            ours.append(report)
    return ours


class Selftest(unittest.TestCase):
    """Made-up reports."""

    LIBRARY = ("    #0 std::atomic<int>::store() /usr/include/c++/12/atomic:1 (test+0x1)\n"
               "    #1 grpc::internal::Call::Unref() /usr/include/grpcpp/call.h:9 (test+0x2)\n"
               "    #2 skein::server::Run() ../../server/run.cc:3 (test+0x3)\n")
    OURS = ("    #0 std::vector<int>::push_back(int) /usr/include/c++/12/vector:1 (test+0x1)\n"
            "    #1 skein::server::Queue::Push() ../../server/queue.cc:7 (test+0x4)\n")

    def report(self, first, second, what="data race"):
        """A log with one report."""
        return (f"WARNING: ThreadSanitizer: {what} (pid=1)\n  Write by thread T1:\n{first}\n"
                f"  Previous write by thread T2:\n{second}\n  Location is heap\nSUMMARY: x\n")

    def test_a_race_within_the_library_is_not_ours(self):
        self.assertEqual(races_of_ours(self.report(self.LIBRARY, self.LIBRARY)), [])

    def test_a_race_with_our_code_on_one_side_is_ours(self):
        self.assertEqual(len(races_of_ours(self.report(self.LIBRARY, self.OURS))), 1)
        self.assertEqual(len(races_of_ours(self.report(self.OURS, self.LIBRARY))), 1)

    def test_anything_but_a_race_is_ours(self):
        text = self.report(self.LIBRARY, self.LIBRARY, "lock-order-inversion")
        self.assertEqual(len(races_of_ours(text)), 1)


def main(arguments):
    if arguments == ["--selftest"]:
        return 0 if unittest.main(argv=[sys.argv[0]], exit=False).result.wasSuccessful() else 1
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    reports = [text for name in arguments
               for text in races_of_ours(pathlib.Path(name).read_text("utf-8", "replace"))]
    for report in reports:
        print(report)
    print(f"{len(arguments)} logs, {len(reports)} races of ours")
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
