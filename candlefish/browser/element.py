"""The interface of `<candle-fish>`: its attributes, methods, events and what of it can be styled.

`web/package/custom-elements.json` (the manifest), `web/package/candle-fish.d.ts` and the attributes in
`web/protocol.js` are written from this table by `builder/protocol.py`; it is not shipped to the browser.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal, NotRequired, TypedDict

from candlefish.browser.options import ChoiceOption, FlagOption, Options
from candlefish.browser.protocol import MilestoneName, PerfDetail
from candlefish.sim.moods import Mood

TAG = "candle-fish"
CLASS = "CandleFish"
MEANING = "A bioluminescent fish, written in Python: a picture that comes alive when it can."
LABEL = "A glowing candlefish that watches your pointer"
ANEW = "Changing it starts the fish anew."


@dataclass(frozen=True, slots=True)
class Named:
    """A slot, a part or a CSS property."""

    name: str
    meaning: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute; `type` as TypeScript writes it.

    Attributes:
        restarts: a change starts the fish anew.
        reflects: what the property of the same name means; empty where there is none.
    """

    name: str
    type: str
    meaning: str
    default: str | None = None
    restarts: bool = False
    reflects: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a method; with a default it may be left out."""

    name: str
    type: str
    meaning: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method."""

    name: str
    meaning: str
    parameters: tuple[Parameter, ...] = ()
    returns: str = "void"


@dataclass(frozen=True, slots=True)
class Event:
    """An event `candlefish:<name>`; `detail` is a typed dictionary."""

    name: str
    detail: type
    meaning: str


class ReadyDetail(TypedDict):
    """Where Python runs, and milliseconds from the start of the navigation to the end of each phase."""

    thread: Literal["worker", "page"]
    timeline: dict[str, float]


MoodChangeDetail = TypedDict("MoodChangeDetail", {"from": Mood, "to": Mood, "reason": str})


class TrustChangeDetail(TypedDict):
    """Trust as it is now, 0…100, and by how much it has changed."""

    trust: float
    change: float


class MilestoneDetail(TypedDict):
    """What happened for the first time."""

    name: MilestoneName
    trust: float


class FedDetail(TypedDict):
    """Where it ate, CSS px in the box."""

    x: float
    y: float
    trust: float


class ErrorDetail(TypedDict):
    """What went wrong, and where."""

    message: str
    where: str
    traceback: NotRequired[str]


class FallbackDetail(TypedDict):
    """Why only the picture is shown."""

    reason: str


class StorageDetail(TypedDict):
    """Why its memory could not be kept or read."""

    reason: str
    message: str


def _option_attribute(name: str, metadata: Any, default: object) -> Attribute:
    kind = metadata["kind"]
    meaning = f"{metadata['meaning']} {ANEW}"
    if isinstance(kind, ChoiceOption):
        return Attribute(
            name, " | ".join(f"'{word}'" for word in kind.words), meaning, str(default), restarts=True
        )
    text = str(default).lower()
    return Attribute(
        name, "boolean" if isinstance(kind, FlagOption) else "integer", meaning, text, restarts=True
    )


OPTION_ATTRIBUTES = tuple(
    _option_attribute(each.name, each.metadata, each.default)
    for each in fields(Options)
    if each.metadata["attribute"]
)
"""The attributes that are options of the fish."""

ATTRIBUTES = (
    Attribute(
        "mood-preset",
        "string",
        "A character that comes with the fish (`default`, `calm`, `night`, `vivid`), or the address of a"
        " `moods.toml` of your own. What is refused changes nothing and is told in `candlefish:error`.",
        "default",
    ),
    *OPTION_ATTRIBUTES,
    Attribute(
        "height",
        "string",
        "Height of the box: a number of CSS px, or any CSS length. Without it, `--candlefish-height`.",
    ),
    Attribute(
        "paused",
        "boolean",
        "The fish stands still. Reflects the property; the visitor's pause button sets it.",
        "false",
        reflects="The fish stands still.",
    ),
    Attribute(
        "disabled",
        "boolean",
        "The fish swims, and takes no notice of the visitor; it cannot be focused. `feed()` still works.",
        "false",
        reflects="The visitor is not heard.",
    ),
    Attribute("static", "boolean", "Only the picture: nothing is loaded.", "false", restarts=True),
    Attribute(
        "analytics",
        "string",
        "Address of the site's own Candlefish service (empty: this origin). Without the attribute nothing is"
        f" sent; with it nothing is sent against the visitor's wish (GPC, DNT, opt-out). {ANEW}",
        restarts=True,
    ),
    Attribute("label", "string", "The accessible name.", LABEL),
)

