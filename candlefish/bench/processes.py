"""Processor time and memory of processes, from Linux's ``/proc`` (elsewhere: not measured, and said so)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
WORKER_THREAD = "DedicatedWorker"


def available() -> bool:
    """Whether this system tells about its processes as Linux does."""
    return (PROC / "self" / "smaps_rollup").exists() and (PROC / "stat").exists()


@dataclass(frozen=True, slots=True)
class Stat:
    """One process or thread: name, parent and processor time used so far, ms.

    ``reaped_ms``: that of the children that have ended and were waited for, theirs included.
    """

    name: str
    parent: int
    cpu_ms: float
    reaped_ms: float = 0.0


def parse_stat(text: str) -> Stat:
    """The contents of a ``stat`` file (proc_pid_stat(5)); the name may hold spaces and brackets."""
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(ticks) for ticks in fields[11:15])
    tick_ms = 1000.0 / os.sysconf("SC_CLK_TCK")
    return Stat(name, int(fields[1]), (user + system) * tick_ms, (reaped_user + reaped_system) * tick_ms)


def read_stat(path: Path) -> Stat | None:
    """A process's or a thread's ``stat``; None when it is gone."""
    try:
        return parse_stat(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def tree(root: int) -> dict[int, Stat]:
    """A process and all that descend from it, by process id; empty when it is gone."""
    stats = {
        int(entry.name): stat
        for entry in PROC.iterdir()
        if entry.name.isdecimal() and (stat := read_stat(entry / "stat")) is not None
    }
    found = {root} & stats.keys()
    while grown := {pid for pid, stat in stats.items() if stat.parent in found} - found:
        found |= grown
    return {pid: stats[pid] for pid in found}


def tree_cpu_ms(root: int) -> float:
    """Processor time of a process and all its descendants, those that have ended included."""
    return sum(stat.cpu_ms + stat.reaped_ms for stat in tree(root).values())


def thread_cpu_ms(pid: int) -> dict[int, tuple[str, float]]:
    """Name and processor time of each thread of a process; empty when it is gone."""
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return {}
    stats = {int(task.name): read_stat(task / "stat") for task in tasks}
    return {tid: (stat.name, stat.cpu_ms) for tid, stat in stats.items() if stat is not None}


def process_cpu_ms(pid: int) -> float:
    """Processor time of a process with its threads; 0 when it is gone."""
    stat = read_stat(PROC / str(pid) / "stat")
    return stat.cpu_ms if stat else 0.0


def pss_mb(pid: int) -> float:
    """Proportional set size: its own memory and its share of what it has in common with others, MB (10⁶)."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


@dataclass(frozen=True, slots=True)
class MachineTime:
    """Processor time of the whole machine since it started, ms: all that exists, and what of it was busy."""

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
