"""Editor of the steering behaviours: their source is changed, run and reset while the fish swims."""

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
"""The source, which the builder puts beside this: a browser has bytecode only."""
_INDENT = "    "
MOST_CHARACTERS = 20_000


class CodeError(ValueError):
    """Code that was refused or has failed.

    Attributes:
        line: of the function's text, from 1; 0 when it is unknown.
    """

    def __init__(self, message: str, line: int) -> None:
        """Keep the message and the line."""
        super().__init__(message)
        self.line = line


def sources() -> dict[str, str]:
    """Return the shipped source of every behaviour by name, without its indentation."""
    file = SHIPPED if SHIPPED.exists() else Path(behaviour.__file__)
    lines_of: dict[str, list[str]] = {}
    name = ""
    for line in file.read_text(encoding="utf-8").partition("class Behaviours:")[2].splitlines():
        if line.startswith((f"{_INDENT}def ", f"{_INDENT}@")):
            name = line.removeprefix(f"{_INDENT}def ").partition("(")[0]
        if name and not name.startswith(("_", " ", "begin")):
            lines_of.setdefault(name, []).append(line.removeprefix(_INDENT))
    return {name: "\n".join(lines).strip() + "\n" for name, lines in lines_of.items()}


class BehaviourEditor:
    """Replaces methods of `Behaviours` by edited ones.

    An edited behaviour that fails while the fish swims is reset at once; the fish goes on.

    Attributes:
        error: the last failure; None since the last change.
    """

    def __init__(self) -> None:
        """Start with the shipped behaviours."""
        self.error: CodeError | None = None
        self._originals: dict[str, Callable[..., Steering]] = {}

    def run(self, name: str, text: str) -> None:
        """Replace the behaviour `name` of every fish by the function in `text`.

        Raises:
            CodeError: it is no such function, or not Python; nothing has changed.
        """
        if name not in sources():
            raise CodeError(f"there is no behaviour {name!r:.40}", 0)
        function = _compiled(name, text)
        self.error = None
        self._originals.setdefault(name, vars(Behaviours)[name])
        setattr(Behaviours, name, self._guarded(name, function))

    def reset(self, name: str) -> None:
        """Restore the shipped behaviour."""
        if name in self._originals:
            setattr(Behaviours, name, self._originals.pop(name))
        self.error = None

    def _guarded(self, name: str, function: Callable[..., Steering]) -> Callable[..., Steering]:
        original = self._originals[name]

        def swim(*args: Any, **kwargs: Any) -> Steering:
            try:
                return _checked(function(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - whatever a person writes, the fish goes on
                line = _line_in(name, error.__traceback__)
                self.reset(name)
                self.error = CodeError(f"{type(error).__name__}: {error}", line)
                return original(*args, **kwargs)

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


def _checked(steering: object) -> Steering:
    if not isinstance(steering, Steering):
        raise TypeError(f"expected a Steering, got {steering!r:.60}")
    numbers = (*steering.velocity, *(steering.look or ()), steering.agility)
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError(f"expected finite numbers, got {steering}")
    return steering


def _line_in(name: str, trace: TracebackType | None) -> int:
    """The line of a behaviour's text in which an error was raised."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _file(name):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _file(name: str) -> str:
    return f"<{name}>"
