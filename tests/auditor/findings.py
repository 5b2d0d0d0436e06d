"""Collects what the auditor disagrees with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One disagreement: where it is in the file, which check found it, and the figures."""

    line: int
    check: str
    message: str


class Findings:
    """The disagreements of one file, in file order."""

    def __init__(self):
        self.line = 0
        self.items = []
        self.checks = 0

    def require(self, condition, check, message, *figures):
        """Records `message.format(*figures)` unless `condition`; says whether it held."""
        self.checks += 1
        if not condition:
            self.items.append(Finding(self.line, check, message.format(*figures)))
        return bool(condition)

    def fail(self, check, message, *figures):
        """Records a disagreement."""
        self.require(False, check, message, *figures)
