"""What a site owner gets: the manifest, the types and the npm package say what the element does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from candlefish.sim.tuning import preset_names

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
MANIFEST = json.loads((WEB / "package/custom-elements.json").read_text(encoding="utf-8"))
ELEMENT: dict[str, Any] = MANIFEST["modules"][0]["declarations"][0]


def source(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")


def names(key: str) -> set[str]:
    return {item["name"] for item in ELEMENT[key]}


def run(*command: str, cwd: Path = ROOT) -> str:
    program = shutil.which(command[0])
    assert program is not None
    done = subprocess.run(
        [program, *command[1:]], cwd=cwd, check=False, text=True, capture_output=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_attributes_are_those_the_element_reads() -> None:
    text = source("protocol.js")
    lists = re.findall(r"(?:RESTARTING|LASTING) = \[(.*?)\]", text, re.DOTALL)
    assert len(lists) == 2
    assert set(re.findall(r'"([\w-]+)"', "".join(lists))) == names("attributes")


def test_every_member_is_there() -> None:
    text = source("element/candle-fish.js")
    types = source("package/candle-fish.d.ts")
    for name in names("members"):
        assert re.search(rf"^  (?:async |get )?{name}\(", text, re.MULTILINE), name
        assert re.search(rf"^  {name}[:(]", types, re.MULTILINE), name


def test_parts_and_properties_are_those_of_the_shadow_tree() -> None:
    view, css = source("element/view.js"), source("element/styles.js")
    given = set(re.findall(r'(?:element\("\w+", |part\.add\()"([\w-]+)"', view))
    assert given == names("cssParts")
    used = dict(re.findall(r"var\((--candlefish-[\w-]+), ((?:[^()]|\([^()]*\))+)\)", css))
    assert used == {item["name"]: item["default"] for item in ELEMENT["cssProperties"]}


def test_the_events_have_types() -> None:
    types = source("package/candle-fish.d.ts")
    for event in ELEMENT["events"]:
        assert f'"{event["name"]}": {event["type"]["text"]};' in types


def test_the_presets_are_those_there_are() -> None:
    (attribute,) = (item for item in ELEMENT["attributes"] if item["name"] == "mood-preset")
    told = re.findall(r"`(\w+)`", attribute["description"].partition(")")[0])
    assert set(told) == set(preset_names())


@pytest.mark.parametrize(
    "project",
    [
        "web/jsconfig.json",
        "web/service-worker/jsconfig.json",
        "builder/jsconfig.json",
        "tests/jsconfig.json",
        "tests/package/tsconfig.json",
    ],
)
def test_the_types_hold(project: str) -> None:
    run("node", "node_modules/typescript/bin/tsc", "-p", project)


@pytest.mark.slow
def test_the_package_holds_what_a_page_needs_and_nothing_twice() -> None:
    if not (ROOT / "dist/manifest.json").is_file():
        pytest.fail("dist/ holds no built site: run `python3 build.py build` first", pytrace=False)
    (packed,) = json.loads(run("npm", "pack", "--dry-run", "--json", cwd=ROOT / "dist"))
    held = {item["path"] for item in packed["files"]}
    assert {"package.json", "candle-fish.js", "candle-fish.d.ts", "custom-elements.json"} <= held
    assert {"static/fallback.svg", "static/fallback-transparent.svg"} <= held
    assert any(name.endswith("/pyodide.asm.wasm") for name in held)
    assert any(re.fullmatch(r"py-\w+/numpy-.*\.whl", name) for name in held)
    assert [name for name in held if name.endswith((".br", ".gz"))] == []
