"""The functions of CloudFront's edge, run by node: where a request leads, and what an answer says."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("moto", reason="the extra `dev` is not installed")

from candlefish.ops import edge
from candlefish.ops.deployment import Colour
from tests.ops.bad_builds import DIST
from tests.ops.clouds import FUNCTIONS, Functions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def functions() -> Iterator[Functions]:
    running = Functions()
    yield running
    running.close()


def test_they_have_the_rules_that_nginx_has() -> None:
    text = (FUNCTIONS / "route.js").read_text(encoding="utf-8")
    patterns = {
        name: body.replace("\\/", "/")
        for name, body in re.findall(r"^const (\w+) = /(.*)/;$", text, re.MULTILINE)
    }
    assert patterns["HASHED"] == edge.HASHED
    assert patterns["DIRECTORY"] == edge.DIRECTORY
    assert patterns["SERVICE"] == f"^/({'|'.join(path[1:] for path in edge.SERVICE_PATHS)})"


ROUTE = json.dumps({"blue": "b" * 12, "green": "a" * 12, "first": "green", "percent": 25})


@pytest.mark.parametrize(
    ("uri", "host", "accepted", "expected"),
    [
        ("/", "blue.fish.example", "gzip, deflate, br", f"/releases/{'b' * 12}/site/index.html.br"),
        ("/docs/", "green.fish.example", "gzip", f"/releases/{'a' * 12}/site/docs/index.html.gz"),
        ("/studio.html", "green.fish.example", "", f"/releases/{'a' * 12}/site/studio.html"),
        ("/studio.html", "green.fish.example", "br;q=0, gzip", f"/releases/{'a' * 12}/site/studio.html.gz"),
        ("/app-0123456789ab/x.js", "fish.example", "br", "/hashed/app-0123456789ab/x.js.br"),
        ("/app-none/x.js", "blue.fish.example", "", f"/releases/{'b' * 12}/site/app-none/x.js"),
    ],
)
def test_a_request_for_a_file_leads_to_its_release_and_form(
    functions: Functions, uri: str, host: str, accepted: str, expected: str
) -> None:
    more = {"accept_encoding": accepted} if accepted else {}
    answer = functions.route(uri, ROUTE, host=host, **more)
    assert (answer["origin"], answer["request"]["uri"]) == ("site", expected)


def test_a_directory_without_its_slash_leads_to_the_one_with_it(functions: Functions) -> None:
    answer = functions.route("/docs", ROUTE)["request"]
    assert (answer["statusCode"], answer["headers"]["location"]["value"]) == (301, "/docs/")


def test_the_edge_knows_every_directory_that_has_an_index_page() -> None:
    names = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["files"]
    directories = {f"/{name.removesuffix('/index.html')}" for name in names if name.endswith("/index.html")}
    assert directories == {path for path in directories if re.fullmatch(edge.DIRECTORY, path)} == {"/docs"}


@pytest.mark.parametrize("path", ["/api/analytics", "/health", "/metrics", "/dashboard"])
def test_a_request_of_the_service_leads_to_its_colour(functions: Functions, path: str) -> None:
    for colour in Colour:
        answer = functions.route(path, ROUTE, host=f"{colour}.fish.example")
        assert (answer["origin"], answer["request"]["uri"]) == (f"service-{colour}", path)


def test_a_share_of_visitors_is_that_share_and_stays_the_same_visitors(functions: Functions) -> None:
    addresses = [f"198.51.{n // 250}.{n % 250}" for n in range(2000)]

    def green(percent: int) -> set[str]:
        stored = json.dumps({**json.loads(ROUTE), "percent": percent})
        return {
            ip for ip in addresses if functions.route("/health", stored, ip=ip)["origin"] == "service-green"
        }

    quarter, half = green(25), green(50)
    assert 0.20 < len(quarter) / len(addresses) < 0.30
    assert 0.44 < len(half) / len(addresses) < 0.56
    assert quarter <= half
    assert green(0) == set() and len(green(100)) == len(addresses)


def test_an_answer_says_what_its_file_says_of_itself(functions: Functions) -> None:
    headers = {"x-amz-meta-policy": "default-src 'self'", "x-amz-meta-release": "b" * 12, "etag": "1"}
    response = {"headers": {name: {"value": value} for name, value in headers.items()}}
    answer = functions.run({"request": {}, "response": response})["headers"]
    assert {name: each["value"] for name, each in answer.items()} == {
        "content-security-policy": "default-src 'self'",
        "candlefish-release": "b" * 12,
        "etag": "1",
        "vary": "Accept-Encoding",
    }


def needed_files(names: list[str]) -> list[str]:
    """What a first visit asks for: the page, what it loads, and a start from the snapshot."""
    page = ("index.html", "candle-fish.js", "service-worker.js")
    parts = ("candle-fish.js", "page.js", "controller.js", "worker.js", "stage.js", "assets.js")
    hashed = [name for name in names if name.startswith("app-") and name.split("/")[1] in parts]
    hashed += [name for name in names if name.startswith("snapshot-")]
    hashed += [name for name in names if re.match(r"pyodide-.*/pyodide\.(mjs|asm\.\w+)$", name)]
    return [f"/{name}" for name in [*page, *hashed] if name in names]


@pytest.mark.slow
def test_of_a_days_requests_for_files_over_95_in_100_are_in_the_edges_caches(functions: Functions) -> None:
    """A thousand visits to five places of the edge, six in ten of them first ones; three releases that day.

    A cache is asked for what route.js makes of a request; only the application differs between releases.
    """
    names = list(json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["files"])
    visit, again = needed_files(names), ["/", "/candle-fish.js", "/service-worker.js"]
    assert len(visit) > 12
    chance = random.Random(4)
    caches: list[set[str]] = [set() for _ in range(5)]
    releases = [f"{number:012x}" for number in range(4)]
    shares = [0] * 90 + [5] * 10 + [25] * 10 + [50] * 10  # of the visits between one release and the next
    hits = asked = 0
    for number in range(1000):
        release, moment = divmod(number, 250)
        percent = 0 if moment >= len(shares) or release == 3 else shares[moment]
        stored = json.dumps(
            {
                "blue": releases[release],
                "green": releases[min(3, release + 1)],
                "first": "green",
                "percent": percent,
            }
        )
        address = f"198.51.{chance.randrange(250)}.{chance.randrange(250)}"
        coding = "gzip" if chance.random() < 0.03 else "gzip, deflate, br"
        cache = chance.choice(caches)
        for path in visit if chance.random() < 0.6 else again:
            answer = functions.route(path, stored, ip=address, accept_encoding=coding)
            key = answer["request"]["uri"]
            if key.startswith("/hashed/app-"):
                key += releases[release]  # as a new build would name it
            asked += 1
            hits += key in cache
            cache.add(key)
    assert hits / asked > 0.95
