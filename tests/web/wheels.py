"""The candlefish wheel of a built site, with Python of the test's own added."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.visit import ISOLATED

if TYPE_CHECKING:
    from tests.web.visit import Visit

ROOT = Path(__file__).resolve().parents[2]
CANDLEFISH_WHEEL = "**/candlefish-*.whl"


def with_code_added(wheel: bytes, module: str, code: str) -> bytes:
    """The wheel with `code` at the end of a module (its source takes precedence over the compiled form)."""
    path = module.replace(".", "/") + ".py"
    source = (ROOT / path).read_text(encoding="utf-8") + "\n\n" + code
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            if info.filename.removesuffix("c") != path:
                new.writestr(info, old.read(info))
        new.writestr(path, source)
    return changed.getvalue()


def without_snapshot(visit: Visit, dist: Path) -> None:
    """Let a visit start Python anew, as when nothing had been recorded."""
    text = next(dist.glob("app-*/assets.js")).read_text(encoding="utf-8")
    start = text.index("{")
    assets = json.loads(text[start : text.rindex("}") + 1]) | {"snapshot": None, "digests": {}}
    body = f"{text[:start]}{json.dumps(assets)};\n"
    visit.page.context.route(
        "**/assets.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript", headers=ISOLATED),
    )


def serve_with_code_added(visit: Visit, dist: Path, module: str, code: str) -> None:
    """Let a visit load a candlefish whose `module` ends with `code`."""
    without_snapshot(visit, dist)
    wheel = next(dist.glob("py-*/candlefish-*.whl")).read_bytes()
    body = with_code_added(wheel, module, code)
    visit.page.context.route(CANDLEFISH_WHEEL, lambda route: route.fulfill(body=body))
