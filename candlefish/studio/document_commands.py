"""Document commands: changes of the file that the page asks for, answered with its state or its problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from candlefish.studio.colours import colour_report
from candlefish.studio.document import Document, DocumentError
from candlefish.studio.link import LinkError, decode_link, encode_link

if TYPE_CHECKING:
    from collections.abc import Callable

SAVED_UNDO_STEPS = 40
"""Undo steps that outlast a reload."""

Request = dict[str, Any]
Answer = dict[str, Any]


class DocumentCommands:
    """A document, and the commands of the page by name.

    Attributes:
        document: the file.
    """

    def __init__(self) -> None:
        """Open the package's own file."""
        self.document = Document()
        self._commands: dict[str, Callable[[Request], object]] = {
            "open": self._open,
            "set": lambda ask: self.document.set_many(ask["values"], *_label_and_stroke(ask)),
            "reset": lambda ask: self.document.reset(ask["table"], ask.get("names")),
            "copy": lambda ask: self.document.copy(ask["source"], ask["target"], ask.get("locked", ())),
            "preset": lambda ask: self.document.take_preset(ask["name"], ask.get("locked", ())),
            "randomise": self._randomise,
            "import": self._import,
            "link": lambda ask: self.document.set_many(decode_link(ask["text"]), "link"),
            "undo": lambda _ask: self.document.undo(),
            "redo": lambda _ask: self.document.redo(),
            "saved": lambda _ask: self.document.mark_saved(),
            "look": lambda _ask: None,
        }

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a command of that name."""
        return name in self._commands

    def execute(self, ask: Request, on_change: Callable[[], None] = lambda: None) -> Answer:
        """Execute a command; return the file's new state, or `problems`, each with `line` and `message`.

        `on_change` is called when the command has been executed, before the answer is made.
        """
        try:
            self._commands[ask["do"]](ask)
        except DocumentError as error:
            return {"problems": [{"line": p.line, "message": p.message} for p in error.problems]}
        except LinkError as error:
            return {"problems": [{"line": 0, "message": str(error)}]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return {"problems": [{"line": 0, "message": f"not understood: {error!r:.200}"}]}
        on_change()
        return self.state()

    def state(self) -> Answer:
        """Return the file's state as the page shows it."""
        document = self.document
        values = document.values()
        return {
            "text": document.text,
            "values": values,
            "saved": document.saved,
            "dirty": document.text != document.saved,
            "undo": document.undo_label,
            "redo": document.redo_label,
            "colours": colour_report(values),
            "link": encode_link(document.changes()),
        }

    def autosave(self) -> Answer:
        """Return what outlasts a reload: the arguments of `open` that restore it."""
        document = self.document
        return {
            "text": document.text,
            "saved": document.saved,
            "history": document.undo_steps(SAVED_UNDO_STEPS),
        }

    def _open(self, ask: Request) -> None:
        """Open a text (by default the package's own file), with the steps of an autosave."""
        document = Document(ask.get("text"))
        if isinstance(ask.get("saved"), str):
            document.restore(ask["saved"], ask.get("history") or ())
        self.document = document

    def _import(self, ask: Request) -> None:
        text, name = str(ask["text"]), str(ask.get("name", "moods.toml"))
        if not name.lower().endswith(".json"):
            self.document.replace(text, f"import {name}")
            return
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DocumentError(f"not JSON: {error}") from error
        self.document.set_many(values, f"import {name}")

    def _randomise(self, ask: Request) -> None:
        strength = min(1.0, max(0.0, float(ask.get("strength", 1.0))))
        self.document.randomise(ask["table"], int(ask["seed"]), strength, ask.get("locked", ()))


def _label_and_stroke(ask: Request) -> tuple[str, int]:
    names = [f"{table}.{name}" for table, values in ask["values"].items() for name in values]
    return names[0] if len(names) == 1 else "several values", int(ask.get("stroke", 0))
