"""Monitoring: metrics as `/metrics` exposes them, and Grafana's dashboard by Grafana's own builder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

RATE: Final = "[$__rate_interval]"
_BOUND: Final = re.compile(r'le="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: its queries by legend; `good` is the bar that a line is drawn at."""

    title: str
    unit: str
    queries: dict[str, str]
    good: float | None = None


def _quantile(share: float, name: str) -> str:
    return f"histogram_quantile({share}, sum by (le) (rate({name}_bucket{RATE})))"


def _rate(name: str, by: str = "") -> str:
    return f"sum{f' by ({by})' if by else ''} (rate({name}{RATE}))"


def _trust(change: str) -> str:
    return f'sum (rate(candlefish_session_trust_points_total{{change="{change}"}}{RATE}))'


def _ratio(top: str, bottom: str) -> str:
    return f"{_rate(top)} / {_rate(bottom)}"


ROWS: Final[dict[str, tuple[Panel, ...]]] = {
    "Animation": (
        Panel(
            "Frames a second",
            "hertz",
            {
                "median": _quantile(0.5, "candlefish_visitor_fps"),
                "slowest tenth": _quantile(0.1, "candlefish_visitor_fps"),
            },
            55,
        ),
        Panel(
            "Memory of pages",
            "decmbytes",
            {
                "median": _quantile(0.5, "candlefish_visitor_memory_mb"),
                "largest tenth": _quantile(0.9, "candlefish_visitor_memory_mb"),
            },
            50,
        ),
        Panel(
            "Errors of pages", "ops", {"fatal {{fatal}}": _rate("candlefish_visitor_errors_total", "fatal")}
        ),
        Panel(
            "Frames dropped",
            "percentunit",
            {"share": _ratio("candlefish_dropped_share_total", "candlefish_visitor_fps_count")},
            0.01,
        ),
        Panel("Python's first frame", "s", {"median": _quantile(0.5, "candlefish_visitor_load_seconds")}, 2),
    ),
    "Visitors": (
        Panel("Moods", "s", {"{{mood}}": _rate("candlefish_mood_seconds_total", "mood")}),
        Panel(
            "Trust a visit",
            "none",
            {
                "points": f"({_trust('gained')} - {_trust('lost')})"
                f" / {_rate('candlefish_session_seconds_count')}"
            },
            50,
        ),
        Panel("Interactions", "cpm", {"a minute": f"60 * {_rate('candlefish_interactions_total')}"}),
        Panel("Food", "cpm", {"eaten {{eaten}}": f"60 * {_rate('candlefish_feedings_total', 'eaten')}"}),
        Panel(
            "Visits with an interaction",
            "percentunit",
            {"share": _ratio("candlefish_sessions_interactive_total", "candlefish_session_seconds_count")},
            0.8,
        ),
        Panel("Length of a visit", "s", {"median": _quantile(0.5, "candlefish_session_seconds")}, 60),
        Panel(
            "Visits",
            "cpm",
            {"returning {{returning}}": f"60 * {_rate('candlefish_sessions_total', 'returning')}"},
        ),
    ),
    "Service": (
        Panel("Batches answered, p95", "s", {"p95": _quantile(0.95, "candlefish_ingest_seconds")}, 0.1),
        Panel("Store: a commit, p95", "s", {"p95": _quantile(0.95, "candlefish_commit_seconds")}),
        Panel("Batches", "reqps", {"{{result}}": _rate("candlefish_batches_total", "result")}),
        Panel("Answers by status", "reqps", {"{{status}}": _rate("candlefish_requests_total", "status")}),
        Panel("Events", "ops", {"{{result}}": _rate("candlefish_events_total", "result")}),
        Panel(
            "In flight, and live clients",
            "none",
            {"in flight": "sum (candlefish_in_flight)", "live": "sum (candlefish_live_clients)"},
        ),
    ),
}
EDGE: Final = Panel("Edge: cache hit rate", "percent", {"hit rate": "CacheHitRate"}, 95)


def queries() -> list[str]:
    """Every query of Prometheus, as the panels have it."""
    return [query for panels in ROWS.values() for panel in panels for query in panel.queries.values()]


