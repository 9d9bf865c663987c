"""``python -m builder``: what ``build.py`` runs inside ``.venv``."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from builder.bootstrap import parser
from builder.steps import exit_status
from builder.workspace import CACHE, DIST
from candlefish import signals

if TYPE_CHECKING:
    import argparse

TERMINATED = 143


def main() -> int:
    """Run one command of ``build.py``. Returns the exit status."""
    options = parser().parse_args()
    return exit_status(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    # Here, because they take a second, in which Ctrl-C is to be heeded too.
    from builder import aws_lambda, pipeline, suite, versions  # noqa: PLC0415
    from candlefish import cli  # noqa: PLC0415

    match options.command:
        case "setup":
            pass  # the bootstrap has done it
        case "pins":
            versions.renew_pins()
        case "lambda":
            aws_lambda.build_lambda()
        case "test":
            if options.quick:
                return suite.quick(options.pytest)
            return suite.test(options.pytest, long=options.long)
        case "serve":
            pipeline.build()
            port = [] if options.port is None else ["--port", str(options.port)]
            places = ["--dist", str(DIST), "--data", str(CACHE / "service")]
            return cli.main(["service", *places, "--host", options.host, *port])
        case _:
            pipeline.build(offline=options.offline)
    return 0


if __name__ == "__main__":
    # As an exception, so that what was started is stopped too and what was being written is cleared.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    signals.record()
    sys.exit(main())
