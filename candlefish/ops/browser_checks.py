"""Checks in a real browser: the fish wakes, its frame rate, its memory, and a stored memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from candlefish.bench import BenchError, machine
from candlefish.bench.browser import find_program, launched
from candlefish.bench.fish_page import MEMORY_KEY, FishPage
from candlefish.bench.frame_run import measure_frames
from candlefish.bench.load_run import measure_load
from candlefish.bench.probe import Fault
from candlefish.bench.runs import RunSetup
from candlefish.bench.scenario import load_scenarios
from candlefish.ops import OpsError
from candlefish.ops.checks import (
    TRUST,
    Check,
    CheckFailedError,
    CheckInconclusiveError,
    CheckSkippedError,
    check,
    friend,
    trust_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Playwright

    from candlefish.ops.environments import Limits

OPT_OUT: Final = "try { localStorage.setItem('candlefish_optout', '1'); } catch {}"
OPTED_OUT: Final = Fault("opted-out", "a visitor who is not counted", "", 0.0, frozenset(), page_js=OPT_OUT)
TRUST_SLACK: Final = 3.0
"""A visit changes trust a little: presence earns, and absence costs."""
SAMPLES: Final = 10
PATIENCE_S: Final = 30.0
WARM_UP_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class BrowserSample:
    """Measurements of the fish at an address, by a browser.

    Attributes:
        fps: frames a second where it draws; 0 with too few to tell.
        memory_mb: JavaScript, WebAssembly and canvas after a collection.
        leak_mb_min: their growth with garbage collected, MB a minute.
        worker_ms: processor time of the worker a frame, which a busy machine hardly changes; None where
            unknown.
        foreign: the share of the machine that other programs took; None where unknown.
    """

    fps: float
    memory_mb: float
    leak_mb_min: float | None
    worker_ms: float | None
    foreign: float | None


class BrowserProbe:
    """Checks of the fish in a real browser; needs the extra `bench`."""

    def __init__(self, playwright: Playwright, limits: Limits, look_s: float) -> None:
        self._playwright, self._limits, self._look_s = playwright, limits, look_s
        self._program = find_program()

    def sample(self, address: str, *, collect: bool = True) -> BrowserSample:
        """Measure the fish for a while, with the gentle input script. Raises `BenchError`.

        `collect`: collect garbage repeatedly, so that growth is measurable; on a slow machine that leaves
        few frames to judge by.
        """
        scenario = load_scenarios()["gentle"].lasting(self._look_s)
        scenario = replace(
            scenario,
            sample_every_s=max(0.5, self._look_s / SAMPLES) if collect else self._look_s,
            warm_up_s=WARM_UP_S,
        )
        before = machine.read_clock()
        measured = measure_frames(self._setup(address), scenario)
        values = measured.values
        return BrowserSample(
            fps=values.get("fps", 0.0),  # too few frames to have a pace
            memory_mb=values["memory_mb"],
            leak_mb_min=values.get("slope_mb_min"),
            worker_ms=values.get("cpu_worker_threads_ms"),
            foreign=machine.foreign_share(measured.began or before, measured.ended or machine.read_clock()),
        )

    def checks(self, address: str, beside: str | None = None) -> list[Check]:
        """The checks of a fish; `beside` is the live one, to compare with and to go back to."""
        samples: list[BrowserSample] = []
        return [
            check("fish", lambda: self._check_awake(address, samples)),
            check("frame-rate", lambda: self._check_frame_rate(address, beside, samples)),
            check("page-memory", lambda: self._check_memory(samples)),
            check("leak", lambda: self._check_leak(address, samples)),
            check("remembers", lambda: self._check_remembered(address, beside)),
        ]

    def load(self, address: str) -> Check:
        """How long Python's first frame takes, from an empty cache."""
        return check("load", lambda: self._check_load(address))

    def _setup(self, address: str) -> RunSetup:
        return RunSetup(self._playwright, self._program, address, fault=OPTED_OUT)

    def _check_awake(self, address: str, samples: list[BrowserSample]) -> str:
        try:
            samples.append(self.sample(address))
        except BenchError as error:
            raise CheckFailedError(str(error)) from error
        return "awake, and it draws"

    def _check_frame_rate(self, address: str, beside: str | None, samples: list[BrowserSample]) -> str:
        """Noise only makes it slower, so the best of a few looks counts."""
        best = _first_sample(samples)
        least = self._limits.fps_min
        for _ in range(self._limits.looks):
            if best.fps >= least:
                break
            best = max(best, self._sample_again(address, collect=False), key=lambda one: one.fps)
        if best.fps >= least:
            return f"{best.fps:.1f} frames a second; at least {least:g}"
        measured = f"{best.fps:.1f} frames a second, at least {least:g} are wanted"
        if beside is not None:
            live = self._sample_again(beside, collect=False)
            measured += f"; the live release draws {live.fps:.1f}"
            if best.fps < (1.0 - self._limits.fps_drop) * live.fps:
                raise CheckFailedError(measured)
        if best.worker_ms is not None and best.worker_ms > 1000.0 / least:
            raise CheckFailedError(
                f"{measured}; a frame takes {best.worker_ms:.0f} ms of processor time in the worker"
            )
        raise _too_slow(measured, best.foreign)

    def _check_memory(self, samples: list[BrowserSample]) -> str:
        least = min(one.memory_mb for one in samples) if samples else _first_sample(samples).memory_mb
        most = self._limits.memory_max_mb
        if least > most:
            raise CheckFailedError(f"{least:.1f} MB; at most {most:g}")
        return f"{least:.1f} MB; at most {most:g}"

    def _check_leak(self, address: str, samples: list[BrowserSample]) -> str:
        """What grows once may be a cache that fills; a leak grows again."""
        most = self._limits.leak_mb_min
        growth = _first_sample(samples).leak_mb_min
        if growth is None:
            raise CheckInconclusiveError("too short a look to tell growth")
        if growth > most:
            again = self._sample_again(address).leak_mb_min
            growth = growth if again is None else min(growth, again)
        if growth > most:
            raise CheckFailedError(f"memory grows by {growth:.1f} MB a minute; at most {most:g}")
        return f"{growth:+.1f} MB a minute; at most {most:g}"

    def _sample_again(self, address: str, *, collect: bool = True) -> BrowserSample:
        try:
            return self.sample(address, collect=collect)
        except BenchError as error:
            raise CheckFailedError(str(error)) from error

    def _check_remembered(self, address: str, beside: str | None) -> str:
        """A friend of the oldest shape is still a friend; and across the two releases, both ways."""
        original = json.dumps(friend())
        written = self._visit_with(address, original, "the original shape")
        self._visit_with(address, written, "its own memory")
        if beside is None:
            return "the original shape and its own"
        self._visit_with(address, self._visit_with(beside, original, "live"), "the live release's memory")
        self._visit_with(beside, written, "the live release, given the new one's memory")
        return "the original shape, its own, the live release's; and the live one remembers after it"

    def _visit_with(self, address: str, memory: str, what: str) -> str:
        """Visit with a memory; the one stored afterwards. Raises `CheckFailedError` if it was forgotten."""
        scenario = load_scenarios()["idle"]
        try:
            with launched(self._playwright, self._program, scenario, bypass_csp=False) as chromium:
                return _meet_friend(chromium.context, chromium.page, address, memory, what)
        except (BenchError, OpsError) as error:
            raise CheckFailedError(f"{what}: {error}") from error

    def _check_load(self, address: str) -> str:
        scenario = load_scenarios()["cold-load"]
        most_ms = self._limits.load_max_ms
        before = machine.read_clock()
        times = []
        try:
            for _ in range(self._limits.looks):
                times.append(measure_load(self._setup(address), scenario).values["ready_ms"])
                if times[-1] <= most_ms:
                    break
        except BenchError as error:
            raise CheckFailedError(str(error)) from error
        best_ms = min(times)
        measured = f"{best_ms:.0f} ms to Python's first frame; at most {most_ms:g}"
        if best_ms <= most_ms:
            return measured
        raise _too_slow(measured, machine.foreign_share(before, machine.read_clock()))


