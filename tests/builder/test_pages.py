"""Tokens in the pages."""

from __future__ import annotations

import pytest

from builder.pages import fill
from builder.steps import BuildError


def test_tokens_and_files_are_put_in() -> None:
    page = '<link href="{{app}}/x.js"><style>{{inline:styles.css}}</style>{{ svg }}'
    tokens = {"app": "./app-1", "svg": "<svg/>"}
    assert (
        fill("p.html", page, tokens, {"styles.css": b"a{}"})
        == '<link href="./app-1/x.js"><style>a{}</style><svg/>'
    )


def test_what_is_put_in_is_not_read_again() -> None:
    assert fill("p.html", "{{a}}", {"a": "{{b}}", "b": "x"}, {}) == "{{b}}"


@pytest.mark.parametrize("token", ["{{nothing}}", "{{inline:gone.css}}", "{{}}", "{{inline:}}"])
def test_an_unknown_token_says_where_it_is(token: str) -> None:
    with pytest.raises(BuildError, match=r"web/p\.html, line 3: unknown token") as error:
        fill("web/p.html", f"1\n2\n3 {token}", {"app": ""}, {})
    assert token in str(error.value)
    assert "known: app" in str(error.value)


def test_braces_of_other_kinds_are_left_alone() -> None:
    text = "a { b: c } { { d } } ${e}"
    assert fill("p.html", text, {}, {}) == text
