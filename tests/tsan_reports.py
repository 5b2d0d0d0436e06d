#!/usr/bin/python3
"""Tells races of ours from those that the thread sanitizer only believes to see inside gRPC.

    tsan_reports.py LOG...       prints the races of ours; exit 1 if there are any
    tsan_reports.py --selftest   checks the checks on made-up reports

Debian's gRPC and protobuf are not instrumented, but their headers are compiled into our programs. When
the library hands a call from one of its threads to another, the sanitizer does not see the lock that
orders the two, and reports the header code on both sides. A report counts as ours if at least one
of its two accesses is made by our own code: the innermost frame, leaving out the code that anybody
may have called (the standard library, abseil, messages and their generated code), is not gRPC's and
has a name. Log files are those of TSAN_OPTIONS=log_path.
"""

import pathlib
import re
import sys
import unittest

# Code of ours that gRPC itself orders: a reactor is called back only after the method that made it
# has returned (grpcpp/impl/codegen/server_callback.h, `on_cancel_conditions_remaining_` and `Ref`).
HANDED_OVER = (
    r"WatchStream<[^>]*>::(OnCancel|OnDone|WatchStream)\b",
    r"\bStart<skein::server::",
)

# Ends and beginnings of gRPC's making: whatever the other access is, it comes before or after. The
# messages of a unary call are destroyed after its Finish; a message is parsed before the callback
# that brings it, into memory that it was given for that; a stream is deleted by its last callback.
# That ours keep to it is the address sanitizer's to say.
ORDERED = re.compile(r"DefaultMessageHolder<.*>::~DefaultMessageHolder\b"
                     r"|\bSerializationTraits<.*>::Deserialize\b|\bGenericDeserialize<"
                     r"|WatchStream<[^>]*>::~WatchStream\b")

# Code that says nothing about who is at fault: its caller is.
TRANSPARENT = re.compile(r"/usr/include/(c\+\+|google|absl)/|generated/|libsanitizer"
                         r"|^(std|google|absl)::|^operator (new|delete)")
FOREIGN = re.compile(r" /usr/include/grpc(pp|\+\+)?/|<null>")
FRAME = re.compile(r"^\s*#\d+ (.*)$", re.MULTILINE)


def innermost(stack):
    """The frame of a stack that is to blame; empty if there is none."""
    frames = FRAME.findall(stack)
    return next((frame for frame in frames if not TRANSPARENT.search(frame)), "")


def is_ours(frame):
    """Whether a frame is in our own code and not one of those that gRPC orders."""
    return (bool(frame) and not FOREIGN.search(frame)
            and not any(re.search(known, frame) for known in HANDED_OVER))


def races_of_ours(text):
    """The reports of a log that blame our code."""
    ours = []
    for report in text.split("WARNING: ThreadSanitizer: ")[1:]:
        report = report.split("SUMMARY: ")[0]
        accesses = report.split("\n\n")[:2]
        frames = [innermost(access) for access in accesses]
        ordered = any(map(ORDERED.search, frames))
        if not report.startswith("data race") or any(map(is_ours, frames)) and not ordered:
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

    def test_messages_and_abseil_are_their_callers(self):
        for message in (
                "skein::v1::Trip::Clear() proto/generated/skein/v1/trip.pb.cc:4 (test+0x1)",
                "google::protobuf::internal::Destroy() <null> (libprotobuf.so.32+0x1)",
                "google::protobuf::Set() /usr/include/google/protobuf/message.h:2 (test+0x1)",
                "absl::debian3::StatusOr<int>::value() /usr/include/absl/status/statusor.h:9 (t+0x1)"):
            frame = f"    #0 {message}\n"
            self.assertEqual(len(races_of_ours(self.report(frame + self.OURS, self.LIBRARY))), 1)
            self.assertEqual(races_of_ours(self.report(frame + self.LIBRARY, self.LIBRARY)), [])

    def test_other_libraries_are_ours_and_code_without_a_name_is_not(self):
        other = "    #0 spdlog::logger::log() /usr/include/spdlog/logger.h:3 (test+0x1)\n"
        nameless = "    #0 <null> <null> (libgrpc.so.29+0x1)\n" + self.OURS
        self.assertEqual(len(races_of_ours(self.report(other, self.LIBRARY))), 1)
        self.assertEqual(races_of_ours(self.report(nameless, nameless)), [])

    def test_what_grpc_hands_over_is_not_ours(self):
        watch = "skein::server::WatchStream<skein::v1::Update>"
        for handed in (f"{watch}::OnCancel() ../../server/grpc/watch_stream.h:5 (t+0x1)",
                       f"{watch}::OnDone() ../../server/grpc/watch_stream.h:5 (t+0x1)",
                       f"{watch}::WatchStream(int) ../../server/grpc/watch_stream.h:5 (t+0x1)",
                       "void Start<skein::server::Watch>(int) ../../server/grpc/start.cc:5 (t+0x1)"):
            stack = f"    #0 {handed}\n"
            self.assertEqual(races_of_ours(self.report(stack, self.LIBRARY)), [], handed)
            self.assertEqual(len(races_of_ours(self.report(stack, self.OURS))), 1, handed)

    def test_what_grpc_begins_or_ends_is_not_ours(self):
        for ordered in (
                "grpc::internal::DefaultMessageHolder<A, B>::~DefaultMessageHolder() "
                "/usr/include/grpcpp/support/server_callback.h:162 (t+0x1)",
                "grpc::Status grpc::GenericDeserialize<A, B>(C*, D*) "
                "/usr/include/grpcpp/impl/codegen/proto_utils.h:9 (t+0x1)",
                "grpc::SerializationTraits<A, void>::Deserialize(C*, D*) "
                "/usr/include/grpcpp/impl/codegen/proto_utils.h:9 (t+0x1)",
                "skein::server::WatchStream<A>::~WatchStream() ../../server/watch.h:22 (t+0x1)"):
            stack = f"    #0 {ordered}\n"
            self.assertEqual(races_of_ours(self.report(stack, self.OURS)), [], ordered)
            self.assertEqual(races_of_ours(self.report(self.OURS, stack)), [], ordered)

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
