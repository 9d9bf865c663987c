"""Running Candlefish: releases, blue-green deployment, rollback, verification, monitoring, costs."""
