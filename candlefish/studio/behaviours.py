"""The fish's manners of swimming as code to be changed while it swims: run, seen, reset."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.sim import behaviour
from candlefish.sim.behaviour import Behaviours, Steering

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

SHIPPED = Path(__file__).with_name("behaviour.txt")
"""In the browser there is bytecode only; there the builder puts the source beside this."""
_INDENT = "    "
MOST_CHARACTERS = 20_000


class CodeError(ValueError):
    """Code was refused or has failed.

    Attributes:
        line: of the function's text, from 1; 0 when it is unknown.
    """

    def __init__(self, message: str, line: int) -> None:
        """Say what is wrong, in which line."""
        super().__init__(message)
        self.line = line


def sources() -> dict[str, str]:
    """Return the source of every manner by name, as it is shipped, without its indentation."""
    file = SHIPPED if SHIPPED.exists() else Path(behaviour.__file__)
    found: dict[str, list[str]] = {}
    name = ""
    for line in file.read_text(encoding="utf-8").partition("class Behaviours:")[2].splitlines():
        if line.startswith((f"{_INDENT}def ", f"{_INDENT}@")):
            name = line.removeprefix(f"{_INDENT}def ").partition("(")[0]
        if name and not name.startswith(("_", " ", "begin")):
            found.setdefault(name, []).append(line.removeprefix(_INDENT))
    return {name: "\n".join(lines).strip() + "\n" for name, lines in found.items()}


class BehaviourEditor:
    """Puts changed manners in the place of those that are there.

    A manner that fails while the fish swims is taken back at once; the fish goes on.

    Attributes:
        trouble: what failed last; None since the last change.
    """

    def __init__(self) -> None:
        """Nothing is changed."""
        self.trouble: CodeError | None = None
        self._originals: dict[str, Callable[..., Steering]] = {}

    def run(self, name: str, text: str) -> None:
        """Let every fish swim by `text`, the source of the manner `name`.

        Raises:
            CodeError: it is no such function, or not Python; nothing has changed.
        """
        if name not in sources():
            raise CodeError(f"there is no manner {name!r:.40}", 0)
        function = _compiled(name, text)
        self.trouble = None
        self._originals.setdefault(name, vars(Behaviours)[name])
        setattr(Behaviours, name, self._guarded(name, function))

    def reset(self, name: str) -> None:
        """Let the manner be as it is shipped."""
        if name in self._originals:
            setattr(Behaviours, name, self._originals.pop(name))
        self.trouble = None

    def _guarded(self, name: str, function: Callable[..., Steering]) -> Callable[..., Steering]:
        original = self._originals[name]

        def swim(*given: Any, **named: Any) -> Steering:
            try:
                return _checked(function(*given, **named))
            except Exception as error:  # noqa: BLE001 - whatever a person writes, the fish goes on
                line = _line_in(name, error.__traceback__)
                self.reset(name)
                self.trouble = CodeError(f"{type(error).__name__}: {error}", line)
                return original(*given, **named)

        return swim


def _compiled(name: str, text: str) -> Callable[..., Steering]:
    if len(text) > MOST_CHARACTERS:
        raise CodeError(f"expected at most {MOST_CHARACTERS} characters, got {len(text)}", 0)
    scope = dict(vars(behaviour))
    scope.pop(name, None)
    try:
        exec(compile(text, _file(name), "exec"), scope)
    except SyntaxError as error:
        raise CodeError(f"{type(error).__name__}: {error.msg}", error.lineno or 0) from error
    except Exception as error:
        line = _line_in(name, error.__traceback__)
        raise CodeError(f"{type(error).__name__}: {error}", line) from error
    function: Callable[..., Steering] | None = scope.get(name)
    if not callable(function):
        raise CodeError(f"expected a function {name}", 0)
    return function


def _checked(wish: object) -> Steering:
    if not isinstance(wish, Steering):
        raise TypeError(f"expected a Steering, got {wish!r:.60}")
    if not all(math.isfinite(part) for part in (*wish.velocity, *(wish.look or ()), wish.agility)):
        raise ValueError(f"expected finite numbers, got {wish}")
    return wish


def _line_in(name: str, trace: TracebackType | None) -> int:
    """The line of a manner's text in which something went wrong."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _file(name):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _file(name: str) -> str:
    return f"<{name}>"
