"""What is in dist, from what goes in."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from builder import offline
from builder.cache import sha256
from builder.packing import pack
from builder.site import Contents, fill, joined_scripts, site_files
from builder.steps import BuildError
from builder.versions import Versions
from builder.workspace import WEB

VERSIONS = Versions(candlefish="1.2.3", pyodide="0.29.5", numpy="2.2.5", python="3.13.2")
PAGE = (
    b"<style>{{inline:styles.css}}</style>{{fallback_svg}}<script src={{app}}/page.js></script>"
    b"<script src={{app}}/candle-fish.js></script>"
    b"{{pyodide}} {{pyscript}} {{numpy_wheel}} {{candlefish_wheel}}"
)
WEB_FILES = {
    "demo/index.html": PAGE,
    "demo/styles.css": b"a{}",
    "demo/page.js": b"page();",
    "element/candle-fish.js": b"fish();",
}
CONTENTS = Contents(
    web=WEB_FILES,
    scripts=joined_scripts(WEB_FILES, {}),
    package={"package.json": b'{"name": "candlefish"}', "candle-fish.d.ts": b"types"},
    static={"fallback.svg": b"<svg/>", "other.svg": b"<svg>other</svg>"},
    pyodide={"pyodide.mjs": b"py", "pyodide-lock.json": b'{"info": {}}'},
    pyscript={"core.js": b"ps"},
    numpy_wheel=("numpy.whl", b"np"),
    candlefish_wheel=("candlefish.whl", b"cf"),
    studio_wheel=b"st",
    snapshot={
        "unpack.wasm": b"decoder",
        "main.wasm.zst": pack(b"main"),
        "memory.bin.zst": pack(b"mem"),
        "link.json": b'{"libraries": [{"file": "umath.wasm.zst"}]}',
        "umath.wasm.zst": pack(b"code"),
    },
)


def directory(files: dict[str, bytes], start: str) -> str:
    (found,) = {name.split("/")[0] for name in files if name.startswith(start)}
    return found


def test_everything_is_where_it_belongs() -> None:
    files = site_files(CONTENTS, VERSIONS)
    app, pyodide = directory(files, "app-"), directory(files, "pyodide-0.29.5-")
    python, pyscript = directory(files, "py-"), directory(files, "pyscript-")
    snapshot = directory(files, "snapshot-")
    assert files.keys() == {
        "index.html",
        "candle-fish.js",
        "static/fallback.svg",
        "static/other.svg",
        "package.json",
        "candle-fish.d.ts",
        *(f"{app}/{name}" for name in ("assets.js", "candle-fish.js", "page.js", "styles.css")),
        f"{app}/studio-assets.js",
        f"{directory(files, 'studio-')}/candlefish-studio.whl",
        f"{pyodide}/pyodide.mjs",
        f"{pyodide}/pyodide-lock.json",
        *(f"{snapshot}/{name}" for name in CONTENTS.snapshot),
        f"{python}/numpy.whl",
        f"{python}/candlefish.whl",
        f"{pyscript}/core.js",
    }
    assert files["candle-fish.js"].decode() == f'import "./{app}/candle-fish.js";\n'
    assert json.loads(files["package.json"]) == {"name": "candlefish", "version": "1.2.3"}
    assert files["index.html"].decode() == (
        f"<style>a{{}}</style><svg/><script src=./{app}/page.js></script>"
        f"<script src=./{app}/candle-fish.js></script>"
        f"./{pyodide} ./{pyscript} ./{python}/numpy.whl ./{python}/candlefish.whl"
    )


def test_pages_and_package_lead_to_the_source_where_it_is_published() -> None:
    web = {**CONTENTS.web, "demo/index.html": b"<nav>{{source_link}}</nav>"}
    published = dataclasses.replace(CONTENTS, web=web, source="https://code.example/fish?a&b")
    files = site_files(published, VERSIONS)
    assert files["index.html"] == b'<nav><a href="https://code.example/fish?a&amp;b">Source</a></nav>'
    repository = {"type": "git", "url": "https://code.example/fish?a&b"}
    assert json.loads(files["package.json"])["repository"] == repository
    unpublished = site_files(dataclasses.replace(CONTENTS, web=web), VERSIONS)
    assert unpublished["index.html"] == b"<nav></nav>"


def test_the_assets_module_says_where_the_rest_is() -> None:
    files = site_files(CONTENTS, VERSIONS)
    text = files[f"{directory(files, 'app-')}/assets.js"].decode()
    assets = json.loads(text.removeprefix("export const ASSETS = ").removesuffix(";\n"))
    assert assets["version"] == "1.2.3"
    recorded = assets["snapshot"]
    named = [assets["pyodide"] + "pyodide.mjs", *assets["wheels"]]
    packed = [recorded["main"], recorded["image"], *recorded["code"]]
    named += [recorded["unpacker"], recorded["link"], *packed]
    assert all(sha256(files[path.removeprefix("../")]) == assets["digests"][path] for path in named + packed)
    assert [assets["unpacked"][path] for path in packed] == [4, 3, 4]


def test_the_same_contents_make_the_same_site() -> None:
    assert site_files(CONTENTS, VERSIONS) == site_files(dataclasses.replace(CONTENTS), VERSIONS)


@pytest.mark.parametrize(
    ("change", "renamed"),
    [
        ({"candlefish_wheel": ("candlefish.whl", b"new")}, {"py-", "app-"}),
        ({"pyodide": {**CONTENTS.pyodide, "pyodide.mjs": b"new"}}, {"pyodide-", "app-"}),
        ({"snapshot": {**CONTENTS.snapshot, "memory.bin.zst": pack(b"new")}}, {"snapshot-", "app-"}),
        ({"pyscript": {"core.js": b"new"}}, {"app-", "pyscript-"}),
        ({"static": {"fallback.svg": b"<svg>new</svg>"}}, set()),
    ],
)
def test_a_change_renames_what_it_touches(change: dict[str, object], renamed: set[str]) -> None:
    before = site_files(CONTENTS, VERSIONS)
    after = site_files(dataclasses.replace(CONTENTS, **change), VERSIONS)  # type: ignore[arg-type]
    starts = ("app-", "py-", "pyodide-", "pyscript-", "snapshot-")
    assert {start for start in starts if directory(before, start) != directory(after, start)} == renamed


def test_the_element_must_be_there() -> None:
    scripts = {"page.js": CONTENTS.scripts["page.js"]}
    with pytest.raises(BuildError, match=r"web/ has no candle-fish\.js"):
        site_files(dataclasses.replace(CONTENTS, scripts=scripts), VERSIONS)


def test_an_unknown_token_stops_the_build() -> None:
    web = {**CONTENTS.web, "demo/other.html": b"{{unknown}}"}
    with pytest.raises(BuildError, match=r"web/demo/other\.html, line 1: unknown token \{\{unknown\}\}"):
        site_files(dataclasses.replace(CONTENTS, web=web), VERSIONS)


def test_the_service_worker_keeps_what_the_index_page_leads_to_or_is_the_kill_switch() -> None:
    workers = {path: (WEB / path).read_bytes() for path in offline.SOURCES}
    web = {
        **CONTENTS.web,
        **workers,
        "demo/page.js": b'import("./late.js");\n',
        "demo/late.js": b"late();",
        "demo/unused.js": b"unused();",
        "demo/other.html": b"<script src={{app}}/unused.js></script>",
    }
    contents = dataclasses.replace(CONTENTS, web=web, scripts=joined_scripts(web, {}))
    files = site_files(contents, VERSIONS)
    app = directory(files, "app-")
    script = files["service-worker.js"].decode()
    kept = set(re.findall(r'"([^"]+)": "sha256-', script))
    assert {f"{app}/page.js", f"{app}/late.js"} <= kept
    assert f"{app}/unused.js" in files
    assert f"{app}/unused.js" not in kept
    assert kept <= files.keys()
    names = ("service-worker.js", "service-worker-off.js")
    assert not any(f"{app}/{name}" in files for name in names), "it is not one of the page's scripts"
    without = dataclasses.replace(contents, offline=False)
    killed = site_files(without, VERSIONS)["service-worker.js"].decode()
    assert "unregister" in killed
    assert "unregister" not in script


def test_tokens_and_files_are_put_in() -> None:
    page = '<link href="{{app}}/x.js"><style>{{inline:styles.css}}</style>{{ svg }}'
    tokens = {"app": "./app-1", "svg": "<svg/>"}
    assert (
        fill("p.html", page, tokens, {"styles.css": b"a{}"})
        == '<link href="./app-1/x.js"><style>a{}</style><svg/>'
    )


def test_what_is_put_in_is_not_read_again() -> None:
    assert fill("p.html", "{{a}}", {"a": "{{b}}", "b": "x"}, {}) == "{{b}}"


@pytest.mark.parametrize("token", ["{{nothing}}", "{{inline:gone.css}}", "{{}}", "{{inline:}}"])
def test_an_unknown_token_says_where_it_is(token: str) -> None:
    with pytest.raises(BuildError, match=r"web/p\.html, line 3: unknown token") as error:
        fill("web/p.html", f"1\n2\n3 {token}", {"app": ""}, {})
    assert token in str(error.value)
    assert "known: app" in str(error.value)


def test_braces_of_other_kinds_are_left_alone() -> None:
    text = "a { b: c } { { d } } ${e}"
    assert fill("p.html", text, {}, {}) == text
