"""Deployment and rollback, step by step, and the triggers that end a release.

Each step is written down before it is taken, and may be taken again.

    rehearse → place on the idle colour → smoke test → shift and watch, share by share → commit
                                                   ↘ roll back, at any failure ↙

A command that finds a deployment under way goes on with it, or takes it back if another release is wanted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.ops.deployment import (
    Colour,
    DeploymentStep,
    Journal,
    ReleaseMetrics,
    load_journal,
    save_journal,
)
from candlefish.ops.verify import smoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.ops.checks import Check
    from candlefish.ops.deployment import DeploymentEngine, DeploymentState
    from candlefish.ops.environments import Limits
    from candlefish.ops.release import Release, Sources

SESSIONS_MIN: Final = 5
FATAL_SHARE_MAX: Final = 0.02
MEMORY_GROWTH: Final = 1.25


def triggers(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> list[str]:
    """The reasons to roll back the new release; empty while it may stay.

    `live` is what the release before did meanwhile; without its figures the limits themselves are the bar.
    """
    reasons = [
        _errors(new, limits),
        _frames(live, new, limits),
        _memory(live, new, limits),
        _fatal(live, new),
    ]
    return [reason for reason in reasons if reason]


def _errors(new: ReleaseMetrics, limits: Limits) -> str:
    if new.requests < limits.requests_min or new.error_rate <= limits.error_rate_max:
        return ""
    most = 100 * limits.error_rate_max
    return f"error rate {100 * new.error_rate:.1f} % of {new.requests} answers, at most {most:g} %"


def _frames(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> str:
    usual = live.fps or limits.fps_min
    if new.fps is None or new.fps >= (1.0 - limits.fps_drop) * usual:
        return ""
    return f"visitors see {new.fps:.0f} frames a second where {usual:.0f} are usual"


def _memory(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> str:
    """Memory of visitors' pages, if it is above the limit and much above the release before."""
    if new.memory_mb is None or new.memory_mb <= limits.memory_max_mb:
        return ""
    if live.memory_mb is not None and new.memory_mb < MEMORY_GROWTH * live.memory_mb:
        return ""
    return f"visitors' pages hold {new.memory_mb:.0f} MB, at most {limits.memory_max_mb:g}"


def _fatal(live: ReleaseMetrics, new: ReleaseMetrics) -> str:
    """The still picture came back, for more of the visits than it does anyway."""
    if new.sessions + new.fatal < SESSIONS_MIN:
        return ""
    share = new.fatal / max(1, new.sessions + new.fatal)
    usual = live.fatal / max(1, live.sessions + live.fatal)
    if share <= FATAL_SHARE_MAX + usual:
        return ""
    return f"the fish gave up in {100 * share:.0f} % of {new.sessions + new.fatal} visits"


@dataclass(frozen=True, slots=True)
class DeploymentHooks:
    """The effects of a deployment on the outside, which tests replace.

    Attributes:
        log: print a line of progress.
        notify: send the team a message; returns the outcome in words.
        smoke: the checks of a placed release: engine, journal → checks.
        sleep: let time pass, s.
    """

    log: Callable[[str], None]
    notify: Callable[[str], str]
    smoke: Callable[[DeploymentEngine, Journal], list[Check]] = field(default=smoke)
    sleep: Callable[[float], None] = field(default=time.sleep)


def plan(engine: DeploymentEngine, release: Release) -> list[str]:
    """The steps of a deployment as text; nothing is changed."""
    environment, state = engine.environment, engine.state()
    under_way = load_journal(engine)
    if under_way is not None:
        return [
            f"go on with {under_way.release} at the step {under_way.step.value!r}"
            if under_way.release == release.id
            else f"take back {under_way.release}, which was left at the step {under_way.step.value!r}, first"
        ]
    if state.live_release == release.id:
        return [f"{release.id} is live already: nothing to do"]
    idle = state.idle
    return [
        f"release {release.id} (version {release.version}); live is {state.live_release or 'nothing'}",
        "rehearse it on a copy of what is stored",
        f"place it on {idle}, which no visitor gets, and start its service",
        f"smoke test {engine.address(idle)}: health, every file, headers, a browser that sees the fish",
        *(
            f"give it {percent} % of the visitors and watch for {environment.watch_s:g} s"
            for percent in _steps(engine, first=state.live is None)
        ),
        f"commit: {idle} is live, {state.live or 'nothing'} stays ready for a rollback",
    ]


