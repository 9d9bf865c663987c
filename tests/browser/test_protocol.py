"""What a session says and hears is what the protocol declares."""

from __future__ import annotations

import types
from enum import StrEnum
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from candlefish.browser import protocol
from candlefish.browser.element import ATTRIBUTES, EVENTS
from candlefish.browser.options import Options
from tests.browser.test_session import FEED, NAN, Page
from tests.browser.test_telemetry import study

# What `web/runtime/engine-host.js` keeps for itself, `browser/host.py` answers, and the studio's host.
NOT_THE_SESSIONS = {"init", "swarm", "input", "study", "state", "record", "replay", "studio"}
DETAILS = {each.name: each.detail for each in EVENTS}


def tags(message: Any) -> tuple[str, ...]:
    """The `type`s of a declared message."""
    return get_args(get_type_hints(message)["type"])


def wrong(value: object, hint: Any) -> str:
    """What of a value is not as declared; empty when all is."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated or origin is NotRequired:
        return wrong(value, inner[0])
    if origin in (types.UnionType, Union):
        return "" if any(not wrong(value, each) for each in inner) else f"{value!r} is none of {hint}"
    if origin is Literal:
        return "" if value in inner else f"{value!r} is none of {inner}"
    if is_typeddict(hint):
        return wrong_fields(value, hint)
    if origin is list:
        assert isinstance(value, list | tuple)
        return next((told for each in value if (told := wrong(each, inner[0]))), "")
    if origin is dict:
        assert isinstance(value, dict)
        return next((told for each in value.values() if (told := wrong(each, inner[1]))), "")
    if hint in protocol.WORDS:
        return "" if value in protocol.WORDS[hint] else f"{value!r} is none of {protocol.WORDS[hint]}"
    if hint is protocol.EventName:
        return "" if value in DETAILS else f"{value!r} is no event"
    if hint is Any:
        return ""
    return "" if is_a(value, hint) else f"{value!r} is no {hint.__name__}"


def is_a(value: object, kind: Any) -> bool:
    """JavaScript has one kind of number."""
    if kind is int:
        return isinstance(value, int | float) and float(value).is_integer()
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind) or (issubclass(kind, StrEnum) and value in list(kind))


def wrong_fields(value: object, declared: Any) -> str:
    assert isinstance(value, dict)
    hints = get_type_hints(declared, include_extras=True)
    if missing := declared.__required_keys__ - value.keys():
        return f"{declared.__name__} lacks {missing}"
    if (more := value.keys() - hints.keys()) and declared not in protocol.OPEN:
        return f"{declared.__name__} has {more} besides"
    return next((told for key in value.keys() & hints if (told := wrong(value[key], hints[key]))), "")


def lived() -> Page:
    """A fish that has said all it says: events, saves, frames, a report, damage, a change of parameters."""
    page = Page(study=study(), memory="{", effects="minimal")
    page.show()
    page.frames(2)
    page.session.take_inputs([FEED, 400.0, 250.0, page.now_ms])
    page.frames(900)
    page.send("tune", id=1, preset="night")
    page.send("tune", id=2, values={"curious": {"glow": -9}})
    page.send("hide")
    return page


def test_a_session_says_what_is_declared() -> None:
    declared = {tag: each for each in get_args(protocol.FromEngine) for tag in tags(each)}
    page = lived()
    assert {"event", "save", "perf", "report", "dealt", "damaged", "tuned"} == {
        each["type"] for each in page.posted
    }
    for message in page.posted:
        assert not wrong(message, declared[message["type"]]), message
    events = page.of("event")
    assert {"fed", "trustchange"} <= {each["name"] for each in events}
    for event in events:
        assert not wrong(event["detail"], DETAILS[event["name"]]), event


def test_its_state_has_what_is_declared() -> None:
    """It has more, which no page is promised."""
    state = {**lived().session.state(), "wasm_bytes": 1}
    promised = {key: value for key, value in state.items() if key in get_type_hints(protocol.EngineState)}
    assert not wrong(promised, protocol.EngineState)


def test_a_session_hears_what_is_declared() -> None:
    declared = {tag for each in get_args(protocol.ToEngine) for tag in tags(each)}
    assert Page().session._handlers.keys() == declared - NOT_THE_SESSIONS


def test_what_is_not_as_declared_is_found() -> None:
    assert wrong({"type": "save", "text": "x"}, protocol.SaveMessage) == "SaveMessage lacks {'base'}"
    assert wrong({"type": "save", "text": "x", "base": 3}, protocol.SaveMessage)
    assert wrong({"type": "hide", "now": True}, protocol.Hide) == "Hide has {'now'} besides"
    assert wrong({"x": NAN, "y": "far", "trust": 1}, DETAILS["fed"])


def test_every_option_that_the_page_may_set_is_an_attribute() -> None:
    names = {each.name for each in ATTRIBUTES}
    assert len(names) == len(ATTRIBUTES)
    assert {"effects", "complexity", "seed", "transparent"} <= names
    assert "record" not in names
    assert Options() == Options(effects="standard", complexity="standard", seed=7)
