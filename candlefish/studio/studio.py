"""The studio without its page: the file, the fish that is tuned by it, and those compared with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from candlefish.sim.moods import Mood
from candlefish.sim.replay import LogError, parse_log
from candlefish.simulate.persona import load_persona, names
from candlefish.simulate.visitor import SimulatedVisitor
from candlefish.studio.behaviour_editor import BehaviourEditor, CodeError, sources
from candlefish.studio.document import Document
from candlefish.studio.document_commands import DocumentCommands
from candlefish.studio.insight import arrows
from candlefish.studio.parameters import schema
from candlefish.studio.studio_session import ComparisonSession, StudioSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.messages import Fields, Start
    from candlefish.browser.session import Post, Session
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World
    from candlefish.studio.document_commands import Answer, Request

MOST_STEPS = 600
HOUR_MS = 3_600_000.0
PACES = (0.0, 4.0)


class Studio:
    """The requests of the page by name, on the file and on the fish of one interpreter.

    The first fish is tuned to the file as it is; others, for comparison, to the file as last saved.

    Attributes:
        commands: the file and its commands.
        behaviours: the editor of the steering behaviours.
    """

    def __init__(self) -> None:
        """Open the package's own file, without a fish."""
        self.commands = DocumentCommands()
        self.behaviours = BehaviourEditor()
        self._first: StudioSession | None = None
        self._requests: dict[str, Callable[[Request], object]] = {
            "kept": lambda _ask: self.commands.autosave(),
            "json": lambda _ask: {"text": self.commands.document.json()},
            "hold": self._hold,
            "trust": self._set_trust,
            "hour": self._set_hour,
            "pace": self._set_pace,
            "step": lambda ask: self.first.step(min(MOST_STEPS, int(ask["count"]))),
            "persona": self._play_persona,
            "visit": self._replay_visit,
            "seek": self._seek,
            "go_on": self._resume,
            "code": lambda _ask: {"sources": sources()},
            "run": self._run_code,
            "uncode": lambda ask: self.behaviours.reset(str(ask["name"])),
            "trouble": lambda _ask: _code_problem(self.behaviours.error),
        }

    @property
    def first(self) -> StudioSession:
        """The session of the fish that is tuned.

        Raises:
            ValueError: there is none.
        """
        if self._first is None:
            raise ValueError("there is no fish yet")
        return self._first

    def open_session(
        self, start: Start, post: Post, calls_per_frame: Callable[[int], float] = lambda _frames: 0.0
    ) -> Session:
        """Return the session of a new fish, which answers `studio` messages: the first, or a comparison.

        `calls_per_frame` is as in `StudioSession`.
        """
        if self._first is None:
            self._first = StudioSession(start, post)
            self._first.calls_per_frame = calls_per_frame
            self._first.tune(self.commands.document.tuning)
            session = self._first.session
        else:
            comparison = ComparisonSession(start, post, self._first)
            comparison.tune(self._saved_tuning())
            session = comparison.session
        session.add_handler("studio", partial(self._post_answer, post))
        return session

    def close_session(self, session: Session) -> None:
        """Forget a session whose host has closed."""
        if self._first is None:
            return
        if self._first.session is session:
            self._first = None
            return
        for comparison in tuple(self._first.comparisons):
            if comparison.session is session:
                comparison.close()

    def answer(self, ask: Request) -> Answer:
        """Execute a request of the page; a bad one changes nothing and is answered with `problems`."""
        name = ask.get("do")
        if isinstance(name, str) and name in self.commands:
            answer = self._execute(ask)
            if name == "open":
                answer |= {"schema": schema(), "arrows": arrows(), "personas": list(names())}
            return answer
        try:
            result = self._requests[str(name)](ask)
        except (KeyError, TypeError, ValueError) as error:
            return {"problems": [{"line": 0, "message": f"{name}: not understood: {error!r:.200}"}]}
        return result if isinstance(result, dict) else {}

    def _post_answer(self, post: Post, fields: Fields) -> None:
        answer = self.answer(fields.content)
        post({**answer, "type": "studio", "id": fields.number("id", 0, 2**53)})

    def _execute(self, ask: Request) -> Answer:
        """Execute a command of the document, and tune the fish by it."""
        document = self.commands.document
        before, saved = document.tuning, document.saved
        return self.commands.execute(ask, lambda: self._tune_after(before, saved))

    def _tune_after(self, before: Tuning, saved: str) -> None:
        document = self.commands.document
        if self._first is None:
            return
        if document.tuning != before:
            self._first.tune(document.tuning)
            self._first.session.repaint()  # a frame sooner than the next one would show it
        if document.saved != saved:
            for comparison in self._first.comparisons:
                comparison.tune(self._saved_tuning())

    def _saved_tuning(self) -> Tuning:
        return Document(self.commands.document.saved).tuning

    def _change_all(self, change: Callable[[World], None]) -> None:
        self.first.change(change)
        for comparison in self.first.comparisons:
            change(comparison.world)

    def _hold(self, ask: Request) -> None:
        mood = None if ask["mood"] is None else Mood(ask["mood"])
        self._change_all(lambda world: world.mind.hold(mood))

    def _set_trust(self, ask: Request) -> None:
        level = min(100.0, max(0.0, float(ask["value"])))
        self._change_all(partial(_set_trust, level=level))

    def _set_hour(self, ask: Request) -> None:
        hour = float(ask["value"]) % 24.0
        self._change_all(partial(_set_hour, hour=hour))

    def _set_pace(self, ask: Request) -> None:
        self.first.pace = min(PACES[1], max(PACES[0], float(ask["value"])))

    def _play_persona(self, ask: Request) -> Answer:
        visitor, about = None, ""
        if ask["name"] is not None:
            persona = load_persona(str(ask["name"]))
            visitor, about = SimulatedVisitor(persona, 1, self.first.world.size), persona.about
            visitor.start_at(self.first.world.now_s)
        self.first.end_visit()
        self.first.visitor = visitor
        return {"about": about}

    def _replay_visit(self, ask: Request) -> Answer:
        try:
            self.first.replay(parse_log(str(ask["text"]).splitlines()))
        except LogError as error:
            return {"problems": [{"line": 0, "message": str(error)}]}
        self._move_comparisons()
        self._set_pace({"value": 1})
        return {"size": list(self.first.world.size)}

    def _seek(self, ask: Request) -> Answer:
        self._set_pace({"value": 0})
        step = self.first.seek(int(ask["step"]))
        self._move_comparisons()
        return {"step": step}

    def _resume(self, ask: Request) -> None:
        self.first.resume(here=bool(ask["here"]))
        if self.first.visit is None:
            self.first.tune(self.commands.document.tuning)
        self._set_pace({"value": 1})
        self._move_comparisons()

    def _move_comparisons(self) -> None:
        for comparison in self.first.comparisons:
            comparison.follow(self._saved_tuning())

    def _run_code(self, ask: Request) -> Answer:
        try:
            self.behaviours.run(str(ask["name"]), str(ask["text"]))
        except CodeError as error:
            return _code_problem(error)
        return {}


def _code_problem(error: CodeError | None) -> Answer:
    return {"problems": [{"line": error.line, "message": str(error)}]} if error else {}


def _set_trust(world: World, level: float) -> None:
    world.mind.trust.value = level


def _set_hour(world: World, hour: float) -> None:
    world.began_ms += (hour - world.hour) * HOUR_MS
