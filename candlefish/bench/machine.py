"""The machine: its hardware, processor time and memory of processes (``/proc``), load by other programs.

Elsewhere than on Linux, processes are not measured, and results say so.
"""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candlefish.bench.browser import Chromium

PROC = Path("/proc")
WORKER_THREAD = "DedicatedWorker"
DISTURBED_SHARE = 0.12
"""Other programs' share of the machine from which times cannot be trusted."""
Threads = dict[int, tuple[str, float]]
CPU_MEASURES = {"renderer": "cpu_renderer_ms", "GPU": "cpu_gpu_ms", "browser": "cpu_browser_ms"}


def processes_measurable() -> bool:
    """Whether this system has Linux's ``/proc`` with all that is read here."""
    return (PROC / "self" / "smaps_rollup").exists() and (PROC / "stat").exists()


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """One process or thread: name, parent and processor time used so far, ms.

    ``reaped_ms``: that of the children that have ended and were waited for, theirs included.
    """

    name: str
    parent: int
    cpu_ms: float
    reaped_ms: float = 0.0


def parse_stat(text: str) -> ProcessStat:
    """The contents of a ``stat`` file (proc_pid_stat(5)); the name may hold spaces and brackets."""
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(ticks) for ticks in fields[11:15])
    tick_ms = 1000.0 / os.sysconf("SC_CLK_TCK")
    return ProcessStat(
        name, int(fields[1]), (user + system) * tick_ms, (reaped_user + reaped_system) * tick_ms
    )


def read_stat(path: Path) -> ProcessStat | None:
    """The ``stat`` of a process or thread; None if it has ended."""
    try:
        return parse_stat(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def tree(root: int) -> dict[int, ProcessStat]:
    """Process ids of a process and all its descendants; empty if it has ended."""
    stats = {
        int(entry.name): stat
        for entry in PROC.iterdir()
        if entry.name.isdecimal() and (stat := read_stat(entry / "stat")) is not None
    }
    pids = {root} & stats.keys()
    while grown := {pid for pid, stat in stats.items() if stat.parent in pids} - pids:
        pids |= grown
    return {pid: stats[pid] for pid in pids}


def tree_cpu_ms(root: int) -> float:
    """Processor time of a process and all its descendants, those that have ended included."""
    return sum(stat.cpu_ms + stat.reaped_ms for stat in tree(root).values())


def thread_cpu_ms(pid: int) -> dict[int, tuple[str, float]]:
    """Name and processor time of each thread of a process; empty if it has ended."""
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return {}
    stats = {int(task.name): read_stat(task / "stat") for task in tasks}
    return {tid: (stat.name, stat.cpu_ms) for tid, stat in stats.items() if stat is not None}


def process_cpu_ms(pid: int) -> float:
    """Processor time of a process with its threads; 0 if it has ended."""
    stat = read_stat(PROC / str(pid) / "stat")
    return stat.cpu_ms if stat else 0.0


def pss_mb(pid: int) -> float:
    """Proportional set size of a process: private memory and its share of shared memory, MB (10⁶)."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


@dataclass(frozen=True, slots=True)
class MachineTime:
    """Processor time of the whole machine since its start, ms: in total, and busy."""

    total_ms: float
    busy_ms: float


def machine_time() -> MachineTime:
    """From the first line of ``/proc/stat``; time stolen by a hypervisor counts as busy."""
    fields = (PROC / "stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
    user, nice, system, idle, waiting, irq, soft, steal = (
        int(n) * 1000.0 / os.sysconf("SC_CLK_TCK") for n in fields
    )
    busy = user + nice + system + irq + soft + steal
    return MachineTime(busy + idle + waiting, busy)


@dataclass(frozen=True, slots=True)
class ProcessorClock:
    """Processor time at a moment: of the machine, and of the bench with all it started, ms."""

    machine: MachineTime
    ours_ms: float


def read_clock() -> ProcessorClock | None:
    """Read the processor clocks; None where processes cannot be measured."""
    if not processes_measurable():
        return None
    return ProcessorClock(machine_time(), tree_cpu_ms(os.getpid()))


def foreign_share(before: ProcessorClock | None, after: ProcessorClock | None) -> float | None:
    """The share of the machine, 0–1, that programs other than ours took; None where unknown."""
    if before is None or after is None:
        return None
    total_ms = after.machine.total_ms - before.machine.total_ms
    busy_ms = after.machine.busy_ms - before.machine.busy_ms
    ours_ms = after.ours_ms - before.ours_ms
    return min(1.0, max(0.0, (busy_ms - ours_ms) / total_ms)) if total_ms > 0 else 0.0


def environment(browser_version: str, program: str) -> dict[str, object]:
    """The environment of a result; two results compare number by number only in the same one."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_mb": round(_memory_mb()),
        "python": platform.python_version(),
        "browser": browser_version,
        "browser_program": Path(program).name,
        "continuous_integration": os.environ.get("CI", "") not in {"", "false", "0"},
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _memory_mb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    except (ValueError, OSError):
        return 0.0


def _commit() -> str:
    try:
        command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@dataclass(frozen=True, slots=True)
class CpuReading:
    """Processor time of a browser so far, ms: by process, with its type, and by thread of each renderer."""

    kinds: dict[int, str]
    process_ms: dict[int, float]
    threads: dict[int, Threads]


def read_cpu(chromium: Chromium) -> CpuReading | None:
    """Read the clocks of a browser's processes; None where processes cannot be measured."""
    if not processes_measurable():
        return None
    kinds = chromium.processes()
    renderers = [pid for pid, kind in kinds.items() if kind == "renderer"]
    return CpuReading(
        kinds,
        {pid: process_cpu_ms(pid) for pid in kinds},
        {pid: thread_cpu_ms(pid) for pid in renderers},
    )


def busiest_renderer(before: CpuReading, after: CpuReading) -> int:
    """The renderer that worked most between two readings: the page's (a browser has others of its own)."""
    spent = cpu_spent_ms(before, after)
    renderers = [pid for pid in after.threads if pid in spent]
    return max(renderers, key=lambda pid: spent[pid])


def cpu_spent_ms(before: CpuReading, after: CpuReading) -> dict[int, float]:
    """Processor time of each process between two readings."""
    return {pid: ms - before.process_ms.get(pid, 0.0) for pid, ms in after.process_ms.items()}


def cpu_per_frame(before: CpuReading, after: CpuReading, frames: int) -> dict[str, float]:
    """Processor time a frame, ms: all, by kind of process, the page's own thread and the workers' threads."""
    spent = cpu_spent_ms(before, after)
    totals = dict.fromkeys([*CPU_MEASURES.values(), "cpu_other_ms"], 0.0)
    for pid, ms in spent.items():
        totals[CPU_MEASURES.get(after.kinds[pid], "cpu_other_ms")] += ms
    page = busiest_renderer(before, after)
    totals |= _thread_values(page, before.threads.get(page, {}), after.threads[page])
    totals["cpu_ms"] = sum(spent.values())
    return {name: ms / frames for name, ms in totals.items()}


def _thread_values(pid: int, before: Threads, after: Threads) -> dict[str, float]:
    spent = {tid: (name, ms - before.get(tid, ("", 0.0))[1]) for tid, (name, ms) in after.items()}
    workers = sum(ms for name, ms in spent.values() if name.startswith(WORKER_THREAD))
    return {"cpu_page_thread_ms": spent.get(pid, ("", 0.0))[1], "cpu_worker_threads_ms": workers}
