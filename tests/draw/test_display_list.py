import re
import struct
from pathlib import Path

import numpy as np
import pytest

from candlefish.draw.display_list import CAPACITY, FADES, OPS, Blend, DisplayList, Op, Slot, Stop, operations

PAINTER = Path(__file__).parents[2] / "web" / "runtime" / "painter.js"


def test_what_is_written_is_read_back() -> None:
    out = DisplayList()
    out.background((1, 2, 3))
    out.sprites(Slot.MOTE, 2)[...] = [[1, 2, 3, 4], [5, 6, 7, 8]]
    outline = np.arange(8.0).reshape(4, 2)
    out.fill(outline, (0, 1), (2, 3), [Stop(0.0, (1, 2, 3), 0.5), Stop(1.0, (4, 5, 6), 0.25)])
    out.veil(outline, (1, 2), 3, [Stop(0.5, (1, 2, 3), 0.5)])
    out.strokes(np.arange(12.0).reshape(2, 3, 2), (1, 2, 3), 0.5, 2.0)
    out.ellipse(1, 2, 3, 4, (5, 6, 7), 1.0)
    out.blend(Blend.ADD)
    size = out.end()
    read = list(operations(out.buffer, size))
    assert [op for op, _, _ in read] == [
        Op.BACKGROUND, Op.SPRITES, Op.FILL, Op.VEIL, Op.STROKES, Op.ELLIPSE, Op.BLEND, Op.END,
    ]  # fmt: skip
    assert list(read[0][1]) == [1, 2, 3]
    assert read[1][2].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert read[2][2].tolist() == [0, 1, 2, 3, 0.5, 1, 4, 5, 6, 0.25, *range(8)]
    assert list(read[4][1]) == [1, 2, 3, 0.5, 2, 2, 3]


def fill_up(out: DisplayList) -> None:
    for _ in range(CAPACITY):
        out.ellipse(0, 0, 1, 1, (0, 0, 0), 1.0)


def test_a_frame_too_big_for_the_buffer_is_refused() -> None:
    out = DisplayList()
    with pytest.raises(struct.error):
        fill_up(out)


@pytest.mark.parametrize(
    ("buffer", "message"),
    [([99.0], "unknown operation 99 at 0"), ([3.0, 0.0, 5.0, 1.0], "SPRITES at 3 is cut short")],
)
def test_a_broken_list_is_refused_with_the_place(buffer: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(operations(np.array(buffer, np.float32), len(buffer)))


def test_the_painter_knows_every_operation_and_sprite() -> None:
    source = PAINTER.read_text(encoding="utf-8")
    assert set(re.findall(r"op === OP_(\w+)", source)) == {op.name for op in Op}
    assert set(re.findall(r"slot === SLOT_(\w+)", source)) == {slot.name for slot in Slot}
    assert {op.value for op in OPS} == set(range(len(OPS)))


def test_the_painter_fades_its_sprites_like_the_others() -> None:
    source = PAINTER.read_text(encoding="utf-8")
    for slot, fade in FADES.items():
        assert f"[{', '.join(f'{alpha:g}' for alpha in fade)}]" in source, slot.name
