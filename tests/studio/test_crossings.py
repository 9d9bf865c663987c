"""Calls between Python and JavaScript, as the studio counts them."""

from candlefish.studio.crossings import CountedStage, Crossings


class Paper:
    """A stage that notes what it was told."""

    def __init__(self) -> None:
        self.frame: object = None
        self.told: list[object] = []

    def resize(self, width_px: float, height_px: float, dpr: float) -> None:
        self.told.append((width_px, height_px, dpr))

    def paint(self, ops: object, count: int) -> bool:
        self.told.append((ops, count))
        return count > 0

    def request(self) -> None:
        self.told.append("request")

    def cancel(self) -> None:
        self.told.append("cancel")

    def now(self) -> float:
        return 12.5


def test_every_call_is_counted_once_and_passed_on() -> None:
    paper, crossings = Paper(), Crossings()
    stage = CountedStage(paper, crossings)
    stage.frame = stage
    stage.resize(3, 2, 1)
    assert stage.paint("ops", 7)
    assert not stage.paint("ops", 0)
    stage.request()
    stage.cancel()
    assert stage.now() == 12.5
    assert paper.frame is stage is stage.frame
    assert paper.told == [(3, 2, 1), ("ops", 7), ("ops", 0), "request", "cancel"]
    assert crossings.a_frame(1) == 7


def test_calls_are_told_a_frame_since_they_were_last_asked_for() -> None:
    crossings = Crossings()
    for _ in range(9):
        crossings.count()
    assert crossings.a_frame(0) == 0.0, "nothing was drawn: they count for the next frames"
    assert crossings.a_frame(3) == 3.0
    crossings.count()
    assert crossings.a_frame(5) == 0.5
