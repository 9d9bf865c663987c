"""Getting the wheel: from the verified cache, else from Pyodide's CDN, else by building it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from builder.cache import combine, sha256
from builder.numpy_wasm import download, recipe, smoke
from builder.numpy_wasm.pin import read_pin
from builder.numpy_wasm.wheel_cache import Receipt, WheelCache
from builder.steps import timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builder.numpy_wasm.download import Fetch
    from builder.numpy_wasm.pin import Pin

    Log = Callable[[str], None]
    Build = Callable[[Pin, Path, Path, Log], bytes]
    Check = Callable[[bytes, Pin, Path], smoke.Report]

CDN = "https://cdn.jsdelivr.net/pyodide"
Made = Literal["cdn", "built"]


@dataclass(frozen=True)
class NumpyWheel:
    """A NumPy wheel for the pinned Pyodide, and where this run had it from."""

    path: Path
    version: str
    origin: Literal["cache", "cdn", "built"]
    sha256: str


def provide(
    pyodide_dir: Path,
    cache_dir: Path,
    log: Log,
    *,
    fetch: Fetch = download.fetch,
    build: Build = recipe.build_wheel,
    check: Check = smoke.check,
) -> NumpyWheel:
    """The NumPy wheel that the npm package in ``pyodide_dir`` asks for, kept under ``cache_dir``.

    ``log`` receives one line for each thing done, which one of the three ways it was included. A wheel
    that was built is used only if it passes the smoke test in Pyodide.

    Raises:
        BuildError: it is neither cached nor on the CDN, and cannot be built here.
    """
    pin = read_pin(pyodide_dir)
    cache = WheelCache(cache_dir, pin.file_name, _key(pin))
    wheel = partial(NumpyWheel, cache.path, pin.numpy)
    receipt = cache.read(log)
    if receipt is not None:
        log(f"NumPy {pin.numpy} from the cache (first made: {receipt.made}), SHA-256 verified")
        return wheel("cache", receipt.sha256)
    data, made = _make(pin, pyodide_dir, cache_dir, log, fetch=fetch, build=build, check=check)
    cache.write(data, Receipt(cache.key, sha256(data), made))
    return wheel(made, sha256(data))


def _key(pin: Pin) -> str:
    return combine(pin.pyodide, pin.numpy, pin.sha256, recipe.fingerprint())


def _make(
    pin: Pin, pyodide_dir: Path, cache_dir: Path, log: Log, *, fetch: Fetch, build: Build, check: Check
) -> tuple[bytes, Made]:
    """The wheel's bytes from the CDN or, if that cannot be, from its source distribution."""
    data = _from_cdn(pin, log, fetch)
    if data is not None:
        return data, "cdn"
    with timed(log, f"building NumPy {pin.numpy} for Pyodide {pin.pyodide} (a few minutes, once)"):
        data = build(pin, pyodide_dir, cache_dir, log)
        report = check(data, pin, pyodide_dir)
    log(f"the built NumPy {report.version} passes its smoke test")
    return data, "built"


def _from_cdn(pin: Pin, log: Log, fetch: Fetch) -> bytes | None:
    url = f"{CDN}/v{pin.pyodide}/full/{pin.file_name}"
    try:
        data = download.verified(fetch(url, download.TIMEOUT_S), pin.sha256)
    except download.DownloadError as error:
        log(f"no official wheel from {url}: {error}")
        return None
    log(f"NumPy {pin.numpy} from Pyodide's CDN, SHA-256 as in pyodide-lock.json")
    return data
