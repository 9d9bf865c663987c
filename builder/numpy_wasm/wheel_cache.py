"""The kept wheel: beside it a receipt with its SHA-256, checked every time it is asked for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from builder.cache import file_sha256, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY_LENGTH = 16


@dataclass(frozen=True)
class Receipt:
    """What a kept wheel was when it was put there."""

    key: str  # digest of all that decides what the wheel is
    sha256: str
    made: str  # "cdn" or "built"


class WheelCache:
    """Wheels of one file name under ``folder``, one for each key."""

    def __init__(self, folder: Path, file_name: str, key: str) -> None:
        self.key = key
        self.path = folder / key[:KEY_LENGTH] / file_name
        self.receipt_path = self.path.with_suffix(".json")

    def read(self, log: Callable[[str], None]) -> Receipt | None:
        """The receipt of the kept wheel; None if there is none, or if it is damaged, which is said."""
        if not self.path.exists() and not self.receipt_path.exists():
            return None
        try:
            receipt = Receipt(**json.loads(self.receipt_path.read_text(encoding="utf-8")))
            actual = file_sha256(self.path)
        except (OSError, ValueError, TypeError) as error:
            log(f"the cached wheel {self.path} has no readable receipt, so it is not used: {error}")
            return None
        if receipt.key != self.key or actual != receipt.sha256:
            log(f"the cached wheel {self.path} is damaged (SHA-256 {actual}), so it is not used")
            return None
        return receipt

    def write(self, wheel: bytes, receipt: Receipt) -> None:
        """Keep a wheel; the receipt comes last, so an interrupted write leaves nothing that is trusted."""
        self.receipt_path.unlink(missing_ok=True)
        write_atomically(self.path, wheel)
        text = json.dumps(asdict(receipt), indent=1) + "\n"
        write_atomically(self.receipt_path, text.encode())
