"""Processor time and memory of processes, of ours and of other programs."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from candlefish.bench import machine
from candlefish.bench.machine import (
    CpuReading,
    MachineTime,
    ProcessorClock,
    cpu_per_frame,
    foreign_share,
    parse_stat,
    read_clock,
)

SPIN = "import time\nwhile time.process_time() < 0.2: pass"
STAT = (
    "4711 (Web (Content) x) S 42 4711 4711 0 -1 4194560 100 0 0 0 250 50 20 10 20 0 12 0 99 "
    "1000 100 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0"
)


def test_a_stat_line_with_a_wild_name() -> None:
    stat = parse_stat(STAT)
    assert (stat.name, stat.parent) == ("Web (Content) x", 42)
    assert stat.cpu_ms == 300 * 1000.0 / os.sysconf("SC_CLK_TCK")
    assert stat.reaped_ms == 30 * 1000.0 / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not machine.processes_measurable(), reason="this system has no /proc")
def test_our_own_processor_time_is_seen() -> None:
    before, began_s = machine.process_cpu_ms(os.getpid()), time.process_time()
    while time.process_time() - began_s < 0.1:
        pass
    spent_ms = machine.process_cpu_ms(os.getpid()) - before
    assert 80.0 <= spent_ms <= 150.0
    assert os.getpid() in machine.tree(os.getppid())
    assert 1.0 < machine.pss_mb(os.getpid()) < 5000.0
    assert machine.process_cpu_ms(2**22 + 1) == 0.0
    assert machine.thread_cpu_ms(2**22 + 1) == {}
    assert machine.pss_mb(2**22 + 1) == 0.0


def test_foreign_share() -> None:
    before = ProcessorClock(MachineTime(0.0, 0.0), 100.0)
    after = ProcessorClock(MachineTime(1000.0, 600.0), 300.0)
    assert foreign_share(before, after) == pytest.approx(0.4)
    assert foreign_share(before, before) == 0.0
    assert foreign_share(None, after) is None


@pytest.mark.skipif(not machine.processes_measurable(), reason="this system has no /proc")
def test_the_clock_counts_us_in() -> None:
    before = read_clock()
    subprocess.run([sys.executable, "-c", SPIN], check=True)
    after = read_clock()
    assert before is not None
    assert after is not None
    assert after.ours_ms - before.ours_ms >= 200.0, "a child that has ended is ours too"


def test_processor_time_a_frame() -> None:
    kinds = {1: "browser", 2: "renderer", 3: "GPU", 4: "network.mojom.NetworkService", 5: "renderer"}
    before = CpuReading(kinds, dict.fromkeys(kinds, 0.0), {2: {2: ("chrome", 0.0)}, 5: {}})
    spent = {1: 10.0, 2: 600.0, 3: 200.0, 4: 20.0, 5: 0.0}
    threads = {2: ("chrome", 50.0), 21: ("DedicatedWorker", 500.0), 22: ("ThreadPoolForeg", 50.0)}
    values = cpu_per_frame(before, CpuReading(kinds, spent, {2: threads, 5: {}}), 100)
    assert values["cpu_ms"] == pytest.approx(8.3)
    assert (values["cpu_renderer_ms"], values["cpu_gpu_ms"]) == (6.0, 2.0)
    assert (values["cpu_browser_ms"], values["cpu_other_ms"]) == (0.1, 0.2)
    assert (values["cpu_page_thread_ms"], values["cpu_worker_threads_ms"]) == (0.5, 5.0)
