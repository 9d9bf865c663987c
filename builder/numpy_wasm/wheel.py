"""The page's NumPy: the whole wheel from the verified cache, Pyodide's CDN or a build, made small once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from builder.cache import combine, file_sha256, sha256, write_atomically
from builder.numpy_wasm import pinned, slim
from builder.numpy_wasm.recipe import compilation
from builder.steps import timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builder.cache import Cache
    from builder.numpy_wasm.pinned import Fetch, Pin
    from builder.steps import Step

    Log = Callable[[str], None]
    Build = Callable[[Pin, Path, Path, Log], bytes]
    Check = Callable[[bytes, Pin, Path], slim.SmokeReport]

CDN = "https://cdn.jsdelivr.net/pyodide"
Made = Literal["cdn", "built"]
KEY_LENGTH = 16
KIND = "numpy-slim"


def numpy_wheel(pyodide: Path, wheels: Path, cache: Cache, step: Step) -> tuple[str, bytes]:
    """The name and the contents of the NumPy wheel that is shipped.

    ``wheels`` is where whole wheels are kept; ``step`` is told what is done and how it ended.

    Raises:
        BuildError: the wheel cannot be had, or does not work in the Pyodide of the directory ``pyodide``.
    """
    whole = provide(pyodide, wheels, step.say)
    key = combine(whole.sha256, slim.fingerprint(pyodide))
    made = cache.get(KIND, key, partial(_slim, whole.path, pyodide, step))
    data = (made.path / whole.path.name).read_bytes()
    step.note = f"{whole.version} ({whole.origin}), {len(data) / 1e6:.1f} MB"
    return whole.path.name, data


def _slim(wheel: Path, pyodide: Path, step: Step, out: Path) -> None:
    report = slim.slim(wheel, out / wheel.name, pyodide)
    before, after = report.unpacked_bytes_before / 1e6, report.unpacked_bytes_after / 1e6
    files = f"{report.files_after} of {report.files_before} files"
    step.say(f"kept {files}, {after:.1f} of {before:.1f} MB unpacked")


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
    fetch: Fetch = pinned.fetch,
    build: Build = compilation.build_wheel,
    check: Check = slim.smoke_test,
) -> NumpyWheel:
    """The NumPy wheel that the npm package in ``pyodide_dir`` asks for, kept under ``cache_dir``.

    ``log`` receives one line for each thing done, which one of the three ways it was included. A wheel
    that was built is used only if it passes the smoke test in Pyodide.

    Raises:
        BuildError: it is neither cached nor on the CDN, and cannot be built here.
    """
    pin = pinned.read_pin(pyodide_dir)
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
    return combine(pin.pyodide, pin.numpy, pin.sha256, compilation.fingerprint())


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
        data = pinned.verified(fetch(url, pinned.TIMEOUT_S), pin.sha256)
    except pinned.DownloadError as error:
        log(f"no official wheel from {url}: {error}")
        return None
    log(f"NumPy {pin.numpy} from Pyodide's CDN, SHA-256 as in pyodide-lock.json")
    return data


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
