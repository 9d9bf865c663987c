"""Overrides of experiments: started and stopped by hand or by a guardrail, kept in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.experiments.definition import Experiment, Status
from candlefish.service.experiments import broken_guardrails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.service.store.base import StateStore, Store

NAME: Final = "switches"
"""Key of the overrides in the store."""


class Override(msgspec.Struct):
    """Override of one experiment. `stopped` has a reason for each stopped variant."""

    status: str | None = None
    reason: str = ""
    at_ms: int = 0
    stopped: dict[str, str] = {}


_DECODE: Final = msgspec.json.Decoder(dict[str, Override]).decode


def load(store: StateStore) -> dict[str, Override]:
    """Every override by experiment."""
    return _DECODE(store.load_state(NAME) or "{}")


def apply(experiments: Sequence[Experiment], overrides: dict[str, Override]) -> tuple[Experiment, ...]:
    """The experiments with their overrides applied."""
    return tuple(_apply(experiment, overrides.get(experiment.name, Override())) for experiment in experiments)


def set_status(store: StateStore, experiment: str, status: Status, reason: str, now_ms: int) -> None:
    """Start or stop an experiment. Starting it also starts its stopped variants."""

    def change(override: Override) -> None:
        override.status, override.reason, override.at_ms = status.value, reason, now_ms
        if status is Status.RUNNING:
            override.stopped = {}

    _change(store, experiment, change)


def stop_variant(store: StateStore, experiment: str, variant: str, reason: str, now_ms: int) -> None:
    """Stop one variant: its units get the control."""

    def change(override: Override) -> None:
        override.stopped = {**override.stopped, variant: reason}
        override.at_ms = now_ms

    _change(store, experiment, change)


def enforce_guardrails(store: Store, experiments: Sequence[Experiment], now_ms: int) -> list[dict[str, str]]:
    """Stop every variant that breaks a guardrail. Returns what was stopped, and why."""
    stopped = []
    for experiment in experiments:
        if experiment.status is not Status.RUNNING or not any(m.guardrail for m in experiment.metrics):
            continue
        for variant, reason in broken_guardrails(store, experiment):
            stop_variant(store, experiment.name, variant, reason, now_ms)
            stopped.append({"experiment": experiment.name, "variant": variant, "reason": reason})
    return stopped


def _apply(experiment: Experiment, override: Override) -> Experiment:
    names = {variant.name for variant in experiment.variants} - {experiment.control}
    status = Status(override.status) if override.status else experiment.status
    return replace(experiment, status=status, stopped=frozenset(override.stopped) & names)


def _change(store: StateStore, experiment: str, change: Any) -> None:
    while True:
        before = store.load_state(NAME)
        overrides = _DECODE(before or "{}")
        change(overrides.setdefault(experiment, Override()))
        if store.save_state(NAME, before, msgspec.json.encode(overrides).decode()):
            return
