"""`candlefish simulate` and `candlefish replay`."""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from candlefish.sim.moods import LEVELS, Mood
from candlefish.sim.trust import RATES
from candlefish.simulate.persona import PersonaError, load_persona, names
from candlefish.simulate.visitor import SAMPLED_HZ, SIZE_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from candlefish.simulate.persona import Persona
    from candlefish.simulate.simulation import VisitRecord

MOST_SECONDS = 7 * 86_400
MOST_SEEDS = 100_000
SHARED_FROM_S = 600.0
"""Visits of so many seconds in all are worth starting further processes for."""


def add_parsers(commands: Any) -> None:
    """Add `simulate` and `replay` to argparse's subparsers; each sets `run`: the exit status."""
    simulating = commands.add_parser(
        "simulate",
        help="let simulated visitors play with the fish",
        description=f"Personas: {', '.join(names())}; or any .toml file (docs/personas.md).",
    )
    simulating.add_argument("--persona", required=True, metavar="NAME|FILE.toml", help="who visits")
    simulating.add_argument(
        "--seconds", type=_seconds, default=120.0, help="length of the visit (default: 120)"
    )
    simulating.add_argument(
        "--seeds", type=_seeds, default=1, metavar="N", help="visits by seeds 1…N (default: 1)"
    )
    simulating.add_argument(
        "--size", type=_size, default=SIZE_PX, metavar="WxH", help="box, CSS px (1280x720)"
    )
    simulating.add_argument("--complexity", choices=list(LEVELS), default="standard")
    simulating.add_argument("--trust-rate", choices=list(RATES), default="standard")
    simulating.add_argument(
        "--hz", type=_hz, default=SAMPLED_HZ, help="frames and pointer samples a second (60)"
    )
    _add_outputs(simulating)
    simulating.set_defaults(run=run_simulate)
    replaying = commands.add_parser("replay", help="live a recorded visit again")
    replaying.add_argument("log", type=Path, help="an input log, as the page records with ?record")
    _add_outputs(replaying)
    replaying.set_defaults(run=run_replay)


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one record a seed")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the timelines, four rows a second")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the first seed's timeline")


def run_simulate(options: argparse.Namespace) -> int:
    """Run `candlefish simulate`."""
    try:
        persona = load_persona(options.persona)
    except PersonaError as error:
        return _fail(str(error))
    began_s = time.perf_counter()
    records = _simulate_seeds(persona, options)
    took_s = time.perf_counter() - began_s
    print(f"{persona.name}: {persona.about}")
    _print(records)
    print(f"{options.seconds * options.seeds / max(took_s, 1e-9):.0f} times as fast as life")
    return _write(records, persona.name, options)


def _simulate_seeds(persona: Persona, options: argparse.Namespace) -> list[VisitRecord]:
    """One record a seed. Long runs share the work out to all processors."""
    from candlefish.simulate.simulation import simulate  # noqa: PLC0415 - NumPy: other commands start without it

    visit = partial(
        simulate,
        persona,
        options.seconds,
        size=options.size,
        complexity=options.complexity,
        trust_rate=RATES[options.trust_rate],
        hz=options.hz,
    )
    seeds = range(1, options.seeds + 1)
    processes = min(options.seeds, os.cpu_count() or 1)
    if processes == 1 or options.seconds * options.seeds < SHARED_FROM_S:
        return [visit(seed=seed) for seed in seeds]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return [done.result() for done in [pool.submit(visit, seed=seed) for seed in seeds]]


def run_replay(options: argparse.Namespace) -> int:
    """Run `candlefish replay`."""
    from candlefish.sim.replay import LogError, parse_log  # noqa: PLC0415 - as above
    from candlefish.simulate.simulation import replay  # noqa: PLC0415 - as above

    try:
        with options.log.open(encoding="utf-8") as lines:
            log = parse_log(lines)
    except (OSError, UnicodeDecodeError) as error:
        return _fail(f"{options.log}: cannot read: {error}")
    except LogError as error:
        return _fail(f"{options.log}: {error}")
    record = replay(log)
    print(f"{options.log}: {log.steps} steps")
    _print([record])
    return _write([record], options.log.name, options)


def _print(records: Sequence[VisitRecord]) -> None:
    shares = {mood: [record.share.get(mood.value, 0.0) for record in records] for mood in Mood}
    ends = [record.trust_end for record in records]
    print(f"trust  {median(r.trust_start for r in records):6.2f} → {median(ends):6.2f}", end="")
    print(f"   (of {len(ends)} seeds: {min(ends):.2f} … {max(ends):.2f})" if len(ends) > 1 else "")
    for mood, all_shares in shares.items():
        if any(all_shares):
            print(f"{mood.value:9} {100 * sum(all_shares) / len(all_shares):5.1f} %")
    offered, eaten = (
        sum(getattr(record, f"food_{what}") for record in records) for what in ("offered", "eaten")
    )
    print(f"food   {offered} offered, {eaten} eaten")
    first = records[0]
    for change in first.changes:
        print(f"{change.t_s:8.2f} s  {change.before.value} → {change.after.value}: {change.reason}")
    for at_s, name in first.milestones:
        print(f"{at_s:8.2f} s  milestone {name}")


def _write(records: Sequence[VisitRecord], title: str, options: argparse.Namespace) -> int:
    writers: list[tuple[Path | None, Callable[[Path], None]]] = [
        (options.json, lambda path: write_json(records, path)),
        (options.csv, lambda path: write_csv(records, path)),
        (options.png, lambda path: _write_png(records[0], title, path)),
    ]
    for path, write in writers:
        if path is None:
            continue
        try:
            write(path)
        except OSError as error:
            return _fail(f"{path}: cannot write: {error}")
        except ModuleNotFoundError:
            return _fail("a picture needs Pillow: pip install 'candlefish[plot]'")
    return 0


def write_json(records: Sequence[VisitRecord], path: Path) -> None:
    """Write a JSON array with one record a seed."""
    lines = ",\n ".join(json.dumps(record.as_json(), allow_nan=False) for record in records)
    path.write_text(f"[{lines}]\n", encoding="utf-8")


def write_csv(records: Sequence[VisitRecord], path: Path) -> None:
    """Write every seed's timeline."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("seed", "t_s", "mood", "trust", "valence", "arousal"))
        for record in records:
            for s in record.samples:
                values = (f"{value:.4f}" for value in (s.trust, s.valence, s.arousal))
                rows.writerow((record.seed, f"{s.t_s:.3f}", s.mood.value, *values))


def _write_png(record: VisitRecord, title: str, path: Path) -> None:
    from candlefish.simulate.timeline import draw  # noqa: PLC0415 - Pillow is an extra: not always installed

    draw(record, title).save(path, format="PNG")


def _seconds(text: str) -> float:
    return _number(text, 0.1, MOST_SECONDS, "seconds")


def _hz(text: str) -> float:
    return _number(text, 10, 1000, "Hz")


def _seeds(text: str) -> int:
    return int(_number(text, 1, MOST_SEEDS, "whole seeds", whole=True))


def _size(text: str) -> tuple[float, float]:
    width, _, height = text.lower().partition("x")
    return _number(width, 16, 16384, "px, as in 1280x720"), _number(height, 16, 16384, "px, as in 1280x720")


def _number(text: str, low: float, high: float, unit: str, *, whole: bool = False) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if low <= value <= high and not (whole and value != int(value)):
        return value
    raise argparse.ArgumentTypeError(f"expected {low:g} to {high:g} {unit}, got {text!r}")


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1
