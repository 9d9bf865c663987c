"""Load run: the milestones of a page load, the bytes over the network, and the processor time."""

from __future__ import annotations

import base64
import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from candlefish.bench import machine, probe
from candlefish.bench.browser import Command, WorkerSessions, launched
from candlefish.bench.probe import PLANTED_PATH
from candlefish.bench.runs import Measurement
from candlefish.bench.scenario import NETWORKS, ScenarioKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import CDPSession, Page

    from candlefish.bench.browser import Chromium
    from candlefish.bench.runs import RunSetup
    from candlefish.bench.scenario import Scenario

SETTLE_MS = 700.0
STARTED_MS = 1500.0
"""A browser that has just started has pages of its own to load."""
SHOWN_PX = 480
RESOURCES = """() => ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .map((entry) => ({ url: entry.name, start_ms: performance.timeOrigin + entry.startTime,
    end_ms: performance.timeOrigin + entry.responseEnd, transfer_bytes: entry.transferSize,
    encoded_bytes: entry.encodedBodySize, decoded_bytes: entry.decodedBodySize }))"""
PHASES = (
    *("worker", "script", "instantiate", "link", "image", "restored"),
    *("interpreter", "wheels", "imports"),
)
"""Of a start from the snapshot and of one anew, in the order in which they end."""


def measure_load(setup: RunSetup, scenario: Scenario) -> Measurement:
    """Load the page once, with an empty cache or (repeat load) with the cache of an earlier visit.

    Raises:
        BenchError: the fish does not wake.
    """
    with tempfile.TemporaryDirectory(prefix="candlefish-") as directory:
        profile = Path(directory)
        if scenario.kind is ScenarioKind.REPEAT_LOAD:
            first = replace(scenario, network="unlimited", cpu_throttle=1.0)
            with launched(setup.playwright, setup.program, first, profile) as chromium:
                _load(setup, first, chromium)
        with launched(setup.playwright, setup.program, scenario, profile) as chromium:
            return _load(setup, scenario, chromium)


def _load(setup: RunSetup, scenario: Scenario, chromium: Chromium) -> Measurement:
    page = chromium.page
    session = chromium.context.new_cdp_session(page)
    _slow_down(page, session, scenario)
    _plant_file(setup, page)
    probe.install(page, scenario, watch_drawing=False, fault=setup.fault)
    page.wait_for_timeout(STARTED_MS)
    began, cpu_before = machine.read_clock(), machine.read_cpu(chromium)
    with _filmstrip(page, session, wanted=setup.pictures) as shots:
        page.goto(urljoin(setup.address, scenario.path), wait_until="commit")
        ready_ms = probe.wait_awake(page)
    cpu_after, ended = machine.read_cpu(chromium), machine.read_clock()
    page.wait_for_timeout(SETTLE_MS)
    record = probe.read_page(page)
    resources = _resources(page)
    values = _times(record, ready_ms) | _sizes(resources)
    if cpu_before is not None and cpu_after is not None:
        values["load_cpu_ms"] = sum(machine.cpu_spent_ms(cpu_before, cpu_after).values())
    series = {"timeline": _timeline(record), "resources": resources, "shots": shots}
    return Measurement(values, series, [], began, ended)


def _slow_down(page: Page, session: CDPSession, scenario: Scenario) -> None:
    """Throttle network and processor of the page, and of its workers from their first byte on."""
    commands: list[Command] = []
    if (network := NETWORKS[scenario.network]) is not None:
        round_trip_ms, down_kbit_s = network
        rate = down_kbit_s * 1000 / 8
        conditions = {
            "offline": False,
            "latency": round_trip_ms,
            "downloadThroughput": rate,
            "uploadThroughput": rate,
        }
        commands += [("Network.enable", {}), ("Network.emulateNetworkConditions", conditions)]
    if scenario.cpu_throttle > 1.0:
        commands.append(("Emulation.setCPUThrottlingRate", {"rate": scenario.cpu_throttle}))
    for method, parameters in commands:
        session.send(method, parameters)
    if commands:
        WorkerSessions(page, session, at_start=commands)


