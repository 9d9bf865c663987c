"""The NumPy wheel: where it comes from, what is refused on the way, and that it is made small once."""

from __future__ import annotations

import http.server
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from builder.cache import Cache, sha256
from builder.numpy_wasm import pinned, slim, wheel
from builder.numpy_wasm.pinned import Pin, read_pin
from builder.numpy_wasm.recipe import sdist
from builder.numpy_wasm.wheel import NumpyWheel, Receipt, WheelCache, provide
from builder.steps import BuildError, Step
from builder.workspace import NODE_MODULES, REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


OFFICIAL, BUILT = b"the official wheel", b"the built wheel"
FILE_NAME = "numpy-2.2.5-cp313-cp313-pyemscripten_2025_0_wasm32.whl"
CDN_URL = f"https://cdn.jsdelivr.net/pyodide/v0.29.5/full/{FILE_NAME}"


def write_package(folder: Path, **numpy: object) -> Path:
    """Pyodide's npm package with the least that names a NumPy."""
    entry = {"version": "2.2.5", "file_name": FILE_NAME, "sha256": sha256(OFFICIAL)} | numpy
    info = {"python": "3.13.2", "platform": "emscripten_4_0_9"}
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text('{"version": "0.29.5"}')
    (folder / "pyodide-lock.json").write_text(json.dumps({"info": info, "packages": {"numpy": entry}}))
    return folder


def report(version: str = "2.2.5") -> slim.SmokeReport:
    return slim.SmokeReport(version, 1.0, 1.0, 1, 1, ())


@dataclass
class World:
    """A machine: what the CDN says, what a build gives, and what was asked of them."""

    root: Path
    cdn: bytes | None = None
    smoke_error: str = ""
    asked: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def provide(self) -> NumpyWheel:
        package = write_package(self.root / "pyodide")
        cache = self.root / "cache"
        return provide(package, cache, self.log.append, fetch=self.fetch, build=self.build, check=self.check)

    def fetch(self, url: str, timeout_s: float) -> bytes:
        assert 0 < timeout_s <= 10
        self.asked.append(url)
        if self.cdn is None:
            raise pinned.DownloadError("no route to host")
        return self.cdn

    def build(self, pin: Pin, *_: object) -> bytes:
        self.asked.append(f"build {pin.numpy}")
        return BUILT

    def check(self, *_: object) -> slim.SmokeReport:
        self.asked.append("check")
        if self.smoke_error:
            raise BuildError(self.smoke_error)
        return report()

    def said(self, text: str) -> bool:
        return any(text in line for line in self.log)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_official_wheel_is_taken_when_the_cdn_has_it(world: World) -> None:
    world.cdn = OFFICIAL
    wheel = world.provide()
    assert (wheel.origin, wheel.version, wheel.sha256) == ("cdn", "2.2.5", sha256(OFFICIAL))
    assert wheel.path.read_bytes() == OFFICIAL
    assert wheel.path.name == FILE_NAME
    assert world.asked == [CDN_URL]
    assert world.said("from Pyodide's CDN")


def test_a_wheel_of_another_hash_is_refused_said_and_built_instead(world: World) -> None:
    world.cdn = OFFICIAL + b"!"
    wheel = world.provide()
    assert (wheel.origin, wheel.path.read_bytes()) == ("built", BUILT)
    assert world.said(f"its SHA-256 is {sha256(OFFICIAL + b'!')}, expected {sha256(OFFICIAL)}: refused")


def test_without_the_cdn_it_is_built_and_checked(world: World) -> None:
    wheel = world.provide()
    assert (wheel.origin, wheel.sha256) == ("built", sha256(BUILT))
    assert world.asked == [CDN_URL, "build 2.2.5", "check"]
    assert world.said("no route to host")


def test_the_second_time_it_comes_from_the_cache(world: World) -> None:
    first = world.provide()
    world.asked.clear()
    second = world.provide()
    assert (second.origin, second.path, second.sha256) == ("cache", first.path, first.sha256)
    assert world.asked == []
    assert world.said("from the cache (first made: built)")


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "no receipt", "receipt of nonsense", "other key"])
def test_a_damaged_cache_entry_is_said_and_made_again(world: World, damage: str) -> None:
    path = world.provide().path
    receipt = path.with_suffix(".json")
    match damage:
        case "flip":
            path.write_bytes(BUILT.replace(b"built", b"bvilt"))
        case "cut":
            path.write_bytes(BUILT[:-1])
        case "empty":
            path.write_bytes(b"")
        case "no receipt":
            receipt.unlink()
        case "receipt of nonsense":
            receipt.write_text("[]")
        case _:
            receipt.write_text(receipt.read_text().replace('"key": "', '"key": "0'))
    world.log.clear()
    wheel = world.provide()
    assert (wheel.origin, path.read_bytes()) == ("built", BUILT)
    assert world.said("so it is not used")
    assert world.provide().origin == "cache"


def test_a_built_wheel_that_fails_its_smoke_test_is_not_kept(world: World) -> None:
    world.smoke_error = "sin(1) is 7"
    with pytest.raises(BuildError, match=r"sin\(1\) is 7"):
        world.provide()
    world.smoke_error = ""
    assert world.provide().origin == "built"


def test_an_interrupted_write_leaves_nothing_that_is_trusted(tmp_path: Path) -> None:
    cache = WheelCache(tmp_path, FILE_NAME, "a" * 64)
    cache.write(BUILT, Receipt(cache.key, sha256(BUILT), "built"))
    cache.path.write_bytes(OFFICIAL)  # a second write, cut off before its receipt
    said: list[str] = []
    assert cache.read(said.append) is None
    assert "is damaged" in said[0]
    assert WheelCache(tmp_path, FILE_NAME, "b" * 64).read(said.append) is None
    assert len(said) == 1


