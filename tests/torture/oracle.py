"""Holds what clients were told against what the store has, without any code of the service.

Checked: the hash chain of every journal; that decisions and events have no gap or double; that every
acknowledged answer is stored, byte for byte; that what was refused is not; that every decision and
every operator's event belongs to one stored answer, so that nothing in doubt happened twice; and that
no aircraft that is in the air is sent on another flight. `skein replay --verify` then checks the digests.

A stored answer names its decisions by number and digest. The journal has the rest of them, without what
a refusal means in words.
"""

import base64
import collections
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "examples"))
from skein_stubs import v1  # noqa: E402

EVENT, DECISION = 1, 2  # kinds of journal records
NO_RECORD = bytes(32)
REQUESTLESS = ("GetNetwork", "IngestEvent")


def chain_hash(previous, network, row):
    """The hash of a record that follows one with the hash `previous`; see docs/durability.md."""
    def fixed(value):
        return struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF)

    def optional(value):
        return (b"\0" if value is None else b"\1") + fixed(value or 0)

    def text(value):
        return fixed(len(value)) + value
    return hashlib.sha256(
        previous + text(network.encode()) + fixed(row["sequence"]) + fixed(row["time_ms"]) +
        fixed(row["kind"]) + optional(row["subject"]) + optional(row["number"]) +
        optional(row["digest"]) + text(row["payload"])).digest()


def read_history(path):
    """The operations of a load's journal, in the order of their beginning."""
    operations = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            key = (entry["client"], entry["operation"])
            if entry["event"] == "invoke":
                operations[key] = dict(entry, outcome="unknown")
            else:
                operations[key]["outcome"] = entry["event"]
                operations[key]["response"] = base64.b64decode(entry["response"])
                operations[key]["error"] = entry["error"]
    return list(operations.values())


class Journal:
    """One network as it is in the store, checked while it is read."""

    def __init__(self, row):
        self.name = row["id"]
        self.head = (row["head_sequence"], row["head_hash"])
        self.sequence, self.hash = 0, NO_RECORD
        self.decisions = []  # messages, by number
        self.last_of = collections.Counter()  # events by source
        self.operator_events = 0
        self.in_the_air = set()  # names of aircraft

    def read(self, row):
        self.sequence += 1
        assert row["sequence"] == self.sequence, f"{self.name}: record {self.sequence} is missing"
        assert row["prev_hash"] == self.hash, f"{self.name}: the chain breaks at {self.sequence}"
        self.hash = chain_hash(self.hash, self.name, row)
        assert row["hash"] == self.hash, f"{self.name}: record {self.sequence} is damaged"
        message = v1.JournalRecord.FromString(row["payload"])
        if row["kind"] == EVENT:
            self._read_event(message.event)
        if row["kind"] == DECISION:
            self._read_decision(row, message.decision)

    def _read_event(self, message):
        self.operator_events += message.source == "operator"
        if message.source_sequence:
            self.last_of[message.source] += 1
            assert message.source_sequence == self.last_of[message.source], \
                f"{self.name}: an event of {message.source} is missing or double"
        if message.event.HasField("took_off"):
            aircraft = message.event.took_off.aircraft
            assert aircraft not in self.in_the_air, f"{self.name}: {aircraft} takes off twice"
            self.in_the_air.add(aircraft)
        if message.event.HasField("landed"):
            self.in_the_air.discard(message.event.landed.aircraft)

    def _read_decision(self, row, decision):
        assert row["number"] == decision.id == len(self.decisions), \
            f"{self.name}: a decision is missing or double at {row['number']}"
        assert int(decision.digest, 16) == row["digest"] & 0xFFFFFFFFFFFFFFFF, self.name
        self.decisions.append(decision)
        aircraft = decision.decision.aircraft
        assert aircraft not in self.in_the_air, f"{self.name}: {aircraft} is booked twice"

    def check(self):
        assert self.head == (self.sequence, self.hash), f"{self.name}: the head is not the end"


