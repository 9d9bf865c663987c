"""What the bench runs on, and what else runs there meanwhile."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from candlefish.bench import processes

DISTURBED_SHARE = 0.12
"""Other programs' share of the machine from which times cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Clocked:
    """Processor time at a moment: of the machine, and of the bench with all it started, ms."""

    machine: processes.MachineTime
    ours_ms: float


def clock() -> Clocked | None:
    """Look at the clocks; None where the system does not tell."""
    if not processes.available():
        return None
    return Clocked(processes.machine_time(), processes.tree_cpu_ms(os.getpid()))


def foreign_share(before: Clocked | None, after: Clocked | None) -> float | None:
    """The share of the machine, 0–1, that programs other than ours took; None where nobody tells."""
    if before is None or after is None:
        return None
    total_ms = after.machine.total_ms - before.machine.total_ms
    busy_ms = after.machine.busy_ms - before.machine.busy_ms
    ours_ms = after.ours_ms - before.ours_ms
    return min(1.0, max(0.0, (busy_ms - ours_ms) / total_ms)) if total_ms > 0 else 0.0


def environment(browser_version: str, program: str) -> dict[str, object]:
    """What must be the same for two results to be compared number by number."""
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
