"""Measures a visit for the cost model, and writes `candlefish/ops/session.toml`.

A browser visits the built site twice with a gentle visitor who feeds; bytes and requests are what crossed
the network. The batches it sent are then stored by the Lambda handler's own store in a table of moto's, where
every item written is weighed.

    python -m tests.ops.measure_session dist
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from candlefish.bench.browser import find_program, launched
from candlefish.bench.input_script import input_script
from candlefish.bench.scenario import load_scenarios
from candlefish.ops.http_checks import SiteClient
from candlefish.ops.monitoring import growth, read_samples
from candlefish.service.aggregation import count_once
from candlefish.service.aws import log_line, metric_values
from candlefish.service.decoding import decode_batch, encode_events
from candlefish.service.experiments import load_experiments
from candlefish.service.store.base import Batch
from candlefish.service.store.dynamodb import SETTLED_MS, DynamoDBStore
from candlefish.service.store.dynamodb_table import DEFINITION

TARGET = Path(__file__).parents[2] / "candlefish" / "ops" / "session.toml"
SECONDS = 60.0
NEW_SHARE = 0.7
"""The share that comes for the first time; three in ten return."""
REQUESTS = "candlefish_requests_total"
WRITES = {"PutItem": "Item", "UpdateItem": "Key"}


class Scale:
    """Weighs what is written to a table: units and bytes, as DynamoDB bills them."""

    def __init__(self, client: Any) -> None:
        self.write_units = self.read_units = 0.0
        self.stored_bytes = 0
        client.meta.events.register("provide-client-params.dynamodb.*", self._weigh)

    def _weigh(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            for action in params["TransactItems"]:
                for kind, body in action.items():
                    self._write(
                        body.get("Item", body.get("Key", {})) | _values(body),
                        twice=True,
                        stored=kind == "Put",
                    )
        elif model.name == "BatchWriteItem":
            for requests in params["RequestItems"].values():
                for request in requests:
                    for kind, body in request.items():
                        self._write(body.get("Item", body.get("Key", {})), stored=kind == "PutRequest")
        elif model.name in WRITES:
            self._write(params[WRITES[model.name]] | _values(params), stored=model.name == "PutItem")
        elif model.name in {"GetItem", "Query", "BatchGetItem", "TransactGetItems"}:
            self.read_units += 1

    def _write(self, item: dict[str, Any], *, twice: bool = False, stored: bool) -> None:
        size = _bytes(item)
        indexed = "client" in item
        units = math.ceil(size / 1024)
        self.write_units += units * (2 if twice else 1) + (units if indexed else 0)
        if stored and str(item.get("pk", {}).get("S", "")).startswith("b#"):
            self.stored_bytes += size * (2 if indexed else 1)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    return {name.lstrip(":"): value for name, value in body.get("ExpressionAttributeValues", {}).items()}


def _bytes(item: dict[str, Any]) -> int:
    total = 0
    for name, value in item.items():
        (content,) = value.values()
        total += len(name) + (len(content) if isinstance(content, bytes | str) else len(str(content)))
    return total


def store_figures(bodies: list[bytes]) -> dict[str, float]:
    """What the table is asked for a batch, the counting afterwards included."""
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
        )
        client.create_table(TableName="t", **DEFINITION)
        store = DynamoDBStore(client, "t", events_kept_ms=90 * 86_400_000, memories_kept_ms=365 * 86_400_000)
        scale = Scale(client)
        now_ms = time.time_ns() // 1_000_000
        logs = 0
        for body in bodies:
            decoded = decode_batch(body)
            store.append([_batch(decoded, now_ms)])
            values = metric_values(decoded.events)
            logs += len(log_line("Candlefish/candlefish-production", "1", now_ms, values)) if values else 0
        while count_once(store, load_experiments(), now_ms + 2 * SETTLED_MS):
            pass
    each = len(bodies)
    return {
        "write_units": round(scale.write_units / each, 2),
        "read_units": round(scale.read_units / each, 2),
        "stored_bytes": round(scale.stored_bytes / each),
        "log_bytes": round(logs / each),
    }


def _batch(decoded: Any, now_ms: int) -> Batch:
    return Batch(
        client=decoded.client.encode()[:16].ljust(16),
        session=decoded.session.encode()[:16].ljust(16),
        session_before=None,
        received_ms=now_ms,
        skew_ms=0,
        mask=decoded.mask,
        body=encode_events(decoded.events),
    )


def visit_figures(address: str, token: str) -> tuple[dict[str, float], list[bytes]]:
    """What crosses the network for a new visitor and for one who comes again, and the batches they sent."""
    from playwright.sync_api import sync_playwright

    scenario = load_scenarios()["gentle"].lasting(SECONDS)
    figures: dict[str, float] = {}
    bodies: list[bytes] = []
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        for prefix in ("site", "again"):
            with launched(playwright, find_program(), scenario, Path(profile), bypass_csp=False) as chromium:
                network = {"bytes": 0.0, "service": 0.0}
                before = _asked(address, token)
                chromium.context.on("request", partial(_note, network=network, bodies=bodies))
                chromium.context.on("requestfinished", partial(_size, network=network))
                chromium.page.goto(address)
                chromium.page.wait_for_timeout(3_000)
                input_script(chromium.page, scenario).play()
                chromium.page.wait_for_timeout(6_000)
                asked = growth(before, _asked(address, token))
                figures[f"{prefix}_requests"] = _of_the_site(asked)
                figures[f"{prefix}_bytes"] = network["bytes"]
                figures["service_requests"] = figures.get("service_requests", 0) + network["service"] / 2
    spent = _asked(address, token)
    count, total_s = (spent[f"candlefish_ingest_seconds_{what}"] for what in ("count", "sum"))
    return figures | {"service_ms": round(1000 * total_s / count, 2)}, bodies


def _of_the_site(asked: dict[str, float]) -> float:
    """Requests of files: those of routes that are none of the API's."""
    return sum(
        count
        for name, count in asked.items()
        if name.startswith(f"{REQUESTS}{{") and not re.search(r'route="/(api|metrics|health)', name)
    )


