"""The recorded interpreter: the fish wakes from it, and when it cannot be had Python starts anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.web.visit import ISOLATED

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

ASSETS = ("unpack.wasm", "main.wasm.zst", "memory.bin.zst", "link.json", "multiarray_umath.wasm.zst")


def recorded(dist: Path, name: str) -> bytes:
    return next(dist.glob(f"snapshot-*/{name}")).read_bytes()


def is_restored(visit: Visit) -> bool:
    return "restored" in visit.events("ready")[0]["timeline"]


def test_the_fish_wakes_from_what_was_recorded(awake: Visit) -> None:
    assert is_restored(awake)
    loaded = {url.rsplit("/", 1)[-1] for url in awake.requests}
    assert not loaded & {"python_stdlib.zip", "pyodide-lock.json"}
    assert not any(name.endswith(".whl") for name in loaded)
    awake.wait_state(lambda state: state["frames"] > 20)
    assert awake.events("error") == []


def test_on_the_page_too(visit: Visit) -> None:
    visit.page.add_init_script("delete globalThis.OffscreenCanvas")
    visit.open()
    assert visit.wait_awake()["thread"] == "page"
    assert is_restored(visit)


def changed(fault: str, body: bytes) -> bytes:
    if fault == "truncated":
        return body[: len(body) // 2]
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]


@pytest.mark.parametrize("asset", ASSETS)
@pytest.mark.parametrize("fault", ["404", "truncated", "corrupt", "portal"])
def test_without_it_python_starts_anew_and_one_event_says_so(
    visit: Visit, dist: Path, asset: str, fault: str
) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if fault == "404":
            route.fulfill(status=404, body="gone")
        elif fault == "portal":
            route.fulfill(body="<!doctype html>Log in", content_type="text/html", headers=ISOLATED)
        else:
            kind = "application/wasm" if asset.endswith(".wasm") else "application/octet-stream"
            route.fulfill(body=changed(fault, recorded(dist, asset)), content_type=kind, headers=ISOLATED)

    visit.expect("404")
    visit.page.context.route(f"**/{asset}", answer)
    visit.open()
    visit.wait_awake()
    assert not is_restored(visit)
    (error,) = visit.events("error")
    assert error["where"] == "snapshot"
    assert error["asset"].endswith(f"/{asset}")
    assert visit.events("fallback") == []
    assert len(asked) == (1 if fault == "404" else 2), "one more try, and only where it may help"
    visit.wait_state(lambda state: state["frames"] > 10)


def test_of_another_build_it_is_refused(visit: Visit, dist: Path) -> None:
    link = json.loads(recorded(dist, "link.json")) | {"build_id": "another"}
    assets = next(dist.glob("app-*/assets.js")).read_text(encoding="utf-8")
    text = assets.replace('"digests": {', '"digests": {}, "was": {')
    javascript = {"content_type": "text/javascript", "headers": ISOLATED}
    visit.page.context.route("**/assets.js", lambda route: route.fulfill(body=text, **javascript))
    visit.page.context.route("**/link.json", lambda route: route.fulfill(body=json.dumps(link)))
    visit.open()
    visit.wait_awake()
    (error,) = visit.events("error")
    assert "another build of Pyodide" in error["message"]
    assert visit.state()["thread"] == "worker"
