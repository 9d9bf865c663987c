"""OpenAPI 3.1 document of the API, made from the same types that check the requests."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec

from candlefish import __version__
from candlefish.service.decoding import Batch
from candlefish.service.http import BODY_BYTES_MAX, JSON

_ERROR: Final = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
}
_COUNT: Final = {"type": "integer", "minimum": 0}
_ACCEPTED: Final = {
    "type": "object",
    "required": ["accepted", "duplicates", "rejected"],
    "properties": {
        "accepted": _COUNT,
        "duplicates": _COUNT,
        "rejected": _COUNT,
        "opted_out": {"type": "boolean"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "error"],
                "properties": {"index": _COUNT, "error": {"type": "string"}},
            },
        },
    },
}
_MEMORY: Final = {
    "type": "object",
    "required": ["memory", "version"],
    "properties": {"memory": {"type": "object"}, "version": {"type": "integer", "minimum": 1}},
}
_CODE: Final = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string", "maxLength": 32}},
}
_ANY: Final = {"type": "object"}
_MEANINGS: Final = {
    400: "The request cannot be read",
    401: "The bearer token is missing or wrong",
    404: "Nothing is there",
    412: "Another version is there",
    413: "Too large",
    415: "Wrong media type or content coding",
    422: "What was sent cannot be",
    429: "Too many requests; Retry-After says when",
    503: "Overloaded or without its store; Retry-After says when",
}


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    (batch,), components = _ecma(
        msgspec.json.schema_components([Batch], ref_template="#/components/schemas/{name}")
    )
    ids: dict[str, Any] = {"security": [{"bearer": []}]}
    code = [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}]
    hours = [{"name": "hours", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 2160}}]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Candlefish", "version": __version__},
        "paths": {
            "/api/analytics": {
                "post": {
                    **_operation(
                        f"Store a batch of at most {BODY_BYTES_MAX} bytes; sending it again is harmless.",
                        _ACCEPTED,
                        400,
                        413,
                        415,
                        429,
                        503,
                    ),
                    "requestBody": {"required": True, "content": {JSON: {"schema": batch}}},
                }
            },
            "/api/ab-config": {"get": _operation("The experiments.", _ANY, 429)},
            "/api/memory": {
                "get": ids
                | _operation("The memory of the vault in the bearer token.", _MEMORY, 401, 404, 429),
                "put": {
                    **ids,
                    **_operation("Merge a memory.", _MEMORY, 400, 401, 412, 413, 415, 422, 429, 503),
                    "requestBody": {"required": True, "content": {JSON: {"schema": _ANY}}},
                },
                "delete": ids | _operation("Forget the memory.", None, 401, 429),
            },
            "/api/memory/pairing": {
                "post": ids | _operation("A code for another device.", _ANY, 401, 429, 503, status=201)
            },
            "/api/memory/pairing/{code}": {
                "delete": {"parameters": code, **ids, **_operation("Revoke a code.", None, 401, 404, 429)}
            },
            "/api/memory/join": {
                "post": {
                    **_operation("The vault of a code.", _ANY, 400, 404, 413, 415, 429),
                    "requestBody": {"required": True, "content": {JSON: {"schema": _CODE}}},
                }
            },
            "/api/privacy/export": {"get": ids | _operation("All that is kept of a client.", _ANY, 401, 429)},
            "/api/privacy": {"delete": ids | _operation("Erase a client.", _ANY, 401, 429)},
            "/api/overview": {
                "get": {"parameters": hours, **ids, **_operation("The last hours.", _ANY, 400, 401, 429)}
            },
            "/api/experiments": {"get": ids | _operation("Results of the experiments.", _ANY, 401, 429)},
            "/health": {"get": _operation("Whether the service works.", _ANY, 429, 503)},
            "/metrics": {"get": ids | {"summary": "Prometheus metrics.", "responses": _metrics()}},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _ecma(part: Any) -> Any:
    """A schema with patterns in the syntax of ECMA 262, which end in $."""
    if isinstance(part, dict):
        ends = {"pattern": part["pattern"].replace(r"\Z", "$")} if "pattern" in part else {}
        return {**{name: _ecma(value) for name, value in part.items()}, **ends}
    return [_ecma(value) for value in part] if isinstance(part, list | tuple) else part


def _operation(
    summary: str, schema: dict[str, Any] | None, *errors: int, status: int = 200
) -> dict[str, Any]:
    return {"summary": summary, "responses": _responses(schema, *errors, status=status)}


def _metrics() -> dict[str, Any]:
    text = {"description": "Done", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return {**_responses(_ANY, 401, 429), "200": text}


def _responses(schema: dict[str, Any] | None, *errors: int, status: int = 200) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if schema is not None:
        good["content"] = {JSON: {"schema": schema}}
    refusals = {
        str(error): {"description": _MEANINGS[error], "content": {JSON: {"schema": _ERROR}}}
        for error in errors
    }
    return {str(status if schema is not None else 204): good, **refusals}