def check(store, history_path, figures):
    """Raises AssertionError if a promise was broken; adds to `figures`."""
    networks = {row["network_key"]: Journal(row) for row in store.rows("network")}
    for row in store.rows("journal"):
        networks[row["network_key"]].read(row)
    journals = {journal.name: journal for journal in networks.values()}
    for journal in journals.values():
        journal.check()
    answers = {(networks[row["network_key"]].name, row["method"], row["request_id"]):
               row["response"] for row in store.rows("response")}
    for operation in read_history(history_path):
        figures[operation["outcome"]] += 1
        _check_operation(operation, journals, answers)
    _check_totals(journals, answers)
    figures["records"] += sum(journal.sequence for journal in journals.values())
    figures["decisions"] += sum(len(journal.decisions) for journal in journals.values())
    return journals


def _read_answer(method, answer):
    """An answer as a message, and its decisions."""
    message = getattr(v1, method + "Response").FromString(answer)
    if method == "DispatchAll":
        return message, message.decisions
    return message, [message.decision] if method == "RequestDecision" else []


def _check_answer(what, method, given, stored, journal):
    """What the client was given is what the store has: the answer, and the decisions in it."""
    message, decisions = _read_answer(method, given)
    for decision in decisions:
        kept = v1.DecisionRecord.FromString(journal.decisions[decision.id].SerializeToString())
        kept.digest = decision.digest
        name = v1.DecisionRecord(id=decision.id, digest=decision.digest)
        for row in decision.destinations:
            row.ClearField("sentence")
            row.ClearField("rule")
        assert decision == kept, f"{what}: another decision is in the journal"
        decision.CopyFrom(name)
    assert stored == message.SerializeToString(), f"{what}: another answer is in the store"


def _check_operation(operation, journals, answers):
    what = f"{operation['client']}, operation {operation['operation']}, {operation['method']}"
    outcome, journal = operation["outcome"], journals.get(operation["network"])
    assert journal is not None or outcome != "ok", f"{what}: the network is not in the store"
    if operation["method"] == "IngestEvent" and outcome == "ok":
        assert operation["sourceSequence"] <= journal.last_of[operation["source"]], \
            f"{what}: acknowledged, but not in the journal"
    if operation["method"] in REQUESTLESS:
        return
    stored = answers.get((operation["network"], operation["method"], operation["requestId"]))
    if outcome == "ok":
        assert stored is not None, f"{what}: acknowledged, but not in the store"
        _check_answer(what, operation["method"], operation["response"], stored, journal)
    if outcome == "fail":
        assert stored is None, f"{what}: refused ({operation['error']}), but in the store"


def _check_totals(journals, answers):
    """Every decision and every event of the operator belongs to exactly one stored answer."""
    numbers = collections.defaultdict(list)
    events = collections.Counter()
    for (network, method, _), response in answers.items():
        if method in ("RequestDecision", "DispatchAll"):
            numbers[network].extend(_read_answer(method, response)[1])
        elif method != "CreateNetwork":
            events[network] += 1
    for name, journal in journals.items():
        answered = sorted((each.id, each.digest) for each in numbers[name])
        kept = [(each.id, each.digest) for each in journal.decisions]
        assert answered == kept, f"{name}: decisions of the journal are not those answered"
        assert events[name] == journal.operator_events, \
            f"{name}: {journal.operator_events} events of the operator, {events[name]} answers"


def replay(skein, store, journals):
    """Every journal replays to its digests and its choices, by the service's own code."""
    for name, journal in journals.items():
        done = subprocess.run(
            [skein, "replay", "--store", store.url, "--network", name, "--verify", "--ask-again",
             "--json"],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name} does not replay: {done.stderr}"
        report = json.loads(done.stdout)
        assert report["verified"] and int(report["decisions"]) == len(journal.decisions), report
        again = report["again"]
        assert again.get("choices", 0) == again.get("sameBits", 0), again
