"""The JavaScript side of the protocol, written from its Python source: ``python -m builder.protocol``.

Declared in ``candlefish``: messages and what is in them (``browser/protocol.py``), options
(``browser/options.py``), the element (``browser/element.py``), operations (``draw/display_list.py``), kinds
of input (``sim/inputs.py``). Written, and committed because editors, ``tsc`` and ``node --test`` read them:
constants, types and the element's manifest.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NewType,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from builder.steps import BuildError
from builder.workspace import ROOT
from candlefish.browser import element, options, protocol
from candlefish.browser.messages import FIELDS
from candlefish.draw.display_list import Blend, Op, Slot
from candlefish.sim.inputs import InputKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from enum import IntEnum

COMMAND = ".venv/bin/python -m builder.protocol"
LINE = 120
NUMBERS: tuple[tuple[str, str, type[IntEnum]], ...] = (
    ("OP", "Operations of the display list (candlefish/draw/display_list.py).", Op),
    ("SLOT", "Sprites that the painter keeps.", Slot),
    ("BLEND", "How what follows is laid over what is there.", Blend),
    ("INPUT", "Kinds of input (candlefish/sim/inputs.py).", InputKind),
)
WRITTEN = "Written by builder/protocol.py from what Python declares: change it there."
READERS = """
/**
 * @template {string} T
 * @param {string | null} value
 * @param {readonly [T, ...T[]]} choices the first is the default
 * @returns {T}
 */
function choice(value, choices) {
  return choices.find((one) => one === value) ?? choices[0];
}

/**
 * @param {string | null} value
 * @param {number} fallback
 * @returns {number}
 */
function whole(value, fallback) {
  const found = Number(value ?? fallback);
  return Number.isSafeInteger(found) && found >= 0 ? found : fallback;
}

/**
 * @param {string | null} value
 * @returns {boolean} the attribute is there, and not "false": React 18 and Vue 3 write that for no
 */
export function flag(value) {
  return value !== null && value !== "false";
}
"""
EVENTS_MAP = """declare global {
  interface HTMLElementTagNameMap {
    "candle-fish": CandleFish;
  }
  interface HTMLElementEventMap extends CandleFishEvents {}
  interface DocumentEventMap extends CandleFishEvents {}
}
"""


def written() -> dict[str, str]:
    """The text of every written file, by path from the root."""
    return {
        "web/protocol.js": constants(),
        "web/messages.d.ts": messages(),
        "web/package/candle-fish.d.ts": element_types(),
        "web/package/custom-elements.json": json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n",
    }


def write() -> list[str]:
    """Write what is not as declared; return the paths."""
    found = stale()
    for path in found:
        (ROOT / path).write_text(written()[path], encoding="utf-8")
    return found


def stale() -> list[str]:
    """The paths of written files that are not as declared, or not there."""
    return [
        path
        for path, text in written().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text
    ]


def require_current() -> None:
    """Hold the written files to the declarations.

    Raises:
        BuildError: one differs; says how it is written again.
    """
    if found := stale():
        raise BuildError(f"{', '.join(found)}: not as declared in candlefish/browser; run {COMMAND}")


def constants() -> str:
    """``web/protocol.js``: numbers of the display list and of inputs, and the element's attributes."""
    lines = [_header("Numbers and words that Python and JavaScript agree upon.")]
    for prefix, meaning, kind in NUMBERS:
        lines += ["", f"// {meaning}"]
        lines += [f"export const {prefix}_{each.name} = {each.value};" for each in kind]
    lines += ["/** Numbers of an input: kind, x, y, time. */", f"export const INPUT_FIELDS = {FIELDS};"]
    restarting = [each.name for each in element.ATTRIBUTES if each.restarts]
    lasting = [each.name for each in element.ATTRIBUTES if not each.restarts]
    lines += ["", "/** Attributes of `<candle-fish>` that start the fish anew, and those that do not. */"]
    lines += [*_list("export const RESTARTING = ", restarting), *_list("export const LASTING = ", lasting)]
    lines += [
        "/** The accessible name of a fish without one. */",
        f"export const LABEL = {_text(element.LABEL)};",
    ]
    reading = [line for name, each in _options() for line in _reading(name, each)]
    lines += [
        READERS,
        "/**",
        ' * @param {Pick<Element, "getAttribute">} element',
        " * @returns what its attributes say a fish is to be like",
    ]
    lines += [" */", "export function optionsOf(element) {", "  return {", *reading, "  };", "}", ""]
    return "\n".join(lines)


