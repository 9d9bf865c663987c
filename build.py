"""Build, serve or test Candlefish: ``python3 build.py build | serve | test``.

Needs Python 3.11 or newer and Node 20 or newer with npm; it sets up everything else itself, inside
this directory (``.venv``, ``node_modules``, ``.cache``), and writes the site to ``dist``.
"""

import sys

MINIMUM_PYTHON = (3, 11)


def main() -> int:
    """Check the interpreter, then hand over to the bootstrap. Returns the exit status."""
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3]) + " (" + sys.executable + ")"
        sys.stderr.write("error: Candlefish needs Python 3.11 or newer; this is " + found + "\n")
        return 1
    from builder.bootstrap import main as bootstrap  # noqa: PLC0415  # newer syntax: only after the check

    return bootstrap(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
