"""The picture of a visit: moods as bands, trust and affect as lines over time. Needs Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from candlefish.sim.tuning import default_tuning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from candlefish.sim.moods import Mood
    from candlefish.simulate.simulation import TimelineSample, VisitRecord

WIDTH, HEIGHT = 1280, 560
LEFT, RIGHT, TOP = 64, 24, 56
TRUST_BOTTOM, AFFECT_TOP, BOTTOM = 320, 350, 510
SCALE = 2
"""Drawn this much larger and reduced, for smooth lines."""

NIGHT, PANEL, GRID, TEXT = "#0D1B2A", "#1B263B", "#31405a", "#E0E1DD"
TRUST, VALENCE, AROUSAL = "#F8F8F2", "#3FD3C6", "#FFB347"


def draw(record: VisitRecord, title: str) -> Image.Image:
    """Draw a record's timeline."""
    return _Chart(record).render(title)


class _Chart:
    def __init__(self, record: VisitRecord) -> None:
        self._record = record
        self._end_s = max(record.samples[-1].t_s, 1.0)
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), NIGHT)
        self._pen = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(13 * SCALE)

    def render(self, title: str) -> Image.Image:
        self._panel(TOP, TRUST_BOTTOM)
        self._panel(AFFECT_TOP, BOTTOM)
        self._moods()
        self._axes()
        samples = self._record.samples
        self._line([(s.t_s, 1 - s.trust / 100) for s in samples], TOP, TRUST_BOTTOM, TRUST, 2.4)
        self._line([(s.t_s, 0.5 - s.valence / 2) for s in samples], AFFECT_TOP, BOTTOM, VALENCE, 1.6)
        self._line([(s.t_s, 0.5 - s.arousal / 2) for s in samples], AFFECT_TOP, BOTTOM, AROUSAL, 1.6)
        self._milestones()
        self._legend(title)
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    def _x(self, t_s: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * t_s / self._end_s

    def _panel(self, top: float, bottom: float) -> None:
        self._box(LEFT, top, WIDTH - RIGHT, bottom, PANEL)

    def _moods(self) -> None:
        """Bands of the moods' colours, each named where there is room."""
        for mood, from_s, to_s in spans(self._record.samples):
            colour = default_tuning().moods[mood].colour
            band = tuple(
                round(0.30 * part + 0.70 * base) for part, base in zip(colour, (27, 38, 59), strict=True)
            )
            strong = tuple(round(part) for part in colour)
            x0, x1 = self._x(from_s), self._x(to_s)
            self._box(x0, TOP, x1, TRUST_BOTTOM, band)
            self._box(x0, TRUST_BOTTOM - 6, x1, TRUST_BOTTOM, strong)
            if x1 - x0 > 7.5 * len(mood.value) + 8:
                self._text(x0 + 5, TRUST_BOTTOM - 24, mood.value, strong)

    def _axes(self) -> None:
        for trust in (0, 20, 50, 80, 100):
            y = TRUST_BOTTOM - (TRUST_BOTTOM - TOP) * trust / 100
            self._rule(LEFT, y, WIDTH - RIGHT, y)
            self._text(LEFT - 8, y - 8, str(trust), TEXT, "ra")
        for level in (-1, 0, 1):
            y = (AFFECT_TOP + BOTTOM) / 2 - level * (BOTTOM - AFFECT_TOP) / 2
            self._rule(LEFT, y, WIDTH - RIGHT, y)
            self._text(LEFT - 8, y - 8, f"{level:+d}" if level else "0", TEXT, "ra")
        for t_s in ticks(self._end_s):
            x = self._x(t_s)
            self._rule(x, AFFECT_TOP, x, BOTTOM)
            self._text(x, BOTTOM + 8, f"{t_s:g} s", TEXT, "ma")

    def _milestones(self) -> None:
        for at_s, name in self._record.milestones:
            x = self._x(at_s)
            self._rule(x, TOP, x, TRUST_BOTTOM, TEXT)
            self._text(min(x + 5, WIDTH - RIGHT - 90), TOP + 4, name, TEXT)

    def _legend(self, title: str) -> None:
        r = self._record
        head = f"{title}, seed {r.seed}: trust {r.trust_start:.1f} to {r.trust_end:.1f}"
        self._text(LEFT, 20, f"{head}; {r.food_eaten} of {r.food_offered} pieces eaten", TEXT)
        for x, name, colour in (
            (970, "trust", TRUST),
            (1060, "valence", VALENCE),
            (1160, "arousal", AROUSAL),
        ):
            self._box(x, 27, x + 18, 30, colour)
            self._text(x + 24, 20, name, colour)

    def _line(
        self, points: Sequence[tuple[float, float]], top: float, bottom: float, colour: str, width: float
    ) -> None:
        places = [(self._x(t_s) * SCALE, (top + (bottom - top) * share) * SCALE) for t_s, share in points]
        self._pen.line(places, fill=colour, width=round(width * SCALE), joint="curve")

    def _rule(self, x0: float, y0: float, x1: float, y1: float, colour: str = GRID) -> None:
        self._pen.line([x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE], fill=colour, width=SCALE)

    def _box(self, x0: float, y0: float, x1: float, y1: float, colour: str | tuple[int, ...]) -> None:
        self._pen.rectangle([x0 * SCALE, y0 * SCALE, max(x0, x1) * SCALE, y1 * SCALE], fill=colour)

    def _text(self, x: float, y: float, text: str, colour: str | tuple[int, ...], anchor: str = "la") -> None:
        self._pen.text((x * SCALE, y * SCALE), text, fill=colour, font=self._font, anchor=anchor)


def spans(samples: Sequence[TimelineSample]) -> Iterator[tuple[Mood, float, float]]:
    """Yield each stretch of one mood: the mood, from when, to when."""
    start = samples[0]
    for sample in samples[1:]:
        if sample.mood is not start.mood:
            yield start.mood, start.t_s, sample.t_s
            start = sample
    yield start.mood, start.t_s, samples[-1].t_s


def ticks(end_s: float) -> list[float]:
    """Return at most eleven round times from 0 to `end_s`."""
    step = next(step for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 86400)
                if end_s / step <= 10)  # fmt: skip
    return [float(step * n) for n in range(int(end_s / step) + 1)]