def _plant_file(setup: RunSetup, page: Page) -> None:
    """Serve one file more, if the planted fault has one."""
    if setup.fault is not None and setup.fault.extra_bytes:
        body = bytes(i * 7919 % 251 for i in range(setup.fault.extra_bytes))
        page.route(setup.address + PLANTED_PATH, lambda route: route.fulfill(body=body))


@contextlib.contextmanager
def _filmstrip(page: Page, session: CDPSession, *, wanted: bool) -> Iterator[list[dict[str, Any]]]:
    """Screenshots of the load as the browser draws it, each with its time (s since the epoch)."""
    shots: list[dict[str, Any]] = []
    if not wanted:
        yield shots
        return

    def keep(event: dict[str, Any]) -> None:
        shots.append({"epoch_s": event["metadata"]["timestamp"], "jpeg": event["data"]})
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "jpeg", "quality": 45, "maxWidth": SHOWN_PX})
    yield shots
    page.wait_for_timeout(SETTLE_MS)
    session.send("Page.stopScreencast")
    image = base64.b64encode(page.screenshot(type="jpeg", quality=45)).decode()
    origin_s = page.evaluate("performance.timeOrigin") / 1000.0
    shots.append({"epoch_s": origin_s + page.evaluate("performance.now()") / 1000.0, "jpeg": image})
    for shot in shots:
        shot["at_ms"] = round((shot.pop("epoch_s") - origin_s) * 1000.0)
    shots[:] = [shot for shot in shots if shot["at_ms"] >= 0]


def _resources(page: Page) -> list[dict[str, Any]]:
    """All that was loaded, by the page and by its workers with their own scripts, in order of time."""
    origin_ms = page.evaluate("performance.timeOrigin")
    scripts = {worker.url for worker in page.workers}
    resources = [
        {"by": "worker" if one["url"] in scripts else "page", **one} for one in page.evaluate(RESOURCES)
    ]
    for worker in page.workers:
        known = {one["url"] for one in resources}
        resources += [
            {"by": "worker", **one} for one in worker.evaluate(RESOURCES) if one["url"] not in known
        ]
    for one in resources:
        one["start_ms"] = round(one["start_ms"] - origin_ms, 1)
        one["end_ms"] = round(one["end_ms"] - origin_ms, 1)
    return sorted(resources, key=lambda one: one["start_ms"])


def _sizes(resources: list[dict[str, Any]]) -> dict[str, float]:
    remote = [one for one in resources if one["url"].startswith("http")]
    return {
        "requests": float(len(remote)),
        "network_kb": sum(one["transfer_bytes"] for one in remote) / 1e3,
        "bytes_kb": sum(one["encoded_bytes"] for one in remote) / 1e3,
        "critical_kb": sum(one["encoded_bytes"] for one in remote if one["by"] == "page") / 1e3,
    }


def _timeline(record: dict[str, Any]) -> dict[str, float]:
    ready = next((event for event in record["events"] if event["name"] == "ready"), {"detail": None})
    detail = ready["detail"] or {}
    return {name: float(at) for name, at in detail.get("timeline", {}).items()}


def _times(record: dict[str, Any], ready_ms: float) -> dict[str, float]:
    tasks = [task["ms"] for task in record["long_tasks"]]
    values = {
        "ready_ms": ready_ms,
        "cls": sum(shift["score"] for shift in record["shifts"]),
        "long_tasks": float(len(tasks)),
        "long_task_max_ms": max(tasks, default=0.0),
    }
    values |= {name: record[name] for name in ("fcp_ms", "lcp_ms") if record[name] is not None}
    timeline = _timeline(record)
    ends = {name: timeline[name] for name in PHASES if name in timeline}
    if ends:
        starts = [0.0, *ends.values()]
        values |= {
            f"{name}_ms": end - start for (name, end), start in zip(ends.items(), starts, strict=False)
        }
        values["first_frame_ms"] = ready_ms - starts[-1]
    return values