def deploy(
    engine: DeploymentEngine, sources: Sources, hooks: DeploymentHooks, *, force: bool = False
) -> Release:
    """Bring a release to all visitors.

    Raises:
        BrokenReleaseError: it was not fit and has been taken back; visitors have the release before.
        OpsError: it could not be tried, or another deployment is under way.
    """
    with engine.lock(force=force):
        release = engine.pack(sources)
        under_way = _resume(engine, release, hooks) or _begin(engine, release, hooks)
        if under_way is not None:
            engine.ensure()
            run(engine, under_way, hooks)
        return release


def run(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> None:
    """Run the steps from the journal's on. Raises `BrokenReleaseError` after taking the release back."""
    steps: dict[DeploymentStep, Callable[[DeploymentEngine, Journal, DeploymentHooks], Journal | None]] = {
        DeploymentStep.REHEARSE: _rehearse,
        DeploymentStep.PLACE: _place,
        DeploymentStep.SMOKE: _smoke,
        DeploymentStep.SHIFT: _shift,
        DeploymentStep.COMMIT: _commit,
    }
    left: Journal | None = journal
    while (current := left) is not None:
        save_journal(engine, current)
        if current.step is DeploymentStep.BACK:
            take_back(engine, current, hooks)
            raise BrokenReleaseError(f"{current.release} was taken back: {current.reason}")
        try:
            left = steps[current.step](engine, current, hooks)
        except BrokenReleaseError as error:
            left = current.at(DeploymentStep.BACK, reason=str(error))


def _resume(engine: DeploymentEngine, release: Release, hooks: DeploymentHooks) -> Journal | None:
    """The interrupted deployment of this release, if there is one; one of another release is rolled back."""
    left = load_journal(engine)
    if left is None:
        return None
    if left.release != release.id:
        hooks.log(f"{left.release} was left at the step {left.step.value!r}: it is taken back")
        take_back(engine, left.at(DeploymentStep.BACK, reason="another release was wanted"), hooks)
        return None
    hooks.log(f"{left.release} goes on at the step {left.step.value!r}")
    # What was started for a smoke test may have ended since.
    return left.at(DeploymentStep.PLACE) if left.step is DeploymentStep.SMOKE else left


def _begin(engine: DeploymentEngine, release: Release, hooks: DeploymentHooks) -> Journal | None:
    state = engine.state()
    if state.live_release == release.id and state.live is not None:
        engine.ensure()
        hooks.log(f"{release.id} is live already")
        return None
    hooks.log(f"release {release.id} goes to {state.idle}; live is {state.live_release or 'nothing'}")
    engine.audit({"event": "deploy", "release": release.id, "before": state.live_release})
    return Journal(release.id, state.idle, state.live_release, began_s=time.time())


def _rehearse(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> Journal:
    live = engine.release(journal.before) if journal.before else None
    for line in engine.rehearse(engine.release(journal.release), live):
        hooks.log(f"rehearsed {line}")
    return journal.at(DeploymentStep.PLACE)


def _place(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> Journal:
    engine.place(engine.release(journal.release), journal.colour)
    hooks.log(f"placed on {journal.colour}: {engine.address(journal.colour)}")
    return journal.at(DeploymentStep.SMOKE)


def _smoke(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> Journal:
    checks = hooks.smoke(engine, journal)
    for one in checks:
        hooks.log(f"  {one.outcome}: {one.name}: {one.detail}")
    bad = [f"{one.name}: {one.detail}" for one in checks if one.outcome == "failed"]
    if bad:
        raise BrokenReleaseError(f"smoke test: {'; '.join(bad)}")
    return journal.at(DeploymentStep.SHIFT)


def _shift(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> Journal:
    percent = next(step for step in _steps(engine, first=journal.before is None) if step > journal.share)
    mark = engine.mark()
    engine.shift(journal.colour, percent)
    hooks.log(f"{percent} % of the visitors see {journal.release}")
    metrics = _watch(engine, journal, mark, hooks)
    _record(engine, "shift", journal, metrics, percent)
    step = DeploymentStep.COMMIT if percent == 100 else DeploymentStep.SHIFT
    return journal.at(step, share=percent)


def _watch(
    engine: DeploymentEngine, journal: Journal, mark: object, hooks: DeploymentHooks
) -> dict[Colour, ReleaseMetrics]:
    """Watch the metrics for the time of a share. Raises `BrokenReleaseError` at the first trigger."""
    environment = engine.environment
    until_s = time.monotonic() + environment.watch_s
    while True:
        metrics = engine.metrics(mark)
        live = metrics.get(journal.colour.other, ReleaseMetrics())
        reasons = triggers(live, metrics.get(journal.colour, ReleaseMetrics()), environment.limits)
        if reasons:
            _record(engine, "trigger", journal, metrics, engine.state().shares[journal.colour])
            raise BrokenReleaseError("; ".join(reasons))
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            return metrics
        hooks.sleep(min(engine.look_s, left_s))


def _record(
    engine: DeploymentEngine,
    event: str,
    journal: Journal,
    metrics: dict[Colour, ReleaseMetrics],
    percent: int,
) -> None:
    """Add the metrics of the new release to the audit log."""
    new = metrics.get(journal.colour, ReleaseMetrics())
    figures = {"requests": new.requests, "failed": new.failed, "fps": new.fps, "memory_mb": new.memory_mb}
    engine.audit({"event": event, "release": journal.release, "percent": percent, **figures})


def _commit(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> None:
    engine.commit(journal.colour, back=False)
    save_journal(engine, None)
    took_s = time.time() - journal.began_s
    engine.audit(
        {"event": "live", "release": journal.release, "before": journal.before, "took_s": round(took_s, 1)}
    )
    gone = engine.prune()
    hooks.log(f"{journal.release} is live" + (f"; removed {', '.join(gone)}" if gone else ""))
    where = engine.environment.name
    hooks.log(hooks.notify(f":tropical_fish: {where}: {journal.release} is live, in {took_s:.0f} s"))


def take_back(engine: DeploymentEngine, journal: Journal, hooks: DeploymentHooks) -> None:
    """Give all visitors the release before; what the new one's service has under way is answered."""
    save_journal(engine, journal)
    share = engine.state().shares[journal.colour]
    engine.shift(journal.colour, 0)
    engine.withdraw(journal.colour)
    entry = {"event": "taken back", "release": journal.release, "before": journal.before}
    engine.audit({**entry, "reason": journal.reason, "share": share})
    save_journal(engine, None)
    hooks.log(f"visitors have {journal.before or 'nothing, as before'}; {journal.reason}")
    where = engine.environment.name
    hooks.log(hooks.notify(f":warning: {where}: {journal.release} was taken back: {journal.reason}"))


def _steps(engine: DeploymentEngine, *, first: bool) -> tuple[int, ...]:
    """The shares; the first release has nobody to share with."""
    return (100,) if first else engine.environment.steps_percent


def target(state: DeploymentState, wanted: str | None) -> str:
    """The release to go back to: the one named, else the one that was live before.

    Raises:
        OpsError: there is none, or it is live already.
    """
    if wanted is None:
        if len(state.history) < 2:
            raise OpsError("there is no release before this one to go back to")
        return state.history[1]
    if wanted == state.live_release:
        raise OpsError(f"{wanted} is live already")
    return wanted


def rollback(
    engine: DeploymentEngine, hooks: DeploymentHooks, *, wanted: str | None = None, force: bool = False
) -> str:
    """Give visitors an earlier release. Returns its name.

    A deployment under way is taken back first; without a release named, that is the rollback.

    Raises:
        OpsError: there is none to go back to, or it is not whole any more.
    """
    began_s = time.monotonic()
    with engine.lock(force=force):
        under_way = load_journal(engine)
        if under_way is not None:
            take_back(engine, under_way.at(DeploymentStep.BACK, reason="a rollback was asked for"), hooks)
            if wanted is None and under_way.before is not None:
                engine.ensure()
                return under_way.before
        state = engine.state()
        name = target(state, wanted)
        release = engine.release(name)
        if changed := release.changed_files():
            raise OpsError(f"{name} is not whole any more: {changed[0]}")
        colour = state.idle
        engine.place(release, colour)
        engine.shift(colour, 100)
        engine.commit(colour, back=True)
        took_s = round(time.monotonic() - began_s, 2)
        engine.audit({"event": "rollback", "release": name, "before": state.live_release, "took_s": took_s})
    hooks.log(f"visitors have {name}, after {took_s:.1f} s")
    message = f":rewind: {engine.environment.name}: rolled back from {state.live_release} to {name}"
    hooks.log(hooks.notify(message))
    return name
