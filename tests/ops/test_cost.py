"""The cost model: from measured figures and dated prices, and from nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from candlefish import cli
from candlefish.ops import cost
from tests.ops.measure_session import store_figures

MEASURED = Path(cost.__file__).with_name("session_batches.jsonl")


def test_a_million_visits_cost_far_less_than_the_guide_expects() -> None:
    visit, prices = cost.load()
    assert cost.total(cost.bill(1e6, visit, prices)) < cost.ESTIMATE


def test_the_store_is_asked_for_what_was_measured() -> None:
    """The recorded batches, stored again: the figures of the model are the code's, not somebody's guess."""
    bodies = [line.encode() for line in MEASURED.read_text(encoding="utf-8").splitlines()]
    visit, _ = cost.load()
    figures = store_figures(bodies)
    assert figures["write_units"] == pytest.approx(visit.write_units, rel=0.15)
    assert figures["stored_bytes"] == pytest.approx(visit.stored_bytes, rel=0.15)
    assert figures["log_bytes"] == pytest.approx(visit.log_bytes, rel=0.15)
    assert visit.batches == len(bodies) / 2


def test_more_of_anything_costs_more() -> None:
    visit, prices = cost.load()
    base = cost.total(cost.bill(1e8, visit, prices))
    for name in ("site_bytes", "batches", "service_requests", "service_ms", "write_units", "stored_bytes"):
        more = replace(visit, **{name: 2 * getattr(visit, name)})
        assert cost.total(cost.bill(1e8, more, prices)) > base, name
    assert cost.total(cost.bill(2e8, visit, prices)) == pytest.approx(2 * base, rel=0.05)


def test_each_lever_is_worth_something() -> None:
    visit, prices = cost.load()
    bills = {name: cost.total(cost.bill(1e8, other, prices)) for name, other in cost.levers(visit).items()}
    usual = bills.pop("as it is")
    taken_back = ("no cache in the browser", "batches every 5 s instead of 15 s")
    assert all(bills.pop(name) > usual for name in taken_back)
    assert len(bills) == 2
    assert all(bill < usual for bill in bills.values())


def test_what_breaks_first_is_named_and_met_before_a_billion() -> None:
    visit, _ = cost.load()
    limits = cost.breaks(visit)
    assert limits == sorted(limits, key=lambda one: one[1])
    name, at = limits[0]
    peak_s = at / cost.MONTH_S * cost.PEAK
    assert peak_s > 0
    assert name in cost.LIMITS


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "bill.svg"
    assert cli.main(["cost", "--sessions", "1000000", "--svg", str(picture)]) == 0
    printed = capsys.readouterr().out
    visit, prices = cost.load()
    assert f"${cost.total(cost.bill(1e6, visit, prices)):>12,.2f}" in printed
    assert "a first estimate: $425" in printed
    assert picture.read_text(encoding="utf-8").startswith("<svg ")
    assert cli.main(["cost", "--sessions", "-1"]) == 3


def test_recorded_batches_hold_nothing_personal() -> None:
    for line in MEASURED.read_text(encoding="utf-8").splitlines():
        assert set(json.loads(line)) == {"v", "client", "session", "sent_ms", "events"}
