"""Reads events files: one canonical protobuf JSON object (skein.v1.EventsFileLine) a line.

64-bit integers are strings, absent fields have their proto3 default, enumerators have a prefix.
"""

import json

PREFIXES = ("TRIP_OUTCOME_", "CANCEL_REASON_", "ADVISORY_KIND_", "REFUSAL_", "GUARD_RULE_",
            "RESOURCE_")
LINE_KINDS = ("header", "event", "decision", "effect", "summary")


class Malformed(Exception):
    """A line that is not what the schema says."""


class Fields:
    """One message of a line, read field by field."""

    def __init__(self, values):
        if not isinstance(values, dict):
            raise Malformed(f"expected an object, found {values!r}")
        self._values = values

    def has(self, key):
        """Whether the field is present."""
        return key in self._values

    def number(self, key):
        """An integer; 0 if absent."""
        return whole(self._values.get(key, 0), key)

    def optional_number(self, key):
        """An integer, or None if absent."""
        return whole(self._values[key], key) if key in self._values else None

    def ms(self, key):
        """The time or duration in milliseconds `keyMs`."""
        return self.number(key + "Ms")

    def optional_ms(self, key):
        """As `ms`, or None if absent."""
        return self.optional_number(key + "Ms")

    def numbers(self, key):
        """A list of integers."""
        return [whole(value, key) for value in self._values.get(key, [])]

    def rates(self, key):
        """A list of floating-point numbers."""
        return [float(value) for value in self._values.get(key, [])]

    def name(self, key):
        """A text."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise Malformed(f"{key}: expected a text, found {value!r}")
        return value

    def optional_name(self, key):
        """A text, or None if absent or empty."""
        return self.name(key) or None

    def flag(self, key, default=False):
        """A truth value."""
        return bool(self._values.get(key, default))

    def enum(self, key):
        """An enumerator without its prefix."""
        value = self.name(key)
        for prefix in PREFIXES:
            if value.startswith(prefix):
                return value[len(prefix):]
        return value

    def record(self, key):
        """A message in a field."""
        return Fields(self._values.get(key, {}))

    def action(self):
        """Of a decision: ("hold", "") or ("fly", destination)."""
        if "fly" in self._values:
            return "fly", self.record("fly").name("destination")
        if "hold" in self._values:
            return "hold", ""
        raise Malformed("a decision without an action")

    def variant(self, besides=()):
        """The one field that is set, besides those named: (key, its message)."""
        keys = [key for key in self._values if key not in besides]
        if len(keys) != 1:
            raise Malformed(f"expected one of several fields, found {keys}")
        return keys[0], self.record(keys[0])

    def raw(self):
        """The values as they were read."""
        return self._values


def whole(value, key):
    """An integer that may be written as a string."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Malformed(f"{key}: expected an integer, found {value!r}")
    try:
        return int(value)
    except ValueError as error:
        raise Malformed(f"{key}: expected an integer, found {value!r}") from error


def read_lines(lines):
    """Yields (line number, kind, Fields) of each line that is not empty."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            kind, fields = Fields(json.loads(text)).variant()
        except (ValueError, Malformed) as error:
            raise Malformed(f"line {number}: {error}") from error
        if kind not in LINE_KINDS:
            raise Malformed(f"line {number}: unknown kind {kind!r}")
        yield number, kind, fields
