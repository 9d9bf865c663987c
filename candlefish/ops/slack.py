"""Slack: a message to the incoming webhook that the environment names."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Final

WEBHOOK: Final = "SLACK_WEBHOOK_URL"
TIMEOUT_S: Final = 5.0


def notify(text: str) -> str:
    """Send a message. Returns the outcome in words; a message that cannot be sent raises nothing."""
    address = os.environ.get(WEBHOOK)
    if not address:
        return f"nobody was told: {WEBHOOK} is not set"
    if not address.startswith(("https://", "http://127.0.0.1:")):
        return f"nobody was told: {WEBHOOK} is not an https address"
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return f"the team was told ({answer.status})"
    except (OSError, ValueError) as error:
        # The address is a secret: errors of urllib do not hold it, and neither does this.
        return f"nobody was told: {type(error).__name__}"
