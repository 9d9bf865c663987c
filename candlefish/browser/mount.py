"""The Python API of a page that runs Python already, as with PyScript."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from candlefish.browser.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    Listener = Callable[[dict[str, Any]], object]


class MountedFish:
    """A fish that swims in an element; made by `mount`.

    Events are those of `<candle-fish>`: ready, moodchange, trustchange, milestone, fed, error, fallback,
    perf, storage.
    """

    def __init__(self, page: Any, box: Any, options: str) -> None:
        """Open a tank in `box` with the JavaScript module `page`; `options` is JSON."""
        from pyodide.ffi import create_proxy  # noqa: PLC0415 - there is none natively

        from candlefish.browser.host import start  # noqa: PLC0415 - imports pyodide

        self._listeners: dict[str, list[Listener]] = {}
        self._proxies: list[Any] = [create_proxy(start), create_proxy(self._dispatch)]
        self._tank: Any = page.mountOn(box, options, *self._proxies)

    async def awake(self) -> None:
        """Wait for its first frame.

        Raises:
            RuntimeError: it could not start; says why.
        """
        if trouble := await self._tank.ready:
            self.close()
            raise RuntimeError(f"candlefish: {trouble}")

    def on(self, name: str, listener: Listener) -> Listener:
        """Call `listener` with the detail of every event of that name."""
        self._listeners.setdefault(name, []).append(listener)
        return listener

    async def state(self) -> dict[str, Any]:
        """The keys of `getState()`; empty before the first frame and after `close`."""
        state = json.loads(await self._tank.getState())
        return state if isinstance(state, dict) else {}

    def feed(self, x_px: float, y_px: float) -> None:
        """Drop a piece of food, CSS px in the element."""
        self._tank.feed(x_px, y_px)

    def pause(self, on: bool = True) -> None:
        """Pause it, or resume."""
        self._tank.pause(on)

    def reset(self) -> None:
        """Reset the memory of the visitor."""
        self._tank.reset()

    def close(self) -> None:
        """Remove the fish from the page."""
        self._tank.close()
        for proxy in self._proxies:
            proxy.destroy()
        self._proxies.clear()

    def _dispatch(self, name: str, detail: str) -> None:
        for listener in self._listeners.get(name, []):
            listener(json.loads(detail))


async def mount(target: Any, page: Any, **options: Any) -> MountedFish:
    """Put a fish into an element and return it when its first frame is drawn.

    Args:
        target: the element, or a CSS selector of it.
        page: the JavaScript module `mount.js` of Candlefish (with PyScript: from `js_modules`).
        options: as in `candlefish.browser.options.Options`.

    Raises:
        ValueError: no such element, or an option is out of range.
        RuntimeError: the fish could not start; says why.
        TypeError: there is no such option.
    """
    from js import document  # noqa: PLC0415 - natively there is no page

    wanted = json.dumps(asdict(Options(**options)))
    box = document.querySelector(target) if isinstance(target, str) else target
    if box is None:
        raise ValueError(f"mount: no element matches {target!r}")
    fish = MountedFish(page, box, wanted)
    await fish.awake()
    return fish
