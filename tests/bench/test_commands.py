"""The command: its exit statuses, and that it refuses before it measures."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest

from candlefish import cli
from candlefish.bench.command import Options, judged
from candlefish.bench.errors import BenchError
from candlefish.bench.peers.entrants import PEERS, counts
from candlefish.bench.peers.serving import peers_served
from candlefish.bench.peers.table import html, table
from candlefish.bench.progress import Progress
from candlefish.bench.scenario import load_scenarios
from tests.bench.runs import a_run, some_runs

if TYPE_CHECKING:
    from pathlib import Path

COULD_NOT_RUN = 3


def bench(*arguments: str) -> int:
    try:
        return cli.main(["bench", *arguments])
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        return ended.code


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--rounds", "0"], "not a number of rounds"),
        (["--seconds", "forever"], "not a length"),
        (["no-such-place"], "neither an address nor a built site"),
        (["--scenario", "nope"], "no scenario 'nope'"),
        (["--compare", "none.json"], "none.json: No such file"),
        (["--budgets", "none.toml"], "none.toml: No such file"),
        (["--html", "no/such/place.html"], "its directory does not exist"),
        (["--peers", "--scenario", "idle"], "--peers knows the scenarios swarm-150"),
        (["--peers", "--compare", "base.json"], "--peers does not use --compare"),
        (["--self-test", "--html", "a.html"], "--self-test does not use --html"),
        (["--self-test", "--scenario", "idle"], "--self-test knows busy-frames"),
        (["--self-test", "--peers"], "choose one of --self-test, --peers"),
        (["--trace", "there", "--scenario", "cold-load"], "a trace is of one scenario"),
        (["http://127.0.0.1:9", "--scenario", "idle"], "does not answer"),
    ],
)
def test_what_cannot_run_says_why(
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    if "--peers" in arguments:
        monkeypatch.setattr("candlefish.bench.peers.command.installed", lambda: tmp_path)
        (tmp_path / "dist" / "index.html").write_text("<p>a page", encoding="utf-8")
        (tmp_path / "dist" / "manifest.json").write_text('{"files": {}, "version": "1"}', encoding="utf-8")
    assert bench(*arguments) == COULD_NOT_RUN
    assert complaint in capsys.readouterr().err


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("--list") == 0
    assert "idle                 Idle, 20 s (default)" in capsys.readouterr().out


def test_everything_that_was_measured_is_judged() -> None:
    scenarios = load_scenarios()
    runs = {"idle": some_runs("fps", [30.0, 30.0, 30.0])}
    budgets = {"frames": {"fps": 55.0, "inp_ms": 200.0}}
    earlier = {"idle": some_runs("fps", [60.0, 60.0, 60.0])}
    record = judged(Options(), scenarios, runs, {}, budgets, (earlier, {}))
    assert [one.measure for one in record.judgements] == ["fps"]
    assert [one.measure for one in record.changes] == ["fps"]
    assert record.verdict == "broken"


class Terminal:
    """A stream that may be a terminal."""

    def __init__(self, *, live: bool) -> None:
        self.live, self.text = live, ""

    def isatty(self) -> bool:
        return self.live

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def test_progress() -> None:
    for live in (True, False):
        stream = Terminal(live=live)
        progress = Progress(stream)  # type: ignore[arg-type]
        progress.expect(90.0)
        progress.begin("round 1/2  idle", 45.0)
        progress.end("60.0 fps")
        progress.begin("round 2/2  idle", 45.0)
        assert "about 1 min 30 s to go" in stream.text
        assert "round 1/2  idle: 60.0 fps" in stream.text
        assert ("50%" in stream.text) == live


def test_numbers_of_peers() -> None:
    assert counts(()) == (150, 500, 1000, 2000, 5000, 50_000)
    assert counts(("swarm-2000",)) == (2000,)
    with pytest.raises(BenchError, match="not 'idle'"):
        counts(("idle",))


def test_peers_are_ratios_of_their_own_round() -> None:
    runs = {
        "javascript-500": [a_run(i, cpu_ms=ms, fps=60.0) for i, ms in enumerate([4.0, 8.0, 5.0])],
        "p5-alpha-500": [a_run(i, cpu_ms=ms, fps=30.0) for i, ms in enumerate([8.0, 16.0, 11.0])],
    }
    text = table(runs, {"browser": "Chrome/1", "processor": "P", "cores": 2})
    assert "| hand-written JavaScript | 5 ms, 60 fps |" in text
    assert "| p5 2, globalAlpha | 2.00×, 30 fps |" in text


def test_a_peer_that_did_not_run_leaves_a_gap() -> None:
    runs = {
        "javascript-500": [a_run(i, cpu_ms=4.0, fps=60.0) for i in range(2)],
        "p5-alpha-500": [],
        "candlefish-500": [a_run(1, cpu_ms=2.0, fps=60.0)],
    }
    where = {"browser": "Chrome/1", "processor": "P <x>", "cores": 2}
    text = table(runs, where)
    assert "| p5 2, globalAlpha | did not run |" in text
    assert "| **candlefish** | 0.50×, 60 fps |" in text
    drawn = html(runs, where)
    assert "2 ms, 0.50×, 60 fps" in drawn
    assert "P &lt;x&gt;" in drawn


def test_with_very_many_only_plain_javascript_is_beside_ours() -> None:
    assert [peer.name for peer in PEERS if peer.takes_part(50_000)] == ["javascript"]
    assert all(peer.takes_part(5000) for peer in PEERS)


def test_peers_pages_are_served_isolated(tmp_path: Path) -> None:
    (tmp_path / "node_modules" / "p5").mkdir(parents=True)
    (tmp_path / "node_modules" / "p5" / "p5.js").write_text("let p5", encoding="utf-8")
    with peers_served(tmp_path) as address:
        with urllib.request.urlopen(f"{address}/javascript.html?n=5", timeout=60) as answer:
            assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
            assert b"scene.js" in answer.read()
        with urllib.request.urlopen(f"{address}/node_modules/p5/p5.js", timeout=60) as answer:
            assert answer.headers["Content-Type"] == "text/javascript"
            assert answer.read() == b"let p5"
