"""``python -m candlefish``: the ``candlefish`` command."""

from __future__ import annotations

import sys

from candlefish import signals

INTERRUPTED = 130


def main() -> int:
    """Run the command with the process's arguments. Returns the exit status: 130 when interrupted."""
    signals.record()
    try:
        from candlefish import cli  # noqa: PLC0415  # Ctrl-C counts from here on, and this takes a second

        return cli.main()
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
