"""Habituation: a repeated stimulus counts less and less, and recovers with rest."""

from __future__ import annotations

import math

FORGOTTEN = 1e-6
"""A level below this is none."""


class Habituation:
    """One stimulus' habituation level `h` in 0…1; the response to the stimulus is scaled by `1 − h`.

    Exponential growth under exposure and exponential spontaneous recovery, the two curves of Thompson &
    Spencer (1966), "Habituation: a model phenomenon for the study of neuronal substrates of behavior",
    Psychological Review 73(1); revisited by Rankin et al. (2009), "Habituation revisited", Neurobiology of
    Learning and Memory 92(2). In fish: Best et al. (2008), "Non-associative learning in larval zebrafish",
    Neuropsychopharmacology 33(5), where startles die out within tens of taps and are back after minutes.
    """

    __slots__ = ("_grow", "_recover_s", "level")

    def __init__(self, grow: float, recover_s: float) -> None:
        """Set the two constants: seconds of full exposure (or full-strength events), and seconds of rest."""
        self.level = 0.0
        self._grow = grow
        self._recover_s = recover_s

    @property
    def response(self) -> float:
        """What is left of the response, 0…1."""
        return 1.0 - self.level

    def update(self, exposure: float, dt_s: float) -> None:
        """Pass `dt_s` seconds at `exposure` 0…1: full exposure habituates, none recovers.

        Recovery is exact for any `dt_s`; exposure is followed in steps.
        """
        if exposure > 0.0:
            self.level = 1.0 - (1.0 - self.level) * math.exp(-dt_s * exposure / self._grow)
        if self.level > FORGOTTEN:
            self.level *= math.exp(-dt_s * (1.0 - exposure) / self._recover_s)
        else:
            self.level = 0.0

    def struck(self, strength: float) -> None:
        """Count one event of `strength` 0…1."""
        self.level = 1.0 - (1.0 - self.level) * math.exp(-strength / self._grow)
