"""``build.py pins``: renew the hash-pinned requirements."""

from __future__ import annotations

from builder.commands import run
from builder.paths import REQUIREMENTS, ROOT, venv_program
from builder.progress import step

OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"),
    *("--no-header", "--no-annotate", "--quiet"),
)


def pins() -> None:
    """Resolve ``pyproject.toml`` and uv itself anew, and write ``requirements/dev.txt`` and ``uv.txt``.

    Raises:
        BuildError: they cannot be resolved.
    """
    _compile("dev.txt", "--extra", "dev", "pyproject.toml")
    _compile("uv.txt", "requirements/uv.in")


def _compile(output: str, *sources: str) -> None:
    uv = venv_program("uv")
    with step(f"requirements/{output}"):
        run(
            [uv, "pip", "compile", *OPTIONS, "--output-file", REQUIREMENTS / output, *sources],
            what=f"resolving requirements/{output}",
            cwd=ROOT,
        )
