"""The counter of calls between Python and JavaScript."""

from candlefish.studio.ffi_calls import CountedStage, FfiCallCounter


class FakeStage:
    """A stage that records its calls."""

    def __init__(self) -> None:
        self.frame: object = None
        self.calls: list[object] = []

    def resize(self, width_px: float, height_px: float, dpr: float) -> None:
        self.calls.append((width_px, height_px, dpr))

    def paint(self, ops: object, count: int) -> bool:
        self.calls.append((ops, count))
        return count > 0

    def request(self) -> None:
        self.calls.append("request")

    def cancel(self) -> None:
        self.calls.append("cancel")

    def now(self) -> float:
        return 12.5


def test_every_call_is_counted_once_and_passed_on() -> None:
    fake, calls = FakeStage(), FfiCallCounter()
    stage = CountedStage(fake, calls)
    stage.frame = stage
    stage.resize(3, 2, 1)
    assert stage.paint("ops", 7)
    assert not stage.paint("ops", 0)
    stage.request()
    stage.cancel()
    assert stage.now() == 12.5
    assert fake.frame is stage is stage.frame
    assert fake.calls == [(3, 2, 1), ("ops", 7), ("ops", 0), "request", "cancel"]
    assert calls.per_frame(1) == 7


def test_a_counted_function_passes_its_text_on() -> None:
    texts: list[str] = []
    calls = FfiCallCounter()
    calls.counted(texts.append)("ready")
    assert texts == ["ready"]
    assert calls.per_frame(1) == 1


def test_calls_a_frame_are_those_since_the_last_time() -> None:
    calls = FfiCallCounter()
    for _ in range(9):
        calls.count()
    assert calls.per_frame(0) == 0.0, "nothing was drawn: they count for the next frames"
    assert calls.per_frame(3) == 3.0
    calls.count()
    assert calls.per_frame(5) == 0.5
