"""The page for Python authors: the same package, mounted by PyScript, all from this site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.bench.fish_page import PATIENCE_S

if TYPE_CHECKING:
    from tests.web.visit import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def mounted(visit: Visit) -> Visit:
    """pyscript.html with the mood painted into it."""
    visit.open("/pyscript.html")
    visit.page.wait_for_function(
        "() => document.querySelector('#mood').textContent === 'curious'", timeout=1000 * PATIENCE_S
    )
    return visit


def test_the_pages_own_python_mounts_the_fish_and_reads_it(mounted: Visit) -> None:
    assert mounted.page.locator("#tank > canvas").last.is_visible()
    assert mounted.page.locator("#trust").inner_text() == "20"
    mounted.page.mouse.click(800, 300)
    mounted.page.wait_for_function(
        "() => document.querySelector('#mood').textContent === 'excited'", timeout=1000 * PATIENCE_S
    )
    mounted.page.wait_for_function(
        "() => Number(document.querySelector('#trust').textContent) > 20", timeout=1000 * PATIENCE_S
    )


def test_it_needs_no_other_site(mounted: Visit) -> None:
    assert [url for url in mounted.requests if not url.startswith((mounted.address, "data:", "blob:"))] == []


def test_the_python_is_ten_lines_and_can_be_read(mounted: Visit) -> None:
    script = mounted.page.locator("script[type=py]")
    assert script.is_visible()
    lines = [text for text in script.inner_text().splitlines() if text.strip()]
    assert len(lines) == 10


def test_without_javascript_there_is_a_picture_and_the_code(visit: Visit) -> None:
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.open("/pyscript.html")
    assert visit.page.locator("#tank > svg").is_visible()
    assert visit.page.locator("script[type=py]").is_visible()
