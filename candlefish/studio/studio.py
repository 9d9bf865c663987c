"""The studio without its page: the fish, its doubles as last saved, and the file they are tuned by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from candlefish.sim.moods import Mood
from candlefish.sim.replay import LogError, parse_log
from candlefish.simulate.persona import load_persona, names
from candlefish.simulate.visitor import SimulatedVisitor
from candlefish.studio.behaviours import BehaviourEditor, CodeError, sources
from candlefish.studio.desk import Desk
from candlefish.studio.insight import arrows
from candlefish.studio.schema import schema
from candlefish.studio.session import ComparisonSession, StudioSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.messages import Fields, Start
    from candlefish.browser.session import Post, Session
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World

MOST_STEPS = 600
HOUR_MS = 3_600_000.0
PACES = (0.0, 4.0)
Answer = dict[str, Any]


class Studio:
    """One interpreter's desk and the fish that swim by what lies on it.

    The first is tuned to the file as it is; others are compared with it, tuned to the file as last saved.
    """

    def __init__(self) -> None:
        """Lay out the package's own file; nothing swims yet."""
        self.desk = Desk()
        self.behaviours = BehaviourEditor()
        self._first: StudioSession | None = None
        self._acts: dict[str, Callable[[Answer], object]] = {
            "hold": self._hold,
            "trust": self._trust,
            "hour": self._hour,
            "pace": self._pace,
            "step": lambda ask: self.first.step(min(MOST_STEPS, int(ask["count"]))),
            "persona": self._persona,
            "visit": self._visit,
            "seek": self._seek,
            "go_on": self._go_on,
            "code": lambda _ask: {"sources": sources()},
            "run": self._run,
            "uncode": lambda ask: self.behaviours.reset(str(ask["name"])),
            "trouble": lambda _ask: self._trouble(),
        }

    def open_session(
        self, start: Start, post: Post, calls_per_frame: Callable[[int], float] = lambda _frames: 0.0
    ) -> Session:
        """Make the session of a fish that was just put on a stage: the first, or one to compare with it.

        It answers `studio` messages. `calls_per_frame` is as in `StudioSession`.
        """
        if self._first is None:
            self._first = StudioSession(start, post)
            self._first.calls_per_frame = calls_per_frame
            self._first.tune(self.desk.tuning)
            session = self._first.session
        else:
            comparison = ComparisonSession(start, post, self._first)
            comparison.tune(self._saved())
            session = comparison.session
        session.add_handler("studio", partial(self._post_answer, post))
        return session

    def close_session(self, session: Session) -> None:
        """Let go of a session whose fish has left its stage."""
        if self._first is None:
            return
        if self._first.session is session:
            self._first = None
            return
        for comparison in tuple(self._first.comparisons):
            if comparison.session is session:
                comparison.close()

    @property
    def first(self) -> StudioSession:
        """The fish that is tuned.

        Raises:
            ValueError: it is not there.
        """
        if self._first is None:
            raise ValueError("no fish swims yet")
        return self._first

    def answer(self, ask: Answer) -> Answer:
        """Do what the page asks for; bad requests change nothing and say why."""
        act = ask.get("do")
        if act == "open":
            return {**self._edit(ask), "schema": schema(), "arrows": arrows(), "personas": list(names())}
        if act == "kept":
            return self.desk.kept()
        if act == "json":
            return {"text": self.desk.document.json()}
        if isinstance(act, str) and self.desk.knows(act):
            return self._edit(ask)
        try:
            done = self._acts[str(act)](ask)
        except (KeyError, TypeError, ValueError) as error:
            return {"problems": [{"line": 0, "message": f"{act}: not understood: {error!r:.200}"}]}
        return done if isinstance(done, dict) else {}

    def _post_answer(self, post: Post, fields: Fields) -> None:
        answer = self.answer(fields.content)
        post({**answer, "type": "studio", "id": fields.number("id", 0, 2**53)})

    def _edit(self, ask: Answer) -> Answer:
        before, saved = self.desk.tuning, self.desk.document.saved

        def tune() -> None:
            if self._first is None:
                return
            if self.desk.tuning != before:
                self._first.tune(self.desk.tuning)
                self._first.session.repaint()  # a frame sooner than the next one would show it
            if self.desk.document.saved != saved:
                for comparison in self._first.comparisons:
                    comparison.tune(self._saved())

        return self.desk.answer(ask, tune)

    def _saved(self) -> Tuning:
        desk = Desk()
        desk.answer({"do": "open", "text": self.desk.document.saved})
        return desk.tuning

    def _do(self, deed: Callable[[World], None]) -> None:
        self.first.change(deed)
        for comparison in self.first.comparisons:
            deed(comparison.world)

    def _hold(self, ask: Answer) -> None:
        mood = None if ask["mood"] is None else Mood(ask["mood"])
        self._do(lambda world: world.mind.hold(mood))

    def _trust(self, ask: Answer) -> None:
        level = min(100.0, max(0.0, float(ask["value"])))
        self._do(partial(_set_trust, level=level))

    def _hour(self, ask: Answer) -> None:
        hour = float(ask["value"]) % 24.0
        self._do(partial(_set_hour, hour=hour))

    def _pace(self, ask: Answer) -> None:
        pace = min(PACES[1], max(PACES[0], float(ask["value"])))
        self.first.pace = pace

    def _persona(self, ask: Answer) -> Answer:
        if ask["name"] is None:
            actor, about = None, ""
        else:
            persona = load_persona(str(ask["name"]))
            actor, about = SimulatedVisitor(persona, 1, self.first.world.size), persona.about
        if actor is not None:
            actor.start_at(self.first.world.now_s)
        self.first.end_visit()
        self.first.visitor = actor
        return {"about": about}

    def _visit(self, ask: Answer) -> Answer:
        try:
            self.first.replay(parse_log(str(ask["text"]).splitlines()))
        except LogError as error:
            return {"problems": [{"line": 0, "message": str(error)}]}
        self._follow()
        self._pace({"value": 1})
        return {"size": list(self.first.world.size)}

    def _run(self, ask: Answer) -> Answer:
        try:
            self.behaviours.run(str(ask["name"]), str(ask["text"]))
        except CodeError as error:
            return _told(error)
        return {}

    def _trouble(self) -> Answer:
        return _told(self.behaviours.trouble) if self.behaviours.trouble else {}

    def _seek(self, ask: Answer) -> Answer:
        self._pace({"value": 0})
        shown = self.first.seek(int(ask["step"]))
        self._follow()
        return {"step": shown}

    def _go_on(self, ask: Answer) -> None:
        self.first.resume(here=bool(ask["here"]))
        if self.first.visit is None:
            self.first.tune(self.desk.tuning)
        self._pace({"value": 1})
        self._follow()

    def _follow(self) -> None:
        for comparison in self.first.comparisons:
            comparison.follow(self._saved())


def _told(error: CodeError) -> Answer:
    return {"problems": [{"line": error.line, "message": str(error)}]}


def _set_trust(world: World, level: float) -> None:
    world.mind.trust.value = level


def _set_hour(world: World, hour: float) -> None:
    world.began_ms += (hour - world.hour) * HOUR_MS
