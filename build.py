"""Build, serve or test Candlefish: ``python3 build.py build | serve | test``.

Needs Python 3.11 or newer and Node 20 or newer with npm; it sets up everything else itself, inside
this directory (``.venv``, ``node_modules``, ``.cache``), and writes the site to ``dist``.
"""

import os
import sys

MINIMUM_PYTHON = (3, 11)
# They would give .venv another Python's modules (a NumPy of another version, say), or pip another place.
LEAKING = (
    *("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONSAFEPATH"),
    *("PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER"),
)
DIRECTORY = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # for a Python of any age


def main() -> int:
    """Check the interpreter, then hand over to the bootstrap. Returns the exit status."""
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3]) + " (" + sys.executable + ")"
        sys.stderr.write("error: Candlefish needs Python 3.11 or newer; this is " + found + "\n")
        return 1
    if any(name in os.environ for name in LEAKING):
        return start_again()
    if DIRECTORY not in sys.path:
        sys.path.insert(0, DIRECTORY)  # python -I and -P leave it out
    from builder.bootstrap import main as bootstrap  # noqa: PLC0415  # newer syntax: only after the check

    return bootstrap(sys.argv[1:])


def start_again() -> int:
    """Start this program again without those variables. Returns its exit status."""
    for name in LEAKING:
        os.environ.pop(name, None)
    command = [sys.executable, *sys.argv]
    if os.name == "posix":
        os.execv(sys.executable, command)
    import subprocess  # noqa: PLC0415  # elsewhere execv does not wait

    return subprocess.call(command)


def build_distributions() -> int:
    """Run PyPA's build, which ``python -m build`` means. Returns the exit status if it is not installed."""
    import importlib.util  # noqa: PLC0415  # of no use to the project's own command
    import runpy  # noqa: PLC0415

    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != os.path.realpath(DIRECTORY)]
    if importlib.util.find_spec("build") is None:
        sys.stderr.write(
            "error: `python -m build` is PyPA's build, which " + sys.executable + " does not have: install it"
            " (pip install build); the project's own command is `python3 build.py`\n"
        )
        return 1
    runpy.run_module("build", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main() if globals()["__spec__"] is None else build_distributions())
