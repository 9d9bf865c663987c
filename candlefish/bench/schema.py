"""Checks plain data against the part of JSON Schema that our own schema uses."""

from __future__ import annotations

from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def problems(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """What is wrong with a value: one line for each problem, with its place; empty when all is well."""
    named = schema.get("type", list(TYPES))
    allowed = [named] if isinstance(named, str) else named
    if not any(_is(value, name) for name in allowed):
        return [f"{where}: expected {' or '.join(allowed)}, found {type(value).__name__}"]
    if "const" in schema and value != schema["const"]:
        return [f"{where}: expected {schema['const']!r}, found {value!r:.60}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r:.60} is not one of {schema['enum']}"]
    if isinstance(value, dict):
        return _object_problems(value, schema, where)
    if isinstance(value, list):
        each = schema.get("items", {})
        return [found for i, one in enumerate(value) for found in problems(one, each, f"{where}[{i}]")]
    return []


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def _object_problems(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    known = schema.get("properties", {})
    found = [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
    others = schema.get("additionalProperties", {})
    for name, one in value.items():
        if name in known:
            found += problems(one, known[name], f"{where}.{name}")
        elif others is False:
            found.append(f"{where}: {name} is unknown")
        else:
            found += problems(one, others, f"{where}.{name}")
    return found
