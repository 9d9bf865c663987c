"""Screenshots for the report."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Film:
    """Screenshots outside the window (one takes longer than a frame), as data for the report."""

    def __init__(self, page: Page, wanted: bool) -> None:
        self._page, self._wanted = page, wanted
        self.shots: list[dict[str, str]] = []

    def shoot(self, caption: str) -> None:
        """Take one, if they are wanted."""
        if self._wanted:
            image = base64.b64encode(self._page.screenshot(type="jpeg", quality=45)).decode()
            self.shots.append({"caption": caption, "jpeg": image})
