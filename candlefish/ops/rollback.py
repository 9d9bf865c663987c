"""Rollback: back to a release that was live before, with site, service and configuration, in one switch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from candlefish.ops.deploy import take_back
from candlefish.ops.deployment import DeploymentStep, load_journal
from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from candlefish.ops.deploy import DeploymentHooks
    from candlefish.ops.deployment import DeploymentEngine, DeploymentState


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