def with_browser(look: Callable[[BrowserProbe], list[Check]], limits: Limits, look_s: float) -> list[Check]:
    """Open a browser's probe, look, close them; without Playwright the look is skipped by name."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return [check("fish", _no_browser)]
    try:
        with sync_playwright() as playwright:
            return look(BrowserProbe(playwright, limits, look_s))
    except (BenchError, Error) as error:
        message = str(error).strip().splitlines()[0]
        return [check("fish", lambda: _cannot(message))]


def _too_slow(measured: str, foreign: float | None) -> CheckFailedError | CheckInconclusiveError:
    """What to raise of a time out of bounds: on a busy machine it says more of that than of the fish."""
    if foreign is not None and foreign <= machine.DISTURBED_SHARE:
        return CheckFailedError(measured)
    return CheckInconclusiveError(f"{measured}; others took {100 * (foreign or 0):.0f} % of the processors")


def _no_browser() -> str:
    raise CheckSkippedError("no browser to look with: pip install 'candlefish[bench]'")


def _cannot(message: str) -> str:
    raise CheckFailedError(message)


def _first_sample(samples: list[BrowserSample]) -> BrowserSample:
    if not samples:
        raise CheckSkippedError("the fish did not wake")
    return samples[0]


def _meet_friend(context: BrowserContext, page: Page, address: str, memory: str, what: str) -> str:
    """Visit with a memory in storage; the memory stored afterwards."""
    context.add_init_script(OPT_OUT)
    context.add_init_script(
        f"try {{ if (!sessionStorage.met) {{ sessionStorage.met = 1;"
        f"localStorage.setItem({json.dumps(MEMORY_KEY)}, {json.dumps(memory)}); }} }} catch {{}}"
    )
    visit = FishPage(page, address)
    visit.open("")
    try:
        visit.wait_awake(PATIENCE_S)
    except BenchError as error:
        reason = f": {visit.missing[0]} is not there" if visit.missing else ""
        raise CheckFailedError(f"the fish does not wake{reason}") from error
    if visit.missing:
        raise CheckFailedError(f"{what}: {visit.missing[0]} is not there")
    trust = float(visit.state()["trust"])
    if abs(trust - TRUST) > TRUST_SLACK:
        raise CheckFailedError(f"{what}: a friend of trust {TRUST:g} is met with {trust:.1f}")
    stored = _stored(visit, memory)
    if abs(trust_of(stored) - TRUST) > TRUST_SLACK:
        raise CheckFailedError(f"{what}: trust {TRUST:g} is stored as {trust_of(stored):.1f}")
    return stored


def _stored(visit: FishPage, before: str) -> str:
    """The stored memory after the next write; there is at most one in two seconds, so wait for it."""
    visit.feed(640, 400)
    visit.wait_until(lambda: visit.stored() != before, "a memory of the visit in storage", PATIENCE_S)
    return visit.stored() or ""
