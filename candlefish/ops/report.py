"""A report of checks: for people, for programs, and for CI."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from candlefish.ops.checks import Verdict

if TYPE_CHECKING:
    from candlefish.ops.checks import Check

PASSED, FAILED, UNSURE, COULD_NOT = range(4)
"""Exit statuses, as the bench's."""
_MARKS: Final = {Verdict.PASSED: "ok", Verdict.FAILED: "FAILED", Verdict.UNSURE: "?", Verdict.SKIPPED: "-"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, at which address."""

    environment: str
    address: str
    checks: tuple[Check, ...]

    @property
    def status(self) -> int:
        """0 all passed, 1 something failed, 2 something cannot be told."""
        verdicts = {one.verdict for one in self.checks}
        if Verdict.FAILED in verdicts:
            return FAILED
        return UNSURE if Verdict.UNSURE in verdicts else PASSED

    def text(self) -> str:
        """A line for each check."""
        width = max(len(one.name) for one in self.checks)
        lines = [f"{self.environment} at {self.address}"]
        lines += [
            f"  {_MARKS[one.verdict]:6} {one.name:{width}}  {one.found}  ({one.took_s:.1f} s)"
            for one in self.checks
        ]
        counts = [f"{sum(one.verdict is kind for one in self.checks)} {kind}" for kind in Verdict]
        return "\n".join([*lines, ", ".join(counts)])

    def json(self) -> str:
        """Everything, as JSON."""
        checks = [
            {"name": c.name, "verdict": c.verdict.value, "found": c.found, "took_s": round(c.took_s, 3)}
            for c in self.checks
        ]
        said = {"environment": self.environment, "address": self.address, "status": self.status}
        return json.dumps({**said, "checks": checks}, indent=2) + "\n"

    def junit(self) -> str:
        """A JUnit report; what cannot be told is an error there, as it must not pass unseen."""
        count = {kind: str(sum(one.verdict is kind for one in self.checks)) for kind in Verdict}
        suite = ET.Element(
            "testsuite",
            name=f"candlefish verify {self.environment}",
            tests=str(len(self.checks)),
            failures=count[Verdict.FAILED],
            errors=count[Verdict.UNSURE],
            skipped=count[Verdict.SKIPPED],
            time=f"{sum(one.took_s for one in self.checks):.3f}",
        )
        tags = {Verdict.FAILED: "failure", Verdict.UNSURE: "error", Verdict.SKIPPED: "skipped"}
        for one in self.checks:
            case = ET.SubElement(
                suite, "testcase", classname="candlefish.verify", name=one.name, time=f"{one.took_s:.3f}"
            )
            if tag := tags.get(one.verdict):
                ET.SubElement(case, tag, message=one.found)
            else:
                ET.SubElement(case, "system-out").text = one.found
        ET.indent(suite)
        return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
