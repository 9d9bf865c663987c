"""A deployment, step by step; each is written down before it is taken, and may be taken again.

    rehearse → place on the idle colour → smoke test → shift and watch, share by share → commit
                                                   ↘ roll back, at any failure ↙

A command that finds a deployment under way goes on with it, or takes it back if another release is wanted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from candlefish.ops import journal as journals
from candlefish.ops.engine import Colour, Figures
from candlefish.ops.errors import Broken
from candlefish.ops.journal import Journal, Step
from candlefish.ops.triggers import triggers
from candlefish.ops.verify import smoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.ops.checks import Check
    from candlefish.ops.engine import Engine
    from candlefish.ops.release import Release, Sources


@dataclass(frozen=True, slots=True)
class Shell:
    """What a deployment needs of the world, so that tests can give it another.

    Attributes:
        say: a line of progress.
        tell: a message to the team; returns what became of it.
        smoke: the checks of a placed release: engine, journal → checks.
        sleep: let time pass, s.
    """

    say: Callable[[str], None]
    tell: Callable[[str], str]
    smoke: Callable[[Engine, Journal], list[Check]] = field(default=smoke)
    sleep: Callable[[float], None] = field(default=time.sleep)


def plan(engine: Engine, release: Release) -> list[str]:
    """What a deployment of a release would do, in words; nothing is changed."""
    environment, standing = engine.environment, engine.standing()
    under_way = journals.load(engine)
    if under_way is not None:
        return [
            f"go on with {under_way.release} at the step {under_way.step!r}"
            if under_way.release == release.id
            else f"take back {under_way.release}, which was left at the step {under_way.step!r}, first"
        ]
    if standing.live_release == release.id:
        return [f"{release.id} is live already: nothing to do"]
    idle = standing.idle
    return [
        f"release {release.id} (version {release.version}); live is {standing.live_release or 'nothing'}",
        "rehearse it on a copy of what is stored",
        f"place it on {idle}, which no visitor gets, and start its service",
        f"smoke test {engine.address(idle)}: health, every file, headers, a browser that sees the fish",
        *(
            f"give it {percent} % of the visitors and watch for {environment.watch_s:g} s"
            for percent in _steps(engine, first=standing.live is None)
        ),
        f"commit: {idle} is live, {standing.live or 'nothing'} stays ready for a rollback",
    ]


def deploy(engine: Engine, sources: Sources, shell: Shell, *, force: bool = False) -> Release:
    """Bring a release to all visitors.

    Raises:
        Broken: it was not fit and has been taken back; visitors have the release before.
        OpsError: it could not be tried, or another deployment is under way.
    """
    with engine.lock(force=force):
        release = engine.pack(sources)
        under_way = _resumed(engine, release, shell) or _begun(engine, release, shell)
        if under_way is not None:
            engine.ensure()
            run(engine, under_way, shell)
        return release


def run(engine: Engine, journal: Journal, shell: Shell) -> None:
    """Go through the steps from where the journal is. Raises `Broken` after taking the release back."""
    steps: dict[Step, Callable[[Engine, Journal, Shell], Journal | None]] = {
        Step.REHEARSE: _rehearse,
        Step.PLACE: _place,
        Step.SMOKE: _smoke,
        Step.SHIFT: _shift,
        Step.COMMIT: _commit,
    }
    left: Journal | None = journal
    while (current := left) is not None:
        journals.save(engine, current)
        if current.step is Step.BACK:
            take_back(engine, current, shell)
            raise Broken(f"{current.release} was taken back: {current.reason}")
        try:
            left = steps[current.step](engine, current, shell)
        except Broken as error:
            left = current.at(Step.BACK, reason=str(error))


def _resumed(engine: Engine, release: Release, shell: Shell) -> Journal | None:
    """The deployment of this release that was left, if there is one; another's is taken back."""
    left = journals.load(engine)
    if left is None:
        return None
    if left.release != release.id:
        shell.say(f"{left.release} was left at the step {left.step!r}: it is taken back")
        take_back(engine, left.at(Step.BACK, reason="another release was wanted"), shell)
        return None
    shell.say(f"{left.release} goes on at the step {left.step!r}")
    # What was started for a smoke test may have ended since.
    return left.at(Step.PLACE) if left.step is Step.SMOKE else left