METHODS = (
    Method("pause", "Let it stand still."),
    Method("resume", "Let it go on."),
    Method(
        "feed",
        "Drop a piece of food. Numbers that are not finite are told in `candlefish:error`.",
        (
            Parameter("x", "number", "CSS px from the left of the box"),
            Parameter("y", "number", "CSS px from the top of the box"),
        ),
    ),
    Method("reset", "Forget the visitor and start anew."),
    Method(
        "getState",
        "How it is: mood, reason, trust, place, frames drawn, and more.",
        returns="Promise<FishState>",
    ),
    Method(
        "setParams",
        "Change parameters from the next frame on, eased. Rejects with a RangeError that says which value is"
        " refused; then nothing has changed.",
        (
            Parameter(
                "values",
                "ParamChanges | null",
                "by mood and name, as in `moods.toml`; null takes all changes back",
            ),
        ),
        "Promise<void>",
    ),
    Method(
        "pair",
        "A code for another device, good once. Rejects when no service is connected.",
        returns="Promise<{ code: string; expires_s: number }>",
    ),
    Method(
        "join",
        "Remember as one with the device that showed the code.",
        (Parameter("code", "string", "from another device"),),
        "Promise<void>",
    ),
    Method(
        "optOut",
        "Keep in this browser that its visitor is not to be counted.",
        (Parameter("out", "boolean", "whether this visitor does not want to be counted", "true"),),
        "Promise<void>",
    ),
)

EVENTS = (
    Event(
        "ready",
        ReadyDetail,
        "The first frame is drawn. Detail: where Python runs, and when each phase of the start ended (ms).",
    ),
    Event(
        "moodchange",
        MoodChangeDetail,
        "Its mood has changed: from, to, and the reason a visitor would give.",
    ),
    Event("trustchange", TrustChangeDetail, "Its trust has changed by something worth showing."),
    Event(
        "milestone",
        MilestoneDetail,
        "Something happened for the first time: first_feed, comfortable, trusting, bonded.",
    ),
    Event("fed", FedDetail, "It has eaten a piece of food."),
    Event("error", ErrorDetail, "Something went wrong: what, and where. The fish may live on."),
    Event("fallback", FallbackDetail, "Only the picture is shown, and why."),
    Event("perf", PerfDetail, "How fluent it was in the last seconds, every five."),
    Event("storage", StorageDetail, "Its memory could not be kept or read as it should, and why."),
)

SLOTS = (
    Named(
        "",
        "The picture shown at first paint and whenever the fish cannot live: put the contents of"
        " `static/fallback.svg` here.",
    ),
)
PARTS = (
    Named("stage", "The box: picture and canvas."),
    Named("canvas", "What Python draws on."),
    Named("picture", "The picture that comes with the fish, when you put none inside."),
    Named("hint", "What tells that the fish is waking up; there only when that takes more than 1.5 s."),
    Named("cursor", "The keyboard's pointer."),
    Named("pause", "The pause button."),
)
CSS_PROPERTIES = (
    Named("--candlefish-height", "Height of the box.", "60vh"),
    Named("--candlefish-fade", "How long the canvas takes to fade in over the picture.", "0.4s"),
    Named("--candlefish-focus", "Colour of the focus ring and of the keyboard's pointer.", "#3fd3c6"),
    Named("--candlefish-button-colour", "Colour of the pause button's sign.", "#f8f8f2"),
    Named("--candlefish-button-background", "Background of the pause button.", "rgb(13 27 42 / 0.6)"),
)
