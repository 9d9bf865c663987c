"""What was started and stopped by hand or by a guardrail: kept in the store, laid over the definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.experiments.definition import Experiment, Status
from candlefish.service import results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.service.store.base import Store

NAME: Final = "switches"


class Switch(msgspec.Struct):
    """What was decided of one experiment, and why. `stopped` has a reason for each stopped variant."""

    status: str | None = None
    reason: str = ""
    at_ms: int = 0
    stopped: dict[str, str] = {}


_DECODE: Final = msgspec.json.Decoder(dict[str, Switch]).decode


def load(store: Store) -> dict[str, Switch]:
    """Every switch by experiment."""
    return _DECODE(store.load_state(NAME) or "{}")


def applied(experiments: Sequence[Experiment], switches: dict[str, Switch]) -> tuple[Experiment, ...]:
    """The experiments as they are switched."""
    return tuple(_applied(experiment, switches.get(experiment.name, Switch())) for experiment in experiments)


def set_status(store: Store, experiment: str, status: Status, reason: str, now_ms: int) -> None:
    """Start or stop an experiment. Starting it gives stopped variants another chance."""

    def change(switch: Switch) -> None:
        switch.status, switch.reason, switch.at_ms = status.value, reason, now_ms
        if status is Status.RUNNING:
            switch.stopped = {}

    _change(store, experiment, change)


def stop_variant(store: Store, experiment: str, variant: str, reason: str, now_ms: int) -> None:
    """Stop one variant: who had it gets the control."""

    def change(switch: Switch) -> None:
        switch.stopped = {**switch.stopped, variant: reason}
        switch.at_ms = now_ms

    _change(store, experiment, change)


def guard(store: Store, experiments: Sequence[Experiment], now_ms: int) -> list[dict[str, str]]:
    """Stop every variant that breaks a guardrail. Returns what was stopped, and why."""
    stopped = []
    for experiment in experiments:
        if experiment.status is not Status.RUNNING or not any(m.guardrail for m in experiment.metrics):
            continue
        for variant, reason in results.broken_guardrails(store, experiment):
            stop_variant(store, experiment.name, variant, reason, now_ms)
            stopped.append({"experiment": experiment.name, "variant": variant, "reason": reason})
    return stopped


def _applied(experiment: Experiment, switch: Switch) -> Experiment:
    names = {variant.name for variant in experiment.variants} - {experiment.control}
    status = Status(switch.status) if switch.status else experiment.status
    return replace(experiment, status=status, stopped=frozenset(switch.stopped) & names)


def _change(store: Store, experiment: str, change: Any) -> None:
    while True:
        before = store.load_state(NAME)
        switches = _DECODE(before or "{}")
        change(switches.setdefault(experiment, Switch()))
        if store.save_state(NAME, before, msgspec.json.encode(switches).decode()):
            return