def test_the_pin_comes_from_the_lock_file(tmp_path: Path) -> None:
    pin = read_pin(write_package(tmp_path))
    assert pin == Pin("0.29.5", "3.13", "4.0.9", "2.2.5", FILE_NAME, sha256(OFFICIAL))
    assert pin.tag == "cp313-cp313-pyemscripten_2025_0_wasm32"


@pytest.mark.parametrize(
    "numpy",
    [{"file_name": "../numpy.whl"}, {"file_name": None}, {"sha256": "abc"}, {"sha256": None}],
)
def test_a_lock_file_that_makes_no_sense_is_refused(tmp_path: Path, numpy: dict[str, object]) -> None:
    with pytest.raises(BuildError, match=r"pyodide-lock\.json"):
        read_pin(write_package(tmp_path, **numpy))


def test_a_missing_package_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"package\.json.*is Pyodide's npm package installed\?"):
        read_pin(tmp_path)


def test_the_pinned_numpy_can_be_built_from_a_known_source() -> None:
    pin = read_pin(NODE_MODULES / "pyodide")
    assert pin.numpy in sdist.SHA256
    tools = (REQUIREMENTS / "numpy-wasm.txt").read_text()
    assert "cython==" in tools
    assert "ninja==" in tools
    assert "--hash=sha256:" in tools
    assert "://" not in tools


def test_the_source_distribution_is_found_in_a_lock() -> None:
    lock = '[[packages]]\nname = "numpy"\nsdist = { url = "http://index/numpy.tar.gz", size = 1 }\n'
    assert sdist.sdist_url(lock) == "http://index/numpy.tar.gz"
    with pytest.raises(BuildError, match="offers no source distribution"):
        sdist.sdist_url('[[packages]]\nname = "numpy"\n')


def test_a_source_distribution_of_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdist, "url_of", lambda version: f"http://index/{version}")
    monkeypatch.setattr(pinned, "fetch", lambda *_: b"not numpy")
    with pytest.raises(BuildError, match=r"cannot fetch numpy-2\.2\.5\.tar\.gz: its SHA-256 is"):
        sdist.obtain("2.2.5", tmp_path, print)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setitem(sdist.SHA256, "2.2.5", sha256(b"not numpy"))
    assert sdist.obtain("2.2.5", tmp_path, print).read_bytes() == b"not numpy"
    monkeypatch.setattr(pinned, "fetch", lambda *_: pytest.fail("fetched again"))
    assert sdist.obtain("2.2.5", tmp_path, print).read_bytes() == b"not numpy"


def test_an_unknown_version_has_no_source_distribution(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no SHA-256 is known for NumPy 9\.9"):
        sdist.obtain("9.9", tmp_path, print)


class Handler(http.server.BaseHTTPRequestHandler):
    """Has one file."""

    def do_GET(self) -> None:  # the base class's name
        self.send_response(200 if self.path == "/wheel" else 404)
        self.end_headers()
        self.wfile.write(OFFICIAL)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a local HTTP server."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_fetching(server: str) -> None:
    assert pinned.fetch(f"{server}/wheel") == OFFICIAL
    with pytest.raises(pinned.DownloadError, match="HTTP 404"):
        pinned.fetch(f"{server}/other")


def test_fetching_from_nobody() -> None:
    with pytest.raises(pinned.DownloadError, match="refused"):
        pinned.fetch("http://127.0.0.1:9/wheel")


class Wheels:
    """Stands for where NumPy comes from: a whole wheel, and how often it was made small."""

    def __init__(self, folder: Path) -> None:
        self.whole = folder / "numpy-1.whl"
        self.whole.write_bytes(b"whole")
        self.sha256 = "1" * 64
        self.slimmed = 0

    def provide(self, _pyodide: Path, _kept: Path, _log: object) -> NumpyWheel:
        return NumpyWheel(self.whole, "1", "cdn", self.sha256)

    def make_small(self, wheel: Path, out: Path, _pyodide: Path) -> slim.SlimReport:
        self.slimmed += 1
        out.write_bytes(b"slim " + wheel.read_bytes())
        return slim.SlimReport(165, 91, 9_000_000, 7_000_000, slim.SmokeReport("1", 1.0, 1.0, 1, 1, ()))


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheels:
    source = Wheels(tmp_path)
    monkeypatch.setattr(wheel, "provide", source.provide)
    monkeypatch.setattr(slim, "slim", source.make_small)
    return source


def test_numpy_is_made_small_once(wheels: Wheels, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache, step = Cache(tmp_path / "cache"), Step("NumPy")
    for _ in range(2):
        made = wheel.numpy_wheel(NODE_MODULES / "pyodide", tmp_path, cache, step)
        assert made == ("numpy-1.whl", b"slim whole")
    assert wheels.slimmed == 1
    assert step.note == "1 (cdn), 0.0 MB"
    assert "NumPy: kept 91 of 165 files, 7.0 of 9.0 MB unpacked" in capsys.readouterr().out


def test_another_numpy_is_made_small_anew(wheels: Wheels, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    wheel.numpy_wheel(NODE_MODULES / "pyodide", tmp_path, cache, Step("NumPy"))
    wheels.sha256 = "2" * 64
    wheel.numpy_wheel(NODE_MODULES / "pyodide", tmp_path, cache, Step("NumPy"))
    assert wheels.slimmed == 2
