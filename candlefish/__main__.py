"""``python -m candlefish``: the ``candlefish`` command."""

import sys

from candlefish.cli import main

sys.exit(main())
