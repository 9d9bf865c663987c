"""Checks: outcome, reports (text, JSON, JUnit XML), and the memory that they store."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.sim import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PASSED, FAILED, UNSURE, COULD_NOT = range(4)
"""Exit statuses, like those of the bench."""
TRUST: Final = 64.0
"""The trust of the memory that checks store, 0…100."""


class CheckOutcome(StrEnum):
    """The outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNSURE = "can't tell"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """A finished check: its outcome, the finding as text, and its duration."""

    name: str
    outcome: CheckOutcome
    detail: str
    took_s: float = 0.0


class CheckFailedError(Exception):
    """A check failed."""


class CheckInconclusiveError(Exception):
    """A check can be neither passed nor failed here and now."""


class CheckSkippedError(Exception):
    """A check does not apply here."""


def check(name: str, look: Callable[[], str]) -> Check:
    """Run a check: `look` returns the finding of one that passed, and raises otherwise."""
    began_s = time.monotonic()
    try:
        outcome, detail = CheckOutcome.PASSED, look()
    except CheckInconclusiveError as error:
        outcome, detail = CheckOutcome.UNSURE, str(error)
    except CheckSkippedError as error:
        outcome, detail = CheckOutcome.SKIPPED, str(error)
    except (CheckFailedError, OpsError, OSError, ValueError, LookupError, TypeError) as error:
        plain = isinstance(error, CheckFailedError | OpsError)
        outcome, detail = CheckOutcome.FAILED, str(error) if plain else f"{type(error).__name__}: {error}"
    return Check(name, outcome, detail, time.monotonic() - began_s)


def failures(checks: Iterable[Check]) -> list[str]:
    """The findings of failed checks."""
    return [f"{one.name}: {one.detail}" for one in checks if one.outcome is CheckOutcome.FAILED]


_MARKS: Final = {
    CheckOutcome.PASSED: "ok",
    CheckOutcome.FAILED: "FAILED",
    CheckOutcome.UNSURE: "?",
    CheckOutcome.SKIPPED: "-",
}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A report of checks at an address: as text, JSON and JUnit XML."""

    environment: str
    address: str
    checks: tuple[Check, ...]

    @property
    def status(self) -> int:
        """0: all passed, 1: a check failed, 2: a check was inconclusive."""
        outcomes = {one.outcome for one in self.checks}
        if CheckOutcome.FAILED in outcomes:
            return FAILED
        return UNSURE if CheckOutcome.UNSURE in outcomes else PASSED

    def text(self) -> str:
        """A line for each check."""
        width = max(len(one.name) for one in self.checks)
        lines = [f"{self.environment} at {self.address}"]
        lines += [
            f"  {_MARKS[one.outcome]:6} {one.name:{width}}  {one.detail}  ({one.took_s:.1f} s)"
            for one in self.checks
        ]
        counts = [f"{sum(one.outcome is kind for one in self.checks)} {kind}" for kind in CheckOutcome]
        return "\n".join([*lines, ", ".join(counts)])

    def json(self) -> str:
        """Everything, as JSON."""
        checks = [
            {"name": c.name, "verdict": c.outcome.value, "found": c.detail, "took_s": round(c.took_s, 3)}
            for c in self.checks
        ]
        head = {"environment": self.environment, "address": self.address, "status": self.status}
        return json.dumps({**head, "checks": checks}, indent=2) + "\n"

    def junit(self) -> str:
        """The report as JUnit XML, where inconclusive checks are errors."""
        count = {kind: str(sum(one.outcome is kind for one in self.checks)) for kind in CheckOutcome}
        suite = ET.Element(
            "testsuite",
            name=f"candlefish verify {self.environment}",
            tests=str(len(self.checks)),
            failures=count[CheckOutcome.FAILED],
            errors=count[CheckOutcome.UNSURE],
            skipped=count[CheckOutcome.SKIPPED],
            time=f"{sum(one.took_s for one in self.checks):.3f}",
        )
        tags = {CheckOutcome.FAILED: "failure", CheckOutcome.UNSURE: "error", CheckOutcome.SKIPPED: "skipped"}
        for one in self.checks:
            case = ET.SubElement(
                suite, "testcase", classname="candlefish.verify", name=one.name, time=f"{one.took_s:.3f}"
            )
            if tag := tags.get(one.outcome):
                ET.SubElement(case, tag, message=one.detail)
            else:
                ET.SubElement(case, "system-out").text = one.detail
        ET.indent(suite)
        return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def friend() -> dict[str, object]:
    """The memory of a trusted visitor who left just now, in the oldest format."""
    now_ms = time.time_ns() // 1_000_000
    return {"trustLevel": TRUST, "lastInteraction": now_ms, "visitDates": [now_ms]}


def trust_of(text: str) -> float:
    """The trust in a stored memory, 0…100. Raises `BrokenReleaseError` if anything in it cannot be read."""
    parsed = memory.parse_memory(text, now_ms=time.time() * 1000.0, device="ops")
    if parsed.damaged:
        raise BrokenReleaseError(f"a stored memory is damaged: {parsed.problems[0]}")
    return memory.trust_of(parsed.memory)