def dashboard() -> str:
    """The dashboard as JSON."""
    from grafana_foundation_sdk.builders import dashboard as boards  # noqa: PLC0415 - an extra
    from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: PLC0415
    from grafana_foundation_sdk.models.dashboard import VariableHide  # noqa: PLC0415

    board = boards.Dashboard("Candlefish").uid("candlefish").tags(["candlefish"]).refresh("30s").editable()
    board = board.time("now-6h", "now").timezone("browser")
    for name, kind in (("prometheus", "prometheus"), ("cloudwatch", "cloudwatch")):
        board = board.with_variable(
            boards.DatasourceVariable(name).label(name).type(kind).hide(VariableHide.DONT_HIDE)
        )
    for row, panels in ROWS.items():
        board = board.with_row(boards.Row(row))
        for panel in panels:
            board = board.with_panel(_drawn(panel))
    board = board.with_row(boards.Row("Edge")).with_panel(_drawn(EDGE, cloudwatch=True))
    text = json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True)
    return text + "\n"


def _drawn(panel: Panel, *, cloudwatch: bool = False) -> Any:
    from grafana_foundation_sdk.builders import common, timeseries  # noqa: PLC0415 - as above
    from grafana_foundation_sdk.builders import dashboard as boards  # noqa: PLC0415
    from grafana_foundation_sdk.models import common as shapes  # noqa: PLC0415
    from grafana_foundation_sdk.models import dashboard as models  # noqa: PLC0415

    kind = "cloudwatch" if cloudwatch else "prometheus"
    drawn = timeseries.Panel().title(panel.title).unit(panel.unit).span(8).height(7)
    drawn = drawn.datasource(models.DataSourceRef(type_val=kind, uid=f"${{{kind}}}"))
    for ref, (legend, query) in zip(ascii_uppercase, panel.queries.items(), strict=False):
        target = _edge_query(query) if cloudwatch else _prometheus_query(legend, query)
        drawn = drawn.with_target(target.ref_id(ref))
    if panel.good is not None:
        steps = [
            models.Threshold(value=None, color="green"),
            models.Threshold(value=panel.good, color="orange"),
        ]
        drawn = drawn.thresholds(boards.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps))
        drawn = drawn.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(shapes.GraphTresholdsStyleMode.LINE)
        )
    return drawn


def _prometheus_query(legend: str, query: str) -> Any:
    from grafana_foundation_sdk.builders import prometheus  # noqa: PLC0415 - as above

    return prometheus.Dataquery().expr(query).legend_format(legend)


def _edge_query(metric: str) -> Any:
    from grafana_foundation_sdk.builders import cloudwatch  # noqa: PLC0415 - as above

    query = (
        cloudwatch.CloudWatchMetricsQuery()
        .namespace("AWS/CloudFront")
        .metric_name(metric)
        .region("us-east-1")
    )
    return query.dimensions({"DistributionId": "*", "Region": "Global"}).statistic("Average").period("300")


def read_samples(text: str) -> dict[str, float]:
    """The samples of a text in Prometheus' format, by name with labels; empty where it is no such text."""
    from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - an extra

    try:
        families = list(text_string_to_metric_families(text))
    except ValueError:
        return {}
    return {_sample_key(one.name, one.labels): one.value for family in families for one in family.samples}


def _sample_key(name: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{pairs}}}" if pairs else name


def growth(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """The growth of each sample; a counter that became smaller was reset."""
    return {
        name: value - before.get(name, 0.0) if value >= before.get(name, 0.0) else value
        for name, value in now.items()
    }


def metric_total(samples: Mapping[str, float], name: str, label: str = "") -> float:
    """The sum of a metric over its labels; with `label` (`key="value"`), of those that have it."""
    return sum(
        value
        for key, value in samples.items()
        if (key == name or key.startswith(f"{name}{{")) and label in key
    )


def histogram_median(samples: Mapping[str, float], name: str) -> float | None:
    """The median of a histogram, linear within its bucket; None if it is empty."""
    rows = sorted(
        (float(match[1]), value)
        for key, value in samples.items()
        if key.startswith(f"{name}_bucket{{") and (match := _BOUND.search(key))
    )
    if not rows or rows[-1][1] <= 0:
        return None
    half, low, below = rows[-1][1] / 2.0, 0.0, 0.0
    for bound, count in rows:
        if count >= half:
            if bound == float("inf") or count == below:
                return low
            return low + (bound - low) * (half - below) / (count - below)
        low, below = bound, count
    return low