def _begun(engine: Engine, release: Release, shell: Shell) -> Journal | None:
    standing = engine.standing()
    if standing.live_release == release.id and standing.live is not None:
        engine.ensure()
        shell.say(f"{release.id} is live already")
        return None
    shell.say(f"release {release.id} goes to {standing.idle}; live is {standing.live_release or 'nothing'}")
    engine.audit({"event": "deploy", "release": release.id, "before": standing.live_release})
    return Journal(release.id, standing.idle, standing.live_release, began_s=time.time())


def _rehearse(engine: Engine, journal: Journal, shell: Shell) -> Journal:
    live = engine.release(journal.before) if journal.before else None
    for line in engine.rehearse(engine.release(journal.release), live):
        shell.say(f"rehearsed {line}")
    return journal.at(Step.PLACE)


def _place(engine: Engine, journal: Journal, shell: Shell) -> Journal:
    engine.place(engine.release(journal.release), journal.colour)
    shell.say(f"placed on {journal.colour}: {engine.address(journal.colour)}")
    return journal.at(Step.SMOKE)


def _smoke(engine: Engine, journal: Journal, shell: Shell) -> Journal:
    checks = shell.smoke(engine, journal)
    for one in checks:
        shell.say(f"  {one.verdict}: {one.name}: {one.found}")
    bad = [f"{one.name}: {one.found}" for one in checks if one.verdict == "failed"]
    if bad:
        raise Broken(f"smoke test: {'; '.join(bad)}")
    return journal.at(Step.SHIFT)


def _shift(engine: Engine, journal: Journal, shell: Shell) -> Journal:
    percent = next(step for step in _steps(engine, first=journal.before is None) if step > journal.share)
    mark = engine.mark()
    engine.shift(journal.colour, percent)
    shell.say(f"{percent} % of the visitors see {journal.release}")
    seen = _watch(engine, journal, mark, shell)
    _note(engine, "shift", journal, seen, percent)
    step = Step.COMMIT if percent == 100 else Step.SHIFT
    return journal.at(step, share=percent)


def _watch(engine: Engine, journal: Journal, mark: object, shell: Shell) -> dict[Colour, Figures]:
    """Look at the figures until the time is over. Raises `Broken` as soon as one of them is a trigger."""
    environment = engine.environment
    until_s = time.monotonic() + environment.watch_s
    while True:
        seen = engine.figures(mark)
        live = seen.get(journal.colour.other, Figures())
        reasons = triggers(live, seen.get(journal.colour, Figures()), environment.limits)
        if reasons:
            _note(engine, "trigger", journal, seen, engine.standing().shares[journal.colour])
            raise Broken("; ".join(reasons))
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            return seen
        shell.sleep(min(engine.look_s, left_s))


def _note(engine: Engine, event: str, journal: Journal, seen: dict[Colour, Figures], percent: int) -> None:
    """Put on record what visitors of the new release got."""
    new = seen.get(journal.colour, Figures())
    figures = {"requests": new.requests, "failed": new.failed, "fps": new.fps, "memory_mb": new.memory_mb}
    engine.audit({"event": event, "release": journal.release, "percent": percent, **figures})


def _commit(engine: Engine, journal: Journal, shell: Shell) -> None:
    engine.commit(journal.colour, back=False)
    journals.save(engine, None)
    took_s = time.time() - journal.began_s
    engine.audit(
        {"event": "live", "release": journal.release, "before": journal.before, "took_s": round(took_s, 1)}
    )
    gone = engine.prune()
    shell.say(f"{journal.release} is live" + (f"; removed {', '.join(gone)}" if gone else ""))
    where = engine.environment.name
    shell.say(shell.tell(f":tropical_fish: {where}: {journal.release} is live, in {took_s:.0f} s"))


def take_back(engine: Engine, journal: Journal, shell: Shell) -> None:
    """Give all visitors the release before; what the new one's service has under way is answered."""
    journals.save(engine, journal)
    share = engine.standing().shares[journal.colour]
    engine.shift(journal.colour, 0)
    engine.withdraw(journal.colour)
    entry = {"event": "taken back", "release": journal.release, "before": journal.before}
    engine.audit({**entry, "reason": journal.reason, "share": share})
    journals.save(engine, None)
    shell.say(f"visitors have {journal.before or 'nothing, as before'}; {journal.reason}")
    where = engine.environment.name
    shell.say(shell.tell(f":warning: {where}: {journal.release} was taken back: {journal.reason}"))


def _steps(engine: Engine, *, first: bool) -> tuple[int, ...]:
    """The shares; the first release has nobody to share with."""
    return (100,) if first else engine.environment.steps_percent
