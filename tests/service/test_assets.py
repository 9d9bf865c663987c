"""The content security policy."""

from __future__ import annotations

import base64
import hashlib

from candlefish.service.assets import content_security_policy, style_hashes


def directives(policy: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_each_inline_style_block_is_allowed_by_its_hash() -> None:
    page = "<style>a{}</style><p><STYLE media='print'>\nb{}\n</STYLE >"
    expected = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a{}", b"\nb{}\n")]
    assert style_hashes(page) == [f"'sha256-{text}'" for text in expected]


def test_nothing_inline_is_allowed_otherwise() -> None:
    policy = directives(content_security_policy(style_hashes("<style>a{}</style>")))
    assert "unsafe-inline" not in str(policy)
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"].startswith("'self' 'sha256-")
    assert policy["worker-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == policy["base-uri"] == "'none'"


def test_a_page_can_be_given_more_for_its_scripts() -> None:
    policy = content_security_policy(script_sources=["'unsafe-eval'"])
    assert directives(policy)["script-src"] == "'self' 'wasm-unsafe-eval' 'unsafe-eval'"
