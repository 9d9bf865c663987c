"""What the page asks for: changes of the file, each answered with how it is then or why it was refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from candlefish.studio.colours import report
from candlefish.studio.document import Document, DocumentError
from candlefish.studio.problems import Problem, problems
from candlefish.studio.share import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.tuning import Tuning

KEPT_STEPS = 40
"""Steps back that outlast a reload."""

Request = dict[str, Any]
Answer = dict[str, Any]


class Desk:
    """A document and the things the page may ask to be done to it.

    Attributes:
        document: the file.
        tuning: what the fish is to live by now.
    """

    def __init__(self) -> None:
        """Lay out the package's own file."""
        self.document = Document()
        self._acts: dict[str, Callable[[Request], object]] = {
            "open": self._open,
            "set": lambda ask: self.document.set_many(ask["values"], *self._stroke(ask)),
            "reset": lambda ask: self.document.reset(ask["table"], ask.get("names")),
            "copy": lambda ask: self.document.copy(ask["source"], ask["target"], ask.get("locked", ())),
            "preset": lambda ask: self.document.take_preset(ask["name"], ask.get("locked", ())),
            "randomise": self._randomise,
            "import": self._import,
            "link": lambda ask: self.document.set_many(unpacked(ask["text"]), "link"),
            "undo": lambda _ask: self.document.undo(),
            "redo": lambda _ask: self.document.redo(),
            "saved": lambda _ask: self.document.mark_saved(),
            "look": lambda _ask: None,
        }

    @property
    def tuning(self) -> Tuning:
        """What the fish is to live by now."""
        return self.document.tuning

    def knows(self, act: str) -> bool:
        """Whether it is something the desk does."""
        return act in self._acts

    def answer(self, ask: Request, done: Callable[[], None] = lambda: None) -> Answer:
        """Do what is asked; return how the file is then, or `problems`, each with `line` and `message`.

        `done` is called once it is done, before the answer is made.
        """
        try:
            self._acts[ask["do"]](ask)
        except DocumentError as error:
            return {"problems": [{"line": 0, "message": line} for line in str(error).split("\n")]}
        except _RefusedError as error:
            return {"problems": [{"line": p.line, "message": p.message} for p in error.problems]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return {"problems": [{"line": 0, "message": f"not understood: {error!r:.200}"}]}
        done()
        return self.state()

    def state(self) -> Answer:
        """How the file is: all that the page shows of it."""
        document = self.document
        values = document.values()
        return {
            "text": document.text,
            "values": values,
            "saved": document.saved,
            "dirty": document.text != document.saved,
            "undo": document.undo_label,
            "redo": document.redo_label,
            "colours": report(values),
            "link": packed(document.changes()),
        }

    def kept(self) -> Answer:
        """What outlasts a reload; `open` takes it up."""
        document = self.document
        return {"text": document.text, "saved": document.saved, "history": document.history(KEPT_STEPS)}

    def _open(self, ask: Request) -> None:
        """A new document: a text, with what was `kept` of an earlier visit, or the package's own."""
        text = ask.get("text")
        if isinstance(text, str):
            _check(text)
        document = Document(text)
        if isinstance(ask.get("saved"), str):
            document.restore(ask["saved"], ask.get("history") or ())
        self.document = document

    def _import(self, ask: Request) -> None:
        text, name = str(ask["text"]), str(ask.get("name", "moods.toml"))
        if name.lower().endswith(".json"):
            try:
                values = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise DocumentError(f"not JSON: {error}") from error
            self.document.set_many(values, f"import {name}")
            return
        _check(text)
        self.document.replace(text, f"import {name}")

    def _randomise(self, ask: Request) -> None:
        strength = min(1.0, max(0.0, float(ask.get("strength", 1.0))))
        self.document.randomise(ask["table"], int(ask["seed"]), strength, ask.get("locked", ()))

    @staticmethod
    def _stroke(ask: Request) -> tuple[str, int]:
        values = ask["values"]
        names = [f"{table}.{name}" for table, own in values.items() for name in own]
        return names[0] if len(names) == 1 else "several values", int(ask.get("stroke", 0))


class _RefusedError(ValueError):
    def __init__(self, found: list[Problem]) -> None:
        super().__init__(str(found[0]))
        self.problems = found


def _check(text: str) -> None:
    found = problems(text)
    if found:
        raise _RefusedError(found)
