"""``build.py pins``: renew the hash-pinned requirements."""

from __future__ import annotations

from builder import aws_lambda
from builder.steps import run, step
from builder.workspace import REQUIREMENTS, ROOT, venv_program

OPTIONS = ("--generate-hashes", "--upgrade", "--no-header", "--no-annotate", "--quiet")
ANYWHERE = ("--universal", "--python-version", "3.11")
ON_LAMBDA = (
    *("--python-version", aws_lambda.PYTHON, "--python-platform", aws_lambda.PLATFORM),
    *("--only-binary", ":all:", "--constraint", "requirements/dev.txt"),
)


def pins() -> None:
    """Resolve ``pyproject.toml`` and uv itself anew, and write what is in ``requirements/``.

    Raises:
        BuildError: they cannot be resolved.
    """
    _compile("dev.txt", *ANYWHERE, "--extra", "dev", "pyproject.toml")
    _compile("lambda.txt", *ON_LAMBDA, "--extra", "aws", "--extra", "service", "pyproject.toml")
    _compile("uv.txt", *ANYWHERE, "requirements/uv.in")


def _compile(output: str, *sources: str) -> None:
    uv = venv_program("uv")
    with step(f"requirements/{output}"):
        run(
            [uv, "pip", "compile", *OPTIONS, "--output-file", REQUIREMENTS / output, *sources],
            what=f"resolving requirements/{output}",
            cwd=ROOT,
        )
