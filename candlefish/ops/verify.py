"""Verification: everything that can be measured from outside, of a deployment or of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.ops.browser_checks import BrowserProbe, with_browser
from candlefish.ops.checks import CheckReport
from candlefish.ops.http_checks import SiteChecks, SiteClient

if TYPE_CHECKING:
    from candlefish.ops.checks import Check
    from candlefish.ops.deployment import DeploymentEngine, Journal
    from candlefish.ops.environments import Limits

LOOK_S = 12.0


def verify(engine: DeploymentEngine, *, browser: bool = True) -> CheckReport:
    """Check an environment as its visitors see it."""
    environment, address = engine.environment, engine.address()
    release = engine.state().live_release
    checks = run_checks(
        address,
        environment.limits,
        release=release,
        token=engine.token(),
        browser_s=environment.browser_s if browser else None,
        load=True,
    )
    return CheckReport(environment.name, address, tuple(checks))


def smoke(engine: DeploymentEngine, journal: Journal) -> list[Check]:
    """The smoke test of a release in its colour, compared with the live one."""
    environment = engine.environment
    address = engine.address(journal.colour)
    checks = _http_checks(address, environment.limits, journal.release, engine.token())
    if any(one.outcome == "failed" for one in checks):
        return checks
    beside = engine.address(journal.colour.other) if journal.before else None
    return checks + with_browser(
        lambda probe: probe.checks(address, beside), environment.limits, environment.browser_s
    )


def run_checks(
    address: str,
    limits: Limits,
    *,
    release: str | None = None,
    token: str | None = None,
    browser_s: float | None = LOOK_S,
    load: bool = False,
) -> list[Check]:
    """All checks of an address; `browser_s` None leaves out those that need a browser."""
    checks = _http_checks(address, limits, release, token)
    if browser_s is None:
        return checks

    def browser_checks(probe: BrowserProbe) -> list[Check]:
        return [*([probe.load(address)] if load else []), *probe.checks(address)]

    return checks + with_browser(browser_checks, limits, browser_s)


def _http_checks(address: str, limits: Limits, release: str | None, token: str | None) -> list[Check]:
    site = SiteClient(address)
    try:
        return SiteChecks(site, limits, release, token).all()
    finally:
        site.close()
