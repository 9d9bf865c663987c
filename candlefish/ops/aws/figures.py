"""What CloudWatch saw of each colour: answers by API, and what visitors' pages told by version."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops.engine import Colour, Figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.ops.aws.clients import Resources

PERIOD_S: Final = 60
API: Final = "AWS/ApiGateway"
ANSWERS: Final = {"requests": ("Count", "Sum"), "failed": ("5xx", "Sum")}
TOLD: Final = {
    "fps": ("Fps", "p50"),
    "memory_mb": ("MemoryMb", "p50"),
    "fatal": ("FatalErrors", "Sum"),
    "sessions": ("Sessions", "Sum"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, and the version that each colour had."""

    at: datetime
    versions: Mapping[Colour, str]


def seen(metrics: Any, resources: Resources, since: Mark) -> dict[Colour, Figures]:
    """The figures of each colour that has a version, since a moment."""
    period = PERIOD_S * max(1, math.ceil((datetime.now(UTC) - since.at).total_seconds() / PERIOD_S))
    queries = [
        _query(colour, name, namespace, dimension, metric, period)
        for colour, version in since.versions.items()
        for namespace, dimension, wanted in (
            (API, {"Name": "ApiId", "Value": resources.apis[colour]}, ANSWERS),
            (resources.namespace, {"Name": "Version", "Value": version}, TOLD),
        )
        for name, metric in wanted.items()
    ]
    if not queries:
        return {}
    start = since.at.replace(second=0, microsecond=0)
    answer = metrics.get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=start + timedelta(seconds=period + PERIOD_S)
    )
    values = {one["Id"]: one["Values"] for one in answer["MetricDataResults"]}
    return {colour: _figures(colour, values) for colour in since.versions}


def _query(
    colour: Colour, name: str, namespace: str, dimension: dict[str, str], metric: tuple[str, str], period: int
) -> dict[str, Any]:
    wanted = {"Namespace": namespace, "MetricName": metric[0], "Dimensions": [dimension]}
    return {"Id": f"{colour}_{name}", "MetricStat": {"Metric": wanted, "Period": period, "Stat": metric[1]}}


def _figures(colour: Colour, values: Mapping[str, list[float]]) -> Figures:
    def total(name: str) -> int:
        return round(sum(values.get(f"{colour}_{name}", [])))

    def middle(name: str) -> float | None:
        found = values.get(f"{colour}_{name}", [])
        return found[0] if found else None

    return Figures(
        requests=total("requests"),
        failed=total("failed"),
        fps=middle("fps"),
        memory_mb=middle("memory_mb"),
        fatal=total("fatal"),
        sessions=total("sessions"),
    )
