"""Verification: everything that can be measured from outside, of a deployment or of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.ops import fish
from candlefish.ops.http import Site
from candlefish.ops.report import Report
from candlefish.ops.siting import Looking

if TYPE_CHECKING:
    from candlefish.ops.checks import Check
    from candlefish.ops.engine import Engine
    from candlefish.ops.environments import Limits
    from candlefish.ops.journal import Journal

LOOK_S = 12.0


def verify(engine: Engine, *, browser: bool = True) -> Report:
    """Look at what visitors of an environment get."""
    environment, address = engine.environment, engine.address()
    release = engine.standing().live_release
    checks = look(
        address,
        environment.limits,
        release=release,
        token=engine.token(),
        browser_s=environment.browser_s if browser else None,
        load=True,
    )
    return Report(environment.name, address, tuple(checks))


def smoke(engine: Engine, journal: Journal) -> list[Check]:
    """The smoke test of a release in its colour, compared with the live one."""
    environment = engine.environment
    address = engine.address(journal.colour)
    found = _http(address, environment.limits, journal.release, engine.token())
    if any(one.verdict == "failed" for one in found):
        return found
    beside = engine.address(journal.colour.other) if journal.before else None
    return found + fish.opened(
        lambda eyes: eyes.checks(address, beside), environment.limits, environment.browser_s
    )


def look(
    address: str,
    limits: Limits,
    *,
    release: str | None = None,
    token: str | None = None,
    browser_s: float | None = LOOK_S,
    load: bool = False,
) -> list[Check]:
    """All checks of an address; `browser_s` None leaves out those that need a browser."""
    found = _http(address, limits, release, token)
    if browser_s is None:
        return found

    def eyed(eyes: fish.Eyes) -> list[Check]:
        return [*([eyes.load(address)] if load else []), *eyes.checks(address)]

    return found + fish.opened(eyed, limits, browser_s)


def _http(address: str, limits: Limits, release: str | None, token: str | None) -> list[Check]:
    site = Site(address)
    try:
        return Looking(site, limits, release, token).all()
    finally:
        site.close()
