"""The security headers of every answer, and the content security policy of the site's pages."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLE_BLOCK = re.compile(r"<style(?:\s[^>]*)?>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def style_hashes(page: str) -> list[str]:
    """The CSP sources (``'sha256-…'``) that allow exactly the inline style blocks of an HTML page."""
    digests = (hashlib.sha256(style.encode()).digest() for style in STYLE_BLOCK.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(
    style_sources: Iterable[str] = (),
    script_sources: Iterable[str] = (),
    connect_sources: Iterable[str] = (),
) -> str:
    """The policy of a page: everything from the site itself, WebAssembly, and the styles given.

    ``script_sources`` and ``connect_sources`` loosen those directives for a page that cannot do without.
    """
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *script_sources])
    styles = " ".join(["'self'", *style_sources])
    directives = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": styles,
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": " ".join(["'self'", *connect_sources]),
        "worker-src": "'self'",
        "frame-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
