"""Rules of the edge, from which the configurations of nginx and CloudFront are written.

What each kind of path is cached for, which headers every answer has, what goes to the service, and how
often one address may ask. Header values are those of the service itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from candlefish.service.assets import (
    IMMUTABLE,
    ISOLATION,
    MEDIA_TYPES,
    REVALIDATE,
    content_security_policy,
    load_assets,
)
from candlefish.service.settings import ADDRESS_RATE

if TYPE_CHECKING:
    from candlefish.ops.release import Release

HASHED: Final = "^/[^/]+-[0-9a-f]{12}/"
"""Paths whose contents never change: their directory is named by a hash."""
SERVICE_PATHS: Final = ("/api/", "/health", "/metrics", "/dashboard")
"""What begins with these goes to the service; everything else is a file of the site."""
DIRECTORY: Final = "^/docs$"
"""A directory with an index page, asked for without its slash, which nginx finds by itself."""
RELEASE_HEADER: Final = "candlefish-release"
NO_STORE: Final = "no-store"
EDGE_S: Final = 31_536_000
"""How long CloudFront may keep a file: it asks for it by its release or its hash."""
TRANSPORT: Final = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload"}
"""Only over TLS: RFC 6797, 7.2."""
HEADERS: Final = {**ISOLATION, "Permissions-Policy": "camera=(), geolocation=(), microphone=()"}
PLAIN_POLICY: Final = content_security_policy()
RATE_A_SECOND: Final = int(ADDRESS_RATE.per_s)
BURST: Final = int(ADDRESS_RATE.burst)
WAF_WINDOW_S: Final = 300
BODY_BYTES_MAX: Final = 131_072
TYPES: Final = MEDIA_TYPES

__all__ = ["IMMUTABLE", "REVALIDATE"]


def policies(release: Release) -> dict[str, str]:
    """The content security policy by path, for those pages of a release that have one of their own."""
    assets = load_assets(release.site)
    return {f"/{name}": asset.policy for name, asset in assets.items() if asset.policy != PLAIN_POLICY}


def cloudfront() -> dict[str, Any]:
    """The rules as the Terraform module `edge` reads them."""
    return {
        "edge_s": EDGE_S,
        "headers": HEADERS,
        "plain_policy": PLAIN_POLICY,
        "strict_transport_security_s": 63_072_000,
        "service_paths": [f"{path}*" for path in SERVICE_PATHS],
        "waf_requests_in_window": RATE_A_SECOND * WAF_WINDOW_S,
        "waf_window_s": WAF_WINDOW_S,
    }


def cloudfront_text() -> str:
    """The file `deploy/terraform/modules/edge/rules.json`."""
    return json.dumps(cloudfront(), indent=2, sort_keys=True) + "\n"
