"""What is read from the system and from the browser, from recorded answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from candlefish.bench import processes
from candlefish.bench.allocations import total_bytes
from candlefish.bench.cpu import Reading, per_frame
from candlefish.bench.machine import Clocked, clock, foreign_share
from candlefish.bench.memory import Sample, by_type, growth
from candlefish.bench.presented import displayed_ms
from candlefish.bench.processes import MachineTime, parse_stat

SPIN = "import time\nwhile time.process_time() < 0.2: pass"
STAT = (
    "4711 (Web (Content) x) S 42 4711 4711 0 -1 4194560 100 0 0 0 250 50 20 10 20 0 12 0 99 "
    "1000 100 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0"
)


def test_a_stat_line_with_a_wild_name() -> None:
    found = parse_stat(STAT)
    assert (found.name, found.parent) == ("Web (Content) x", 42)
    assert found.cpu_ms == 300 * 1000.0 / os.sysconf("SC_CLK_TCK")
    assert found.reaped_ms == 30 * 1000.0 / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not processes.available(), reason="this system has no /proc")
def test_our_own_processor_time_is_seen() -> None:
    before, began_s = processes.process_cpu_ms(os.getpid()), time.process_time()
    while time.process_time() - began_s < 0.1:
        pass
    spent_ms = processes.process_cpu_ms(os.getpid()) - before
    assert 80.0 <= spent_ms <= 150.0
    assert os.getpid() in processes.tree(os.getppid())
    assert 1.0 < processes.pss_mb(os.getpid()) < 5000.0
    assert processes.process_cpu_ms(2**22 + 1) == 0.0
    assert processes.thread_cpu_ms(2**22 + 1) == {}
    assert processes.pss_mb(2**22 + 1) == 0.0


def test_foreign_share() -> None:
    before = Clocked(MachineTime(0.0, 0.0), 100.0)
    after = Clocked(MachineTime(1000.0, 600.0), 300.0)
    assert foreign_share(before, after) == pytest.approx(0.4)
    assert foreign_share(before, before) == 0.0
    assert foreign_share(None, after) is None


@pytest.mark.skipif(not processes.available(), reason="this system has no /proc")
def test_the_clock_counts_us_in() -> None:
    before = clock()
    subprocess.run([sys.executable, "-c", SPIN], check=True)
    after = clock()
    assert before is not None
    assert after is not None
    assert after.ours_ms - before.ours_ms >= 200.0, "a child that has ended is ours too"


def test_processor_time_a_frame() -> None:
    kinds = {1: "browser", 2: "renderer", 3: "GPU", 4: "network.mojom.NetworkService", 5: "renderer"}
    before = Reading(kinds, dict.fromkeys(kinds, 0.0), {2: {2: ("chrome", 0.0)}, 5: {}})
    spent = {1: 10.0, 2: 600.0, 3: 200.0, 4: 20.0, 5: 0.0}
    threads = {2: ("chrome", 50.0), 21: ("DedicatedWorker", 500.0), 22: ("ThreadPoolForeg", 50.0)}
    found = per_frame(before, Reading(kinds, spent, {2: threads, 5: {}}), 100)
    assert found["cpu_ms"] == pytest.approx(8.3)
    assert (found["cpu_renderer_ms"], found["cpu_gpu_ms"]) == (6.0, 2.0)
    assert (found["cpu_browser_ms"], found["cpu_other_ms"]) == (0.1, 0.2)
    assert (found["cpu_page_thread_ms"], found["cpu_worker_threads_ms"]) == (0.5, 5.0)


def test_memory_by_type() -> None:
    breakdown = [
        {"bytes": 2_000_000, "types": ["JavaScript"]},
        {"bytes": 1_000_000, "types": ["JavaScript"]},
        {"bytes": 500_000, "types": ["DOM"]},
        {"bytes": 0, "types": []},
    ]
    assert by_type({"bytes": 3_500_000, "breakdown": breakdown}) == {
        "all": 3.5, "JavaScript": 3.0, "DOM": 0.5, "other": 0.0,
    }  # fmt: skip


def samples(mb_min: float, count: int = 12) -> list[Sample]:
    return [Sample(5.0 * i, 14.0 + mb_min * i / 12.0, 21.0, 20.0, 4.0, 100.0) for i in range(count)]


def test_growth_is_found_with_its_interval() -> None:
    found = growth(samples(1.0))["slope_mb_min"]
    assert found.estimate == pytest.approx(1.0)
    assert 0.9 < found.low <= found.high < 1.1
    assert growth(samples(0.0))["slope_mb_min"].estimate == 0.0
    assert growth(samples(1.0, 3)) == {}


def test_pythons_growth_counts_before_its_memory_grows() -> None:
    leaking = [Sample(5.0 * i, 14.0, 21.0, 19.0 + 0.1 * i, 4.0, 100.0) for i in range(12)]
    assert growth(leaking)["slope_mb_min"].estimate == pytest.approx(1.2)


def test_displayed_frames_come_in_order() -> None:
    events = [
        {"name": "Display::FrameDisplayed", "ts": 33_000.0},
        {"name": "Other", "ts": 5_000.0},
        {"name": "Display::FrameDisplayed", "ts": 16_000.0},
    ]
    assert displayed_ms({"traceEvents": events}) == [16.0, 33.0]


def test_sampled_allocations_add_up() -> None:
    head = {"selfSize": 100, "children": [{"selfSize": 50, "children": []}, {"selfSize": 5, "children": []}]}
    assert total_bytes(head) == 155.0
