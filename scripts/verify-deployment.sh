#!/usr/bin/env bash
# Measure a deployment from outside: candlefish verify. Flags: --environment NAME [--json FILE] [--junit FILE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m candlefish verify "$@"