def _asked(address: str, token: str) -> dict[str, float]:
    """What the service counts: a request that a cache has answered is none."""
    with closing(SiteClient(address)) as site:
        return read_samples(site.get("/metrics", authorization=f"Bearer {token}").body.decode())


def _note(request: Any, network: dict[str, float], bodies: list[bytes]) -> None:
    if "/api/" in request.url:
        network["service"] += 1
        if request.url.endswith("/api/analytics") and request.post_data_buffer:
            bodies.append(request.post_data_buffer)


def _size(request: Any, network: dict[str, float]) -> None:
    if request.url.startswith("http") and "/api/" not in request.url:
        sizes = request.sizes()
        transferred = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        network["bytes"] += transferred


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dist", type=Path)
    dist = options.parse_args().dist
    with tempfile.TemporaryDirectory() as data:
        command = [
            sys.executable,
            "-m",
            "candlefish",
            "service",
            "--dist",
            str(dist),
            "--data",
            data,
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
            token = (Path(data) / "admin-token").read_text(encoding="ascii").strip()
            try:
                figures, bodies = visit_figures(address.rstrip("/"), token)
            finally:
                process.terminate()
    figures |= {"new_share": NEW_SHARE, "batches": len(bodies) / 2}
    figures |= {"batch_bytes": round(sum(map(len, bodies)) / len(bodies)), **store_figures(bodies)}
    head = [
        "# A visit as it was measured: written by `python -m tests.ops.measure_session dist`, not by hand.",
        f'measured_on = "{time.strftime("%Y-%m-%d")}"',
        f"seconds = {SECONDS:g}",
    ]
    rows = [
        f"{name} = {value:g}" if value < 1e6 else f"{name} = {value:.0f}"
        for name, value in sorted(figures.items())
    ]
    TARGET.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")
    TARGET.with_name("session_batches.jsonl").write_text(
        "".join(json.dumps(json.loads(body)) + "\n" for body in bodies), encoding="utf-8"
    )
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
