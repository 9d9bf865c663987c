"""Checks and their reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from candlefish.ops import OpsError
from candlefish.ops.checks import (
    FAILED,
    PASSED,
    UNSURE,
    Check,
    CheckFailedError,
    CheckInconclusiveError,
    CheckOutcome,
    CheckReport,
    CheckSkippedError,
    check,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def raising(error: Exception) -> Callable[[], str]:
    def look() -> str:
        raise error

    return look


@pytest.mark.parametrize(
    ("look", "verdict", "finding"),
    [
        (lambda: "fine", CheckOutcome.PASSED, "fine"),
        (raising(CheckFailedError("bad")), CheckOutcome.FAILED, "bad"),
        (raising(OpsError("no answer")), CheckOutcome.FAILED, "no answer"),
        (raising(KeyError("checks")), CheckOutcome.FAILED, "KeyError: 'checks'"),
        (raising(CheckInconclusiveError("noise")), CheckOutcome.UNSURE, "noise"),
        (raising(CheckSkippedError("no TLS")), CheckOutcome.SKIPPED, "no TLS"),
    ],
)
def test_a_check(look: Callable[[], str], verdict: CheckOutcome, finding: str) -> None:
    made = check("name", look)
    assert (made.outcome, made.detail) == (verdict, finding)


CHECKS = (
    Check("health", CheckOutcome.PASSED, "well", 0.5),
    Check("frame-rate", CheckOutcome.UNSURE, "busy <machine>"),
    Check("transport", CheckOutcome.SKIPPED, "loopback"),
    Check("memory", CheckOutcome.FAILED, "64 & 20"),
)


def test_a_report_for_people_programs_and_ci() -> None:
    report = CheckReport("test", "http://127.0.0.1:1", CHECKS)
    assert report.status == FAILED
    assert "FAILED memory" in report.text()
    assert "1 passed, 1 failed, 1 can't tell, 1 skipped" in report.text()
    content = json.loads(report.json())
    assert [one["verdict"] for one in content["checks"]] == ["passed", "can't tell", "skipped", "failed"]
    suite = ET.fromstring(report.junit())
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    failure = suite.find("testcase[@name='memory']/failure")
    assert failure is not None
    assert failure.get("message") == "64 & 20"


def test_the_status_of_a_report() -> None:
    assert CheckReport("test", "", CHECKS[:1]).status == PASSED
    assert CheckReport("test", "", CHECKS[:3]).status == UNSURE
