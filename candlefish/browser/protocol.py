"""The messages between the page (JavaScript) and the engine (Python), each declared once.

`web/messages.d.ts` is written from this module by `builder/protocol.py`, which also reads what is declared
beside the code it belongs to: operations of the display list (`draw/display_list.py`), kinds of input
(`sim/inputs.py`), options (`browser/options.py`). Only the builder and a test read it: it is not shipped to
the browser.

Lengths are CSS px in the element's box, times epoch milliseconds. A text in `Annotated` is a field's comment.
"""

from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict

from candlefish.browser.experiments import PERSISTENCES
from candlefish.browser.options import Options
from candlefish.sim.memory import KNOWN_MILESTONES
from candlefish.sim.moods import Mood

Float64Array = NewType("Float64Array", object)
HTMLCanvasElement = NewType("HTMLCanvasElement", object)
OffscreenCanvas = NewType("OffscreenCanvas", object)
Persistence = NewType("Persistence", str)
MilestoneName = NewType("MilestoneName", str)
EventName = NewType("EventName", str)

WORDS: dict[Any, tuple[str, ...]] = {Persistence: PERSISTENCES, MilestoneName: KNOWN_MILESTONES}
"""Texts of which there are a few, by their types."""

ParamChanges = dict[str, dict[str, float | str]]


class Box(TypedDict):
    """Size of the box and how many device px a CSS px takes."""

    width: float
    height: float
    dpr: float


class Pending(TypedDict):
    """A memory another page could not merge before it closed: `mine` grew out of the stored `base`."""

    base: str | None
    mine: str


class Remembered(TypedDict):
    """What storage held when the fish started; `device` is a fresh random id for a visitor without memory."""

    memory: str | None
    pending: list[Pending]
    device: str


class Init(Box, Remembered):
    """Page to engine, first of all: how a fish starts. The canvases stay in JavaScript."""

    type: Literal["init"]
    canvas: HTMLCanvasElement | OffscreenCanvas
    water: NotRequired[Annotated[HTMLCanvasElement | OffscreenCanvas | None, "under it, for the light field"]]
    now_ms: float
    paused: bool
    waits: Annotated[bool, "A `study` message follows, and Python waits for it."]


class SwarmMessage(TypedDict):
    """A swarm of light instead of a fish (`candlefish/browser/swarm.py`)."""

    type: Literal["swarm"]
    canvas: OffscreenCanvas
    width: float
    height: float
    count: int


class SwarmResize(TypedDict):
    """The swarm's box has another size."""

    type: Literal["resize"]
    width: float
    height: float


class SwarmSwitch(TypedDict):
    """The swarm stands still, or goes on."""

    type: Literal["pause", "resume"]


class InputMessage(TypedDict):
    """What the visitor did; `events` is flat: kind, x, y, t_ms, kind, … (kinds: `INPUT_…` of protocol.js)."""

    type: Literal["input"]
    events: Float64Array


class Resize(Box):
    """The box has another size."""

    type: Literal["resize"]


class Switch(TypedDict):
    """The fish can be seen or not; it stands still or not."""

    type: Literal["visible", "pause"]
    on: bool


class Reset(TypedDict):
    """Forget the visitor, who has a new id from now on."""

    type: Literal["reset"]
    device: str


class Question(TypedDict):
    """A question without more to it; the answer has its id."""

    type: Literal["state", "record"]
    id: int


class PresetChange(TypedDict):
    """Another character that comes with the fish."""

    preset: str


class FileChange(TypedDict):
    """The text of a moods.toml."""

    toml: str


class ValuesChange(TypedDict):
    """Single values; null: back to the preset or file."""

    values: ParamChanges | None


class TunePreset(PresetChange):
    """Change to a preset."""

    type: Literal["tune"]
    id: int


class TuneFile(FileChange):
    """Change to a moods.toml."""

    type: Literal["tune"]
    id: int


class TuneValues(ValuesChange):
    """Change single values."""

    type: Literal["tune"]
    id: int


class Replay(TypedDict):
    """Replay a recording, out of sight."""

    type: Literal["replay"]
    id: int
    text: str


class StudioRequest(TypedDict):
    """A question of the studio's page (`web/studio/types.d.ts`)."""

    type: Literal["studio"]
    id: int
    do: str


class MemoryText(TypedDict):
    """A memory that is stored now, or that a service has from elsewhere."""

    type: Literal["saved", "remote"]
    text: str


class StorageText(TypedDict):
    """What storage holds, written by another tab."""

    type: Literal["storage"]
    text: str | None


class Study(TypedDict):
    """The visitor's part in analytics and experiments, as JSON (`browser/experiments.py`); null: none."""

    type: Literal["study"]
    text: str | None


class Hide(TypedDict):
    """The page is hidden."""

    type: Literal["hide"]


class ReportedEvent(TypedDict):
    """One event as Python reports it (`candlefish/events` has the fields of each type)."""

    type: str
    at_ms: NotRequired[float]


