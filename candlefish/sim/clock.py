"""The fixed-step clock: real frame times in, whole simulation steps out."""

from __future__ import annotations

import math

STEP_S = 1.0 / 60.0
"""Length of one simulation step, seconds."""

MAX_FRAME_S = 0.1
"""A longer frame is clamped to this, so a stall slows the fish instead of teleporting it."""


class FixedStepClock:
    """Turns elapsed real time into a whole number of steps of `STEP_S`.

    The accumulator starts half a step full: at a display rate equal to the step rate, timer jitter
    then never yields frames of zero or two steps.
    """

    def __init__(self) -> None:
        """Start at step 0."""
        self.step = 0
        self.accumulator_s = STEP_S / 2

    @property
    def now_s(self) -> float:
        """World time up to which frames have been accounted for, seconds."""
        return self.step * STEP_S + self.accumulator_s

    @property
    def alpha(self) -> float:
        """Fraction 0…1 of the way from the last finished step to the next one."""
        return self.accumulator_s / STEP_S

    def due(self, elapsed_s: float) -> int:
        """Account for a frame of `elapsed_s` seconds and return the number of steps to run.

        Raises:
            ValueError: `elapsed_s` is negative or not finite.
        """
        if not (math.isfinite(elapsed_s) and elapsed_s >= 0):
            raise ValueError(f"elapsed_s: expected a finite time ≥ 0, got {elapsed_s!r}")
        waiting_s = self.accumulator_s + (elapsed_s if elapsed_s < MAX_FRAME_S else MAX_FRAME_S)
        steps = int(waiting_s / STEP_S + 1e-9)
        left_s = waiting_s - steps * STEP_S
        self.accumulator_s = left_s if left_s > 0.0 else 0.0
        return steps

    def tick(self) -> None:
        """Count one finished step."""
        self.step += 1
