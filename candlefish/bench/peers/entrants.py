"""Who is measured beside whom: the peers with their pages, and the numbers of particles."""

from __future__ import annotations

from dataclasses import dataclass

from candlefish.bench.errors import BenchError

COUNTS = (150, 500, 1000, 2000, 5000, 50_000)
MOST_FOR_LIBRARIES = 5000
"""With more, a library draws less than a frame a second, or takes minutes to load its scene."""
BASELINE = "javascript"
OURS = "candlefish"
SWARM = "swarm"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to draw the particles: its name, its title, and its page with a place for their number."""

    name: str
    title: str
    page: str

    def takes_part(self, count: int) -> bool:
        """Whether it is measured with so many particles."""
        return self.name == BASELINE or count <= MOST_FOR_LIBRARIES


PEERS = (
    Peer(BASELINE, "hand-written JavaScript", "/javascript.html?n={}"),
    Peer("tsparticles", "tsParticles 4", "/tsparticles.html?n={}"),
    Peer("p5-tint", "p5 2, tint()", "/p5.html?n={}"),
    Peer("p5-alpha", "p5 2, globalAlpha", "/p5.html?alpha=context&n={}"),
    Peer("pixi-canvas", "PixiJS 8, canvas", "/pixi.html?renderer=canvas&n={}"),
    Peer("pixi-webgl", "PixiJS 8, WebGL", "/pixi.html?renderer=webgl&n={}"),
    Peer("lottie", "lottie-web 5", "/lottie.html?n={}"),
    Peer("dotlottie", "dotLottie", "/dotlottie.html?n={}"),
)


def title(name: str) -> str:
    """What a row is called; our own stands out."""
    return next((peer.title for peer in PEERS if peer.name == name), f"**{name}**")


def counts(names: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of particles of the ``swarm-N`` scenarios that were asked for; all if none was.

    Raises:
        BenchError: another scenario was asked for.
    """
    wanted = {f"{SWARM}-{count}": count for count in COUNTS}
    strange = [name for name in names if name not in wanted]
    if strange:
        raise BenchError(f"--peers knows the scenarios {', '.join(wanted)}, not {strange[0]!r}")
    return tuple(wanted[name] for name in names) or COUNTS
