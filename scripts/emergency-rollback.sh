#!/usr/bin/env bash
# Give visitors the release before, and verify: candlefish rollback. Flags: --environment NAME --force [--to RELEASE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m candlefish rollback "$@"
