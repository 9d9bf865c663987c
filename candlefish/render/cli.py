"""`candlefish render`: pictures for social cards and mail, made without a browser."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from candlefish.draw.effects import LEVELS
from candlefish.sim.moods import Mood

FORMATS = ("png", "svg", "webp", "gif", "apng")
LARGEST_PX = 4096
LONGEST_S = 600.0
FADED_FRAMES = 12
LIBRARY = re.compile(r"(lib(?:E?GL)\.so\S*): cannot open")


def add_parser(commands: Any) -> None:
    """Add `render` to argparse's subparsers; sets `run`: the exit status."""
    parser = commands.add_parser("render", help="make a picture or a short film of the fish")
    parser.add_argument("--mood", choices=[mood.value for mood in Mood], default="curious")
    parser.add_argument("--size", type=_size, default=(1280, 720), metavar="WxH", help="px (1280x720)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at", type=_seconds, default=3.0, metavar="S", help="moment, s (default: 3)")
    parser.add_argument("--seconds", type=_seconds, default=4.0, help="length of a film (default: 4)")
    parser.add_argument("--fps", type=float, default=24.0, help="of a film (default: 24)")
    parser.add_argument("--effects", choices=list(LEVELS), default="standard")
    parser.add_argument("--transparent", action="store_true", help="without the water (not as gif)")
    parser.add_argument("--format", choices=FORMATS, help="default: by the name of the file, else png")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: candlefish.<format>; - is stdout")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the picture and write it. Returns the exit status."""
    try:
        from candlefish.render import pictures  # noqa: PLC0415  # an extra: not always installed
    except ImportError as error:
        print(f"error: {_missing(error)}", file=sys.stderr)
        return 1
    from candlefish.render.pictures import Plan  # noqa: PLC0415

    kind = options.format or _kind_of(options.out)
    if kind == "gif" and options.transparent:
        print("error: --transparent: a gif has no shades of it; take webp, apng, png or svg", file=sys.stderr)
        return 2
    plan = Plan(size=options.size, seed=options.seed, moods=((0.0, Mood(options.mood)),))
    if kind == "svg":
        data = pictures.svg(plan, options.at, options.effects, transparent=options.transparent)
    else:
        count = 1 if kind == "png" else max(2, round(options.seconds * options.fps))
        overlap = min(FADED_FRAMES, count - 1)
        shown = list(
            pictures.frames(
                plan,
                options.at,
                count + overlap,
                options.fps,
                options.effects,
                transparent=options.transparent,
            )
        )
        if kind == "png":
            data = pictures.png(shown[0])
        else:
            data = pictures.film(pictures.crossfaded(shown, overlap), options.fps, kind)
    return _write(data, options.out or Path(f"candlefish.{kind}"))


def _missing(error: ImportError) -> str:
    """What to install for an import that failed."""
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed: pip install 'candlefish[render]'"
    if library := LIBRARY.match(str(error)):
        return (
            f"Skia needs {library[1]}, which is missing from this system: install it"
            " (Debian, Ubuntu: apt-get install libegl1 libgl1)"
        )
    return f"{error.name or 'a module'} cannot be loaded: {error}"


def _write(data: bytes, path: Path) -> int:
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        return 0
    try:
        path.write_bytes(data)
    except OSError as error:
        print(f"error: {path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{path}: {len(data):,} bytes")
    return 0


def _kind_of(path: Path | None) -> str:
    suffix = path.suffix.removeprefix(".").lower() if path else ""
    return suffix if suffix in FORMATS else "png"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720")
    size = int(width), int(height)
    if not all(16 <= extent <= LARGEST_PX for extent in size):
        raise argparse.ArgumentTypeError(f"{text!r}: width and height must be 16…{LARGEST_PX} px")
    return size


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time of 0…{LONGEST_S:g} seconds")
    return value
