"""Golden frames: scripted plans against committed pictures.

After a change that is meant to show: pytest tests/render --update-references, and look at what changed.
"""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from candlefish.render.pictures import Pixels, Plan, frames, png
from candlefish.sim.moods import Mood

REFERENCES = Path(__file__).parent / "references"
SIZE = (256.0, 144.0)
PLANS = {
    **{mood.value: Plan(SIZE, moods=((0.0, mood),)) for mood in Mood},
    "feeding": Plan(SIZE, food_s=(0.4, 0.8, 1.5), taps_s=(1.7,)),
    "night": Plan(SIZE, hour=1.5),
    "strip": Plan((320.0, 120.0)),
    "portrait": Plan((120.0, 260.0)),
}
AT_S = 2.0
MEAN_MOST, WORST_MOST = 1.5, 24.0
"""Of 255, after softening: another processor rounds sums of floats otherwise, which must not count."""


def soft(frame: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The frame as an eye some way off sees it: means of 4 × 4 px."""
    rows, columns = frame.shape[0] // 4, frame.shape[1] // 4
    means: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = (
        frame[: 4 * rows, : 4 * columns].reshape(rows, 4, columns, 4, 3).mean(axis=(1, 3))
    )
    return means


def difference(one: Pixels, other: Pixels) -> tuple[float, float]:
    """Mean and 99.5th percentile of the difference of two frames, 0…255."""
    away = np.abs(soft(one) - soft(other))
    return float(away.mean()), float(np.percentile(away, 99.5))


@pytest.mark.parametrize("name", PLANS)
def test_frames_look_as_they_did(name: str, request: pytest.FixtureRequest) -> None:
    (frame,) = frames(PLANS[name], AT_S, 1, 1.0, "standard")
    path = REFERENCES / f"{name}.png"
    if request.config.getoption("--update-references"):
        REFERENCES.mkdir(exist_ok=True)
        path.write_bytes(png(frame))
    with Image.open(path) as reference:
        mean, worst = difference(frame, np.asarray(reference.convert("RGB")))
    assert mean < MEAN_MOST and worst < WORST_MOST, f"{name} has changed: {mean:.2f}, {worst:.1f} of 255"


def test_a_changed_picture_is_noticed() -> None:
    (one,), (other,) = (frames(PLANS[name], AT_S, 1, 1.0, "standard") for name in ("curious", "trusting"))
    mean, worst = difference(one, other)
    assert mean > MEAN_MOST or worst > WORST_MOST
