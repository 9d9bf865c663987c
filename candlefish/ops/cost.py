"""Costs of a month on AWS: measured figures of a visit, times dated prices. No figure is in this code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops import OpsError
from candlefish.report.charts import BAR_ROW, Bar, bar_chart, standalone
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

ESTIMATE: Final = 425.0
"""A first estimate of a month with ESTIMATED_SESSIONS visits, $."""
ESTIMATED_SESSIONS: Final = 1_000_000
MONTH_S: Final = 30 * 86_400
DAYS_KEPT: Final = 90
GB: Final = 1e9
HOUSEKEEPER_A_MONTH: Final = MONTH_S / 60
PEAK: Final = 4.0
"""The busiest minute of a month over its mean."""


@dataclass(frozen=True, slots=True)
class VisitProfile:
    """Resources used by one visit.

    Attributes:
        new_share: visits with an empty cache, as a share of all.
        site_requests, site_bytes: of the site, by a new visitor, over the network.
        again_requests, again_bytes: of the site, by one who was here before.
        batches, batch_bytes: of events, and a batch's mean size.
        service_requests: of the service, batches included.
        service_ms: the service's mean time for one of them, ms.
        write_units, read_units: of the table, a batch, the counting afterwards included.
        stored_bytes: in the table, a batch, its index included.
        log_bytes: of lines for CloudWatch, a batch.
    """

    new_share: float
    site_requests: float
    site_bytes: float
    again_requests: float
    again_bytes: float
    batches: float
    batch_bytes: float
    service_requests: float
    service_ms: float
    write_units: float
    read_units: float
    stored_bytes: float
    log_bytes: float

    @property
    def requests(self) -> float:
        """Requests of the site, in the mean of new and known visitors."""
        return self.new_share * self.site_requests + (1 - self.new_share) * self.again_requests

    @property
    def bytes(self) -> float:
        """Bytes of the site, in the same mean."""
        return self.new_share * self.site_bytes + (1 - self.new_share) * self.again_bytes


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill: the resource, its amount, and its cost, $ a month."""

    name: str
    amount: float
    unit: str
    cost: float


def load() -> tuple[VisitProfile, dict[str, Any]]:
    """The measured visit and the prices that come with the package."""
    place = files("candlefish.ops")
    measured = {"measured_on", "seconds"}  # how it was measured is for the reader
    table = load_toml(place / "session.toml", OpsError)
    figures = {name: value for name, value in table.items() if name not in measured}
    visit = convert(figures, VisitProfile, "session.toml", OpsError)
    return visit, load_toml(place / "prices.toml", OpsError)


def bill(sessions: float, visit: VisitProfile, prices: Mapping[str, Any]) -> list[BillLine]:
    """The bill of a month with this number of visits."""
    served = sessions * visit.service_requests
    batches = sessions * visit.batches
    return [
        *_edge(sessions, served, visit, prices),
        *_service(served, visit, prices),
        *_store(batches, visit, prices),
    ]


def total(lines: list[BillLine]) -> float:
    """The sum, $."""
    return sum(line.cost for line in lines)


def _edge(sessions: float, served: float, visit: VisitProfile, prices: Mapping[str, Any]) -> list[BillLine]:
    edge, waf, s3 = prices["cloudfront"], prices["waf"], prices["s3"]
    requests = sessions * visit.requests + served
    gigabytes = sessions * visit.bytes / GB
    rules = waf["acl_month"] + waf["rules"] * waf["rule_month"]
    return [
        BillLine("CloudFront: transfer", gigabytes, "GB", max(0.0, gigabytes - edge["free_gb"]) * edge["gb"]),
        BillLine(
            "CloudFront: requests",
            requests,
            "",
            max(0.0, requests - edge["free_requests"]) * edge["https_request"],
        ),
        BillLine("WAF", requests, "requests", rules + requests * waf["request"]),
        BillLine("S3: a few releases", 1.0, "GB", s3["gb_month"]),
    ]


def _service(served: float, visit: VisitProfile, prices: Mapping[str, Any]) -> list[BillLine]:
    gateway, function, watch = prices["api_gateway"], prices["lambda"], prices["cloudwatch"]
    calls = served + HOUSEKEEPER_A_MONTH
    gb_s = calls * visit.service_ms / 1000.0 * function["memory_gb"]
    logs = served / visit.service_requests * visit.batches * visit.log_bytes / GB
    fixed = (
        watch["metrics"] * watch["metric_month"]
        + watch["alarms"] * watch["alarm_month"]
        + watch["dashboard_month"]
    )
    return [
        BillLine("API Gateway", served, "requests", served * gateway["request"]),
        BillLine("Lambda", gb_s, "GB·s", calls * function["request"] + gb_s * function["gb_s"]),
        BillLine("CloudWatch", logs, "GB of logs", fixed + logs * watch["log_gb"]),
    ]