class Report(TypedDict):
    """What analytics hears of the fish; `closing` is the session's end, were it now."""

    type: Literal["report"]
    events: list[ReportedEvent]
    closing: dict[str, float]


class AssignmentMessage(TypedDict):
    """The variants a visitor has, and where their memory is kept."""

    type: Literal["dealt"]
    variants: dict[str, str]
    persistence: Persistence


class SaveMessage(TypedDict):
    """A memory to store; `base` is the stored text it grew out of."""

    type: Literal["save"]
    text: str
    base: str | None


class EngineError(TypedDict):
    """Something went wrong."""

    type: Literal["error"]
    message: str
    where: str
    asset: NotRequired[Annotated[str, "The path in the site of the file that could not be had."]]
    traceback: NotRequired[str]
    fatal: Annotated[bool, "The fish cannot go on."]


class EngineState(TypedDict):
    """What the engine knows of the fish."""

    mood: Mood
    reason: Annotated[str, "Why it feels so, in words a visitor would use."]
    trust: Annotated[float, "0…100"]
    valence: Annotated[float, "-1…1"]
    arousal: Annotated[float, "-1…1"]
    x: float
    y: float
    frames: Annotated[int, "Drawn so far."]
    fps: float
    food_eaten: int
    effects: str
    complexity: str
    wasm_bytes: int
    running: bool


class FishState(EngineState):
    """What `getState()` resolves to."""

    memory_saved: bool
    thread: Annotated[
        Literal["worker", "page", "none"], 'Where Python runs; "none" while only the picture is shown.'
    ]


class Recording(TypedDict):
    """A log of all that entered the world, "" when none is kept, and the fingerprint of that world."""

    text: str
    world: str


class ReplayResult(TypedDict):
    """What the replay of a recording led to; `problem` when it is none."""

    world: NotRequired[str]
    state: NotRequired[dict[str, float | str]]
    problem: NotRequired[str]


class Phase(TypedDict):
    """A phase of the start is over."""

    type: Literal["phase"]
    name: str
    epoch_ms: float


class ProgressMessage(TypedDict):
    """Bytes of an asset have come."""

    type: Literal["progress"]
    asset: str


class Started(TypedDict):
    """Python has the fish; its first frame is drawn."""

    type: Literal["ready", "frame1"]


class EngineEvent(TypedDict):
    """Something happened to the fish: an event of the element, or what the studio shows of it."""

    type: Literal["event"]
    name: EventName | Literal["insight"]
    detail: dict[str, Any]


class StateAnswer(TypedDict):
    """How the fish is."""

    type: Literal["state"]
    id: int
    state: EngineState


class Tuned(TypedDict):
    """Parameters have changed, or why they have not."""

    type: Literal["tuned"]
    id: int
    problem: str | None


class RecordAnswer(Recording):
    """The recording of this visit."""

    type: Literal["record"]
    id: int


class ReplayAnswer(ReplayResult):
    """What a replay led to."""

    type: Literal["replay"]
    id: int


class StudioAnswer(TypedDict):
    """An answer to the studio's page."""

    type: Literal["studio"]
    id: int


class PerfDetail(TypedDict):
    """How fluent it was in the last seconds."""

    fps: float
    frame_p99_ms: float
    work_ms: float
    dropped: int
    frames: int


class Perf(PerfDetail):
    """Frame statistics, every five seconds."""

    type: Literal["perf"]


class Damaged(TypedDict):
    """The stored memory could not be read as a whole."""

    type: Literal["damaged"]
    text: str
    problems: list[str]


ToSwarm = SwarmMessage | SwarmResize | SwarmSwitch
Tune = PresetChange | FileChange | ValuesChange
ToEngine = (
    Init | SwarmMessage | InputMessage | Resize | Switch | Reset | Question | TunePreset | TuneFile
    | TuneValues | Replay | StudioRequest | MemoryText | StorageText | Study | Hide
)  # fmt: skip
FromEngine = (
    Phase | ProgressMessage | Started | EngineEvent | StateAnswer | Tuned | RecordAnswer | ReplayAnswer
    | StudioAnswer | Perf | Damaged | SaveMessage | Report | AssignmentMessage | EngineError
)  # fmt: skip

EXTENDS: dict[type, type] = {Init: Options}
"""Messages that hold the options too."""
OPEN = frozenset({StudioRequest, StudioAnswer, ReportedEvent})
"""What has further fields, of any kind."""
ALIASES = {
    "ParamChanges": (
        ParamChanges,
        'Values by mood (or `thresholds`) and name, as in moods.toml; colours as "#rrggbb".',
    ),
    "Tune": (Tune, "What may be changed: all to a preset, all to a file, or single values."),
    "ToSwarm": (ToSwarm, "Page to a swarm; it answers with how many frames it has drawn."),
    "ToEngine": (ToEngine, "Page to engine."),
    "FromEngine": (FromEngine, "Engine to page."),
}
"""Types that have a name of their own, and what they are."""
