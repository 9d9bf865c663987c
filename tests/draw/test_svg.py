import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from candlefish.draw.svg import CLEAR_PICTURE, PICTURE, closed_path, open_path, standard_svg, svg_document
from candlefish.draw.vector import VectorScene
from candlefish.sim.inputs import InputKind
from tests.sim.visitors import gentle, make_world, nobody, point, visit

STATIC = Path(__file__).parents[2] / "static"
FALLBACK = STATIC / PICTURE
NUMBER = re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+)")


@pytest.mark.parametrize(("name", "transparent"), [(PICTURE, False), (CLEAR_PICTURE, True)])
def test_the_shipped_pictures_are_what_the_world_looks_like_now(name: str, transparent: bool) -> None:
    """Numbers may differ in the last digit from machine to machine; everything else must be the same."""
    shipped, fresh = (STATIC / name).read_text(encoding="utf-8"), standard_svg(transparent=transparent)
    hint = f"static/{name} has drifted: python -m candlefish.draw.svg static"
    assert NUMBER.sub("#", shipped) == NUMBER.sub("#", fresh), hint
    numbers = [np.array([float(n) for n in NUMBER.findall(text)]) for text in (shipped, fresh)]
    assert np.abs(numbers[0] - numbers[1]).max() < 0.11, hint


@pytest.mark.parametrize("effects", ["minimal", "standard", "rich"])
def test_any_moment_is_well_formed_and_refers_only_to_what_it_defines(effects: str) -> None:
    world = make_world()
    visit(world, gentle(1), 9.0)
    point(world, 200, 200, InputKind.DOWN)
    point(world, 900, 200, InputKind.FEED)
    visit(world, nobody, 0.3)
    text = svg_document(world, effects=effects)
    root = ET.fromstring(text)
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    used = set(re.findall(r"url\(#(\w+)\)", text))
    assert used <= ids
    assert "nan" not in text and "inf" not in text.replace("infinity", "")


def test_the_picture_is_small_and_needs_nothing_else() -> None:
    text = FALLBACK.read_text(encoding="utf-8")
    assert len(text.encode()) < 48_000
    assert "href" not in text and "<script" not in text
    assert text.count("http") == 1, "only the namespace"


def test_a_transparent_picture_has_no_water() -> None:
    clear, whole = (standard_svg(transparent=transparent) for transparent in (True, False))
    water = re.compile(r'<rect width="100%" height="100%"')
    assert water.search(whole) and not water.search(clear)
    assert "dark water" not in clear


def test_shafts_of_light_have_no_mask() -> None:
    text = FALLBACK.read_text(encoding="utf-8")
    assert text.count("rotate(") == VectorScene().effects.vector_shafts
    assert "mask" not in text, "a mask costs a quarter of the picture's first paint"


def test_the_picture_has_a_name() -> None:
    root = ET.fromstring(FALLBACK.read_text(encoding="utf-8"))
    assert root.get("role") == "img"
    assert "candlefish" in (root.get("aria-label") or "").lower()


def test_lines_start_and_end_at_their_points() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.5], [20.0, -3.0]], np.float32)
    assert open_path(points) == "M0 0Q10 .5 15-1.2L20-3"
    assert closed_path(points).startswith("M10-1.5Q") and closed_path(points).endswith("Z")