def _store(batches: float, visit: VisitProfile, prices: Mapping[str, Any]) -> list[BillLine]:
    table = prices["dynamodb"]
    writes, reads = batches * visit.write_units, batches * visit.read_units
    kept = batches * visit.stored_bytes * DAYS_KEPT / 30 / GB
    held = kept * (table["gb_month"] + table["backup_gb_month"])
    return [
        BillLine("DynamoDB: writes", writes, "units", writes * table["write_unit"]),
        BillLine("DynamoDB: reads", reads, "units", reads * table["read_unit"]),
        BillLine("DynamoDB: 90 days of events, backed up", kept, "GB", held),
    ]


EVERY_5_S: Final = {
    "batches": 10.5,
    "batch_bytes": 505.0,
    "write_units": 5.48,
    "read_units": 1.86,
    "stored_bytes": 1150.0,
    "log_bytes": 66.0,
}
"""The same minute as measured on 2026-11-26, when the page sent a batch every 5 s."""


def levers(visit: VisitProfile) -> dict[str, VisitProfile]:
    """The same visit with one thing changed, to compare costs."""
    return {
        "as it is": visit,
        "no cache in the browser": replace(
            visit, again_requests=visit.site_requests, again_bytes=visit.site_bytes
        ),
        "batches every 5 s instead of 15 s": replace(
            visit,
            **EVERY_5_S,
            service_requests=visit.service_requests - visit.batches + EVERY_5_S["batches"],
        ),
        "the site a megabyte smaller": replace(visit, site_bytes=max(0.0, visit.site_bytes - 1e6)),
        "without the index by client": replace(
            visit, write_units=visit.write_units - 1, stored_bytes=visit.stored_bytes / 2
        ),
    }


LIMITS: Final = {
    "Lambda: 1,000 at once (an account's default)": ("concurrency", 1_000.0),
    "API Gateway: 10,000 requests a second (default)": ("requests_s", 10_000.0),
    "DynamoDB: 4 shards a minute, 1,000 units a second each": ("writes_s", 4_000.0),
    "DynamoDB: 40,000 write units a second a table (default)": ("writes_s", 40_000.0),
    "CloudFront: 250,000 requests a second a distribution": ("edge_s", 250_000.0),
}


def breaks(visit: VisitProfile) -> list[tuple[str, float]]:
    """Each limit with the visits a month at which the busiest minute reaches it, lowest first."""
    a_visit = {
        "requests_s": visit.service_requests,
        "concurrency": visit.service_requests * visit.service_ms / 1000.0,
        "writes_s": visit.batches * visit.write_units,
        "edge_s": visit.requests + visit.service_requests,
    }
    sessions = [(name, most * MONTH_S / PEAK / a_visit[what]) for name, (what, most) in LIMITS.items()]
    return sorted(sessions, key=lambda one: one[1])


def text(sessions: float, visit: VisitProfile, prices: Mapping[str, Any]) -> str:
    """The bill, the costs with each lever, and the limits, as text."""
    lines = bill(sessions, visit, prices)
    estimate = ESTIMATE * sessions / ESTIMATED_SESSIONS
    rows = [f"{sessions:,.0f} visits a month; prices of {prices['read_on']}, {prices['region']}"]
    rows += [f"  {line.name:40} {line.amount:>18,.1f} {line.unit:12} ${line.cost:>12,.2f}" for line in lines]
    rows += [
        f"  {'total':40} {'':18} {'':12} ${total(lines):>12,.2f}",
        f"  a first estimate: ${estimate:,.0f}",
        "",
        "what each is worth",
    ]
    rows += [
        f"  {name:40} ${total(bill(sessions, other, prices)):>12,.2f}"
        for name, other in levers(visit).items()
    ]
    rows += ["", "what breaks first, at how many visits a month"]
    rows += [f"  {name:60} {at:>16,.0f}" for name, at in breaks(visit)]
    return "\n".join(rows)


def svg(sessions: float, visit: VisitProfile, prices: Mapping[str, Any]) -> str:
    """The bill as bars, a first estimate beside it."""
    lines = bill(sessions, visit, prices)
    rows = [(line.name, line.cost) for line in lines] + [
        ("total", total(lines)),
        ("a first estimate", ESTIMATE * sessions / ESTIMATED_SESSIONS),
    ]
    bars = [Bar(name, cost, f"${cost:,.2f}", "c1" if name == "total" else "c0") for name, cost in rows]
    title = f"{sessions:,.0f} visits a month, prices of {prices['read_on']}"
    return standalone(bar_chart(bars, title), BAR_ROW * len(bars), title)