def _header(about: str) -> str:
    return f"/**\n * {about}\n * {WRITTEN}\n */"


def _options() -> Iterator[tuple[str, Any]]:
    """Name and field of each option that is an attribute."""
    return ((each.name, each) for each in fields(options.Options) if each.metadata["attribute"])


def _reading(name: str, option: Any) -> list[str]:
    """How an option is read from its attribute."""
    kind, attribute = option.metadata["kind"], f'element.getAttribute("{name}")'
    if isinstance(kind, options.FlagOption):
        return [f"    {name}: flag({attribute}),"]
    if isinstance(kind, options.ChoiceOption):
        words = [option.default, *(word for word in kind.words if word != option.default)]
        return _list(f"    {name}: choice({attribute}, ", words, "),")
    return [f"    {name}: whole({attribute}, {option.default}),"]


def _list(before: str, words: list[str], after: str = ";") -> list[str]:
    """A list as Biome sets it out: on one line, or each word on its own."""
    line = f"{before}[{', '.join(map(_text, words))}]{after}"
    if len(line) <= LINE:
        return [line]
    margin = " " * (len(before) - len(before.lstrip()))
    return [f"{before}[", *(f"{margin}  {_text(word)}," for word in words), f"{margin}]{after}"]


def messages() -> str:
    """``web/messages.d.ts``: what page and engine say to each other."""
    names = " | ".join(_text(each.name) for each in element.EVENTS)
    blocks = [
        _header("What the page and the engine say to each other."),
        f"/** Events of the element, without their prefix. */\n{_alias('EventName', names)}",
        *(interface(each) for each in _declared(protocol)),
        *(
            f"/** {meaning} */\n{_alias(name, _union(of))}"
            for name, (of, meaning) in protocol.ALIASES.items()
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def element_types() -> str:
    """``web/package/candle-fish.d.ts``: the element, for a site owner's TypeScript."""
    of, meaning = protocol.ALIASES["ParamChanges"]
    members = [f"  {each.name}: {each.type};" for each in element.ATTRIBUTES if each.reflects]
    for method in element.METHODS:
        given = ", ".join(
            f"{each.name}{'?' if each.default else ''}: {each.type}" for each in method.parameters
        )
        members.append(f"  {method.name}({given}): {method.returns};")
    types = {each.detail.__name__: each.detail for each in element.EVENTS}
    events = [f'  "candlefish:{each.name}": CustomEvent<{each.detail.__name__}>;' for each in element.EVENTS]
    blocks = [
        _header(f"`<{element.TAG}>` for TypeScript. Lengths are CSS px in the element's box."),
        interface(protocol.FishState),
        f"/** {meaning} */\n{_alias('ParamChanges', _union(of))}",
        *map(interface, types.values()),
        "\n".join([f"export class {element.CLASS} extends HTMLElement {{", *members, "}"]),
        "\n".join([f"export interface {element.CLASS}Events {{", *events, "}"]),
        EVENTS_MAP,
    ]
    return "\n\n".join(blocks)


def manifest() -> dict[str, Any]:
    """``web/package/custom-elements.json``: the element, for tools (schema 2.1)."""
    path = f"{element.TAG}.js"
    declared = {
        "kind": "class",
        "customElement": True,
        "tagName": element.TAG,
        "name": element.CLASS,
        "superclass": {"name": "HTMLElement"},
        "description": element.MEANING,
        "attributes": [
            _entry(each.name, each.meaning, each.type, each.default) for each in element.ATTRIBUTES
        ],
        "members": [*_properties(), *map(_method, element.METHODS)],
        "events": [
            _entry(f"candlefish:{each.name}", each.meaning, f"CustomEvent<{each.detail.__name__}>")
            for each in element.EVENTS
        ],
        "slots": [_entry(each.name, each.meaning) for each in element.SLOTS],
        "cssParts": [_entry(each.name, each.meaning) for each in element.PARTS],
        "cssProperties": [
            _entry(each.name, each.meaning, None, each.default) for each in element.CSS_PROPERTIES
        ],
    }
    exported = {
        "kind": "custom-element-definition",
        "name": element.TAG,
        "declaration": {"name": element.CLASS, "module": path},
    }
    module = {"kind": "javascript-module", "path": path, "declarations": [declared], "exports": [exported]}
    return {"schemaVersion": "2.1.0", "readme": "", "modules": [module]}


def _entry(
    name: str, meaning: str, kind: str | None = None, default: str | None = None, **more: object
) -> Any:
    entry: dict[str, Any] = {"name": name}
    entry |= {} if kind is None else {"type": {"text": kind}}
    entry |= more
    entry |= {} if default is None else {"default": default}
    return entry | {"description": meaning}


def _properties() -> Iterator[Any]:
    for each in element.ATTRIBUTES:
        if each.reflects:
            entry = _entry(each.name, each.reflects, each.type, each.default)
            meaning = entry.pop("description")
            yield {"kind": "field", **entry, "attribute": each.name, "reflects": True, "description": meaning}


def _method(method: element.Method) -> Any:
    given = [
        _entry(
            each.name, each.meaning, each.type, each.default, **({"optional": True} if each.default else {})
        )
        for each in method.parameters
    ]
    return {
        "kind": "method",
        "name": method.name,
        **({"parameters": given} if given else {}),
        "return": {"type": {"text": method.returns}},
        "description": method.meaning,
    }


def _declared(module: Any) -> Iterable[type]:
    """The options, and the typed dictionaries of a module in their order."""
    own = [
        each for each in vars(module).values() if is_typeddict(each) and each.__module__ == module.__name__
    ]
    return [options.Options, *own]


def interface(kind: type) -> str:
    """A typed dictionary or dataclass as a TypeScript interface."""
    hints = get_type_hints(kind, include_extras=True)
    names = sorted(hints, key=lambda name: name != "type")
    lines = [line for name in names for line in _field(kind, name, hints[name])]
    if kind in protocol.OPEN:
        lines.append("  [more: string]: unknown;")
    above = protocol.EXTENDS.get(kind)
    extends = f" extends {above.__name__}" if above else ""
    head = f"export interface {kind.__name__}{extends} {{"
    about = "" if kind.__doc__ in (None, dict.__doc__) else f"/** {_first_paragraph(kind.__doc__)} */\n"
    return about + "\n".join([head, *lines, "}"])


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def _field(kind: type, name: str, hint: Any) -> Iterator[str]:
    if is_dataclass(kind):
        (found,) = (each for each in fields(kind) if each.name == name)
        yield f"  /** {found.metadata['meaning']} */"
        optional, of = (
            isinstance(found.metadata["kind"], options.FlagOption),
            _option_type(found.metadata["kind"]),
        )
    else:
        optional = get_origin(hint) is NotRequired
        hint = get_args(hint)[0] if optional else hint
        if get_origin(hint) is Annotated:
            yield f"  /** {get_args(hint)[1]} */"
        of = typescript(hint)
    yield f"  {name}{'?' if optional else ''}: {of};"


def _option_type(kind: options.Kind) -> str:
    if isinstance(kind, options.ChoiceOption):
        return " | ".join(map(_text, kind.words))
    return "boolean" if isinstance(kind, options.FlagOption) else "number"


PLAIN = {str: "string", float: "number", int: "number", bool: "boolean", NoneType: "null", Any: "unknown"}


def typescript(kind: Any) -> str:
    """A Python type as TypeScript writes it.

    Raises:
        BuildError: there is no way to say it.
    """
    for name, (alias, _) in protocol.ALIASES.items():
        if kind == alias:
            return name
    return _union(kind)


def _union(kind: Any) -> str:
    """A type as TypeScript writes it, though it has a name of its own."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (UnionType, Union):
        return " | ".join(map(typescript, inner))
    if origin is Literal:
        return " | ".join(map(_text, inner))
    if origin is Annotated:
        return typescript(inner[0])
    if origin is list:
        of = typescript(inner[0])
        return f"({of})[]" if " " in of else f"{of}[]"
    if origin is dict:
        return f"Record<string, {typescript(inner[1])}>"
    return _single(kind)


def _single(kind: Any) -> str:
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, NewType):
        words = protocol.WORDS.get(kind)
        return " | ".join(map(_text, words)) if words else str(kind.__name__)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " | ".join(_text(each.value) for each in kind)
    if is_typeddict(kind):
        return str(kind.__name__)
    raise BuildError(f"the protocol holds a type that TypeScript cannot be told: {kind!r}")


def _alias(name: str, of: str) -> str:
    line = f"export type {name} = {of};"
    if len(line) <= LINE:
        return line
    return "\n".join([f"export type {name} =", *(f"  | {part}" for part in of.split(" | "))]) + ";"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for path in write() or ["nothing to write"]:
        print(path)
