import io
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from candlefish.cli import main
from candlefish.render.pictures import Pixels, Plan, crossfaded, frames, png
from candlefish.sim.moods import Mood

SMALL = Plan((320.0, 180.0))


def still(plan: Plan, at_s: float = 1.0, effects: str = "standard", dpr: float = 1.0) -> Pixels:
    (frame,) = frames(plan, at_s, 1, 1.0, effects, dpr)
    return frame


def test_the_same_plan_gives_the_same_picture() -> None:
    assert png(still(SMALL)) == png(still(SMALL))


def test_seed_moment_and_mood_change_the_picture() -> None:
    pictures = [
        still(SMALL), still(Plan((320.0, 180.0), seed=8)), still(SMALL, 2.0),
        still(Plan((320.0, 180.0), moods=((0.0, Mood.SHY),))),
    ]  # fmt: skip
    for other in pictures[1:]:
        assert np.abs(pictures[0].astype(int) - other.astype(int)).mean() > 0.3


@pytest.mark.parametrize("effects", ["minimal", "standard", "rich"])
@pytest.mark.parametrize("size", [(320.0, 120.0), (240.0, 520.0), (1280.0, 720.0)])
def test_every_level_and_box_shows_a_lit_fish_on_dark_water(effects: str, size: tuple[float, float]) -> None:
    picture = still(Plan(size), effects=effects)
    assert picture.shape == (int(size[1]), int(size[0]), 3)
    assert 8 < picture.mean() < 90
    assert picture.max() > 200


def test_more_device_pixels_show_the_same_picture_finer() -> None:
    one, two = still(SMALL), still(SMALL, dpr=2.0)
    assert two.shape == (360, 640, 3)
    halved = two.reshape(180, 2, 320, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - one).mean() < 1.5


def test_moods_can_be_told_apart_without_colour() -> None:
    """Each mood's grey picture differs from every other's more than a moment later in the same mood does."""
    grey = {
        mood: still(Plan((320.0, 180.0), moods=((0.0, mood),)), 3.0) @ [0.299, 0.587, 0.114] for mood in Mood
    }
    names = list(grey)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(grey[one] - grey[other]).mean() > 1.0, (one, other)


def test_a_loop_ends_where_it_begins() -> None:
    ramp = [np.full((2, 2, 3), 10 * value, np.uint8) for value in range(12)]
    loop = crossfaded(ramp, 4)
    assert len(loop) == 8
    assert abs(int(loop[0][0, 0, 0]) - int(loop[-1][0, 0, 0])) < 30


@pytest.mark.parametrize(("kind", "count"), [("png", 1), ("webp", 6), ("gif", 6), ("apng", 6)])
def test_the_command_writes_each_format(kind: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / f"fish.{kind}"
    given = ["--size", "160x90", "--at", "0.5", "--seconds", "0.6", "--fps", "10", "--out", str(path)]
    assert main(["render", "--format", kind, *given]) == 0
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.size == (160, 90)
        assert getattr(image, "n_frames", 1) == count


def test_the_command_writes_svg(tmp_path: Path) -> None:
    path = tmp_path / "fish.svg"
    assert main(["render", "--at", "0.2", "--out", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    "given", [["--size", "9x9"], ["--size", "big"], ["--at", "-1"], ["--mood", "hungry"]]
)
def test_what_cannot_be_drawn_is_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", *given])
    assert given[1] in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--at", "0", "--size", "64x64", "--out", str(tmp_path / "no" / "fish.png")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_without_water_the_fish_lies_on_nothing_and_no_edge_of_the_box_shows() -> None:
    plan = Plan((640.0, 360.0), moods=((0.0, Mood.EXCITED),))
    (frame,) = frames(plan, 3.0, 1, 1.0, "standard", transparent=True)
    assert frame.shape == (360, 640, 4)
    alpha = frame[..., 3]
    assert (alpha == 0).mean() > 0.3, "much of the box is empty"
    assert (alpha == 255).mean() > 0.005, "the fish's body is whole"
    soft = ((alpha > 0) & (alpha < 160)).mean()
    assert soft > 0.05, "its light shows as light"
    rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    assert np.quantile(rim, 0.95) <= 4


@pytest.mark.parametrize("kind", ["png", "svg", "webp"])
def test_a_transparent_picture_is_one_in_its_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"fish.{kind}"
    wanted = ["--transparent", "--size", "160x90", "--seconds", "0.2", "--out", str(path)]
    assert main(["render", *wanted]) == 0
    if kind == "svg":
        assert '<rect width="100%"' not in path.read_text(encoding="utf-8")
    else:
        assert Image.open(path).convert("RGBA").getchannel("A").getextrema()[0] == 0


def test_what_has_no_shades_of_transparency_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--transparent", "--format", "gif"]) == 2
    assert "webp, apng, png or svg" in capsys.readouterr().err
