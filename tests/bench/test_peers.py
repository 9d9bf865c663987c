"""The peers: which are measured, how their pages are served, and the comparison."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest

from candlefish.bench import BenchError
from candlefish.bench.peers.comparison import (
    PEERS,
    comparison_page,
    comparison_table,
    peer_counts,
    serve_peers,
)
from tests.bench.runs import a_run

if TYPE_CHECKING:
    from pathlib import Path


def test_numbers_of_peers() -> None:
    assert peer_counts(()) == (150, 500, 1000, 2000, 5000, 50_000)
    assert peer_counts(("swarm-2000",)) == (2000,)
    with pytest.raises(BenchError, match="not 'idle'"):
        peer_counts(("idle",))


def test_peers_are_ratios_of_their_own_round() -> None:
    runs = {
        "javascript-500": [a_run(i, cpu_ms=ms, fps=60.0) for i, ms in enumerate([4.0, 8.0, 5.0])],
        "p5-alpha-500": [a_run(i, cpu_ms=ms, fps=30.0) for i, ms in enumerate([8.0, 16.0, 11.0])],
    }
    text = comparison_table(runs, {"browser": "Chrome/1", "processor": "P", "cores": 2})
    assert "| hand-written JavaScript | 5 ms, 60 fps |" in text
    assert "| p5 2, globalAlpha | 2.00×, 30 fps |" in text


def test_a_peer_that_did_not_run_leaves_a_gap() -> None:
    runs = {
        "javascript-500": [a_run(i, cpu_ms=4.0, fps=60.0) for i in range(2)],
        "p5-alpha-500": [],
        "candlefish-500": [a_run(1, cpu_ms=2.0, fps=60.0)],
    }
    where = {"browser": "Chrome/1", "processor": "P <x>", "cores": 2}
    text = comparison_table(runs, where)
    assert "| p5 2, globalAlpha | did not run |" in text
    assert "| **candlefish** | 0.50×, 60 fps |" in text
    drawn = comparison_page(runs, where)
    assert "2 ms, 0.50×, 60 fps" in drawn
    assert "P &lt;x&gt;" in drawn


def test_with_very_many_only_plain_javascript_is_beside_ours() -> None:
    assert [peer.name for peer in PEERS if peer.takes_part(50_000)] == ["javascript"]
    assert all(peer.takes_part(5000) for peer in PEERS)


def test_peers_pages_are_served_isolated(tmp_path: Path) -> None:
    (tmp_path / "node_modules" / "p5").mkdir(parents=True)
    (tmp_path / "node_modules" / "p5" / "p5.js").write_text("let p5", encoding="utf-8")
    with serve_peers(tmp_path) as address:
        with urllib.request.urlopen(f"{address}/javascript.html?n=5", timeout=60) as answer:
            assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
            assert b"scene.js" in answer.read()
        with urllib.request.urlopen(f"{address}/node_modules/p5/p5.js", timeout=60) as answer:
            assert answer.headers["Content-Type"] == "text/javascript"
            assert answer.read() == b"let p5"
