"""A deployment, step by step; each is written down before it is taken, and may be taken again.

    rehearse → place on the idle colour → smoke test → shift and watch, share by share → commit
                                                   ↘ roll back, at any failure ↙

A command that finds a deployment under way goes on with it, or takes it back if another release is wanted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from candlefish.ops.deployment import (
    Colour,
    DeploymentStep,
    Journal,
    ReleaseMetrics,
    load_journal,
    save_journal,
)
from candlefish.ops.errors import BrokenReleaseError
from candlefish.ops.triggers import triggers
from candlefish.ops.verify import smoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.ops.checks import Check
    from candlefish.ops.deployment import DeploymentEngine
    from candlefish.ops.release import Release, Sources


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
    """What a deployment of a release would do, in words; nothing is changed."""
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
    """The deployment of this release that was left, if there is one; another's is taken back."""
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
