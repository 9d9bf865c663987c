"""The stage: the page's canvas as Python sees it, and the buffer that both sides share."""

from __future__ import annotations

from typing import Any, Protocol

from pyodide.ffi import create_proxy


class Stage(Protocol):
    """The canvas of the page (`stage.js`)."""

    frame: object

    def resize(self, width_px: float, height_px: float, dpr: float) -> None:
        """Size the canvas; clears it."""

    def paint(self, ops: object, count: int) -> bool:
        """Paint; false when `ops` is a stale view."""

    def request(self) -> None:
        """Ask for one frame."""

    def cancel(self) -> None:
        """Take the request back."""

    def now(self) -> float:
        """Epoch ms on the clock of the frames."""


class BufferView:
    """A float32 array as JavaScript's Float32Array on the same memory."""

    def __init__(self, buffer: Any) -> None:
        """Share `buffer`, a one-dimensional float32 array that stays where it is."""
        self._buffer = buffer
        self._open()

    def renew(self) -> None:
        """Make the view again: growth of WebAssembly memory has cut the old one off."""
        self.release()
        self._open()

    def release(self) -> None:
        """Let the memory go."""
        self._view.release()
        self._proxy.destroy()

    def memory_bytes(self) -> int:
        """Size of the whole WebAssembly memory."""
        if self.data.byteLength == 0:
            self.renew()
        return int(self.data.buffer.byteLength)

    def _open(self) -> None:
        self._proxy = create_proxy(self._buffer)
        self._view = self._proxy.getBuffer("f32")
        self.data = self._view.data
