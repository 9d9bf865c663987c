"""What a browser gets from the site."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from candlefish.service.assets import SiteError
from candlefish.service.static_site import PREFERENCE, choose_encoding, matches, site
from tests.service.conftest import APP, FILES, PAGE, write_site

if TYPE_CHECKING:
    from pathlib import Path

BOTH = ("br", "gzip")


@pytest.fixture
def client(dist: Path) -> TestClient:
    return TestClient(site(dist))


def test_the_root_is_the_index_page(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/index.html").headers["etag"] == client.get("/").headers["etag"]


def test_a_directory_is_its_index_page(client: TestClient) -> None:
    page = client.get("/docs/index.html")
    assert page.status_code == 200
    answer = client.get("/docs/")
    assert (answer.status_code, answer.content) == (200, page.content)
    for header in ("content-type", "content-security-policy", "etag", "cache-control"):
        assert answer.headers[header] == page.headers[header]


def test_a_directory_without_its_slash_leads_to_the_one_with_it(client: TestClient) -> None:
    answer = client.get("/docs", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "docs/")
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert client.get("/docs").url.path == "/docs/"


@pytest.mark.parametrize("path", ["//docs", "//docs/", "/docs//", "/static", "/docs/docs"])
def test_what_only_looks_like_a_directory_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"http://testserver{path}", follow_redirects=False).status_code == 404


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("candle-fish.js", "text/javascript; charset=utf-8"),
        (f"{APP}/core.wasm", "application/wasm"),
        ("static/fallback.svg", "image/svg+xml"),
        ("py-0123456789ab/fish.whl", "application/zip"),
    ],
)
def test_media_types(client: TestClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_brotli_is_sent_to_who_takes_it(client: TestClient) -> None:
    with client.stream("GET", f"/{APP}/core.wasm", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert brotli.decompress(b"".join(answer.iter_raw())) == FILES[f"{APP}/core.wasm"]


def test_gzip_is_sent_to_who_takes_no_brotli(client: TestClient) -> None:
    with client.stream("GET", f"/{APP}/core.wasm", headers={"Accept-Encoding": "gzip, br;q=0"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == FILES[f"{APP}/core.wasm"]


def test_a_small_file_is_sent_as_it_is(client: TestClient) -> None:
    answer = client.get("/static/fallback.svg", headers={"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.content == FILES["static/fallback.svg"]


def test_a_cached_copy_is_confirmed(client: TestClient) -> None:
    etag = client.get("/", headers={"Accept-Encoding": "identity"}).headers["etag"]
    again = client.get("/", headers={"Accept-Encoding": "identity", "If-None-Match": f'"other", W/{etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag
    assert again.headers["cache-control"] == "no-cache"


def test_each_coding_has_its_own_entity_tag(client: TestClient) -> None:
    tags = {
        client.head("/", headers={"Accept-Encoding": coding}).headers["etag"]
        for coding in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_hashed_directories_are_immutable_and_the_rest_is_not(client: TestClient) -> None:
    assert "immutable" in client.get(f"/{APP}/candle-fish.js").headers["cache-control"]
    for path in ("/", "/candle-fish.js", "/static/fallback.svg"):
        assert client.get(path).headers["cache-control"] == "no-cache"


def test_head_has_the_headers_without_the_body(client: TestClient) -> None:
    got = client.get(f"/{APP}/core.wasm", headers={"Accept-Encoding": "identity"})
    head = client.head(f"/{APP}/core.wasm", headers={"Accept-Encoding": "identity"})
    assert head.status_code == 200
    assert head.headers["content-length"] == got.headers["content-length"] == "404"


@pytest.mark.parametrize("path", ["/", "/candle-fish.js", "/nothing"])
def test_every_answer_is_isolated(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_only_the_pyscript_page_may_make_functions_of_text(client: TestClient) -> None:
    with_eval = {
        path: "'unsafe-eval'" in client.get(path).headers["content-security-policy"]
        for path in ("/", "/pyscript.html", f"/{APP}/candle-fish.js")
    }
    assert with_eval == {"/": False, "/pyscript.html": True, f"/{APP}/candle-fish.js": False}


@pytest.mark.parametrize("path", ["/", "/static/fallback.svg"])
def test_a_page_and_a_picture_may_use_their_own_styles(client: TestClient, path: str) -> None:
    assert "style-src 'self' 'sha256-" in client.get(path).headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_allowed(client: TestClient, method: str) -> None:
    answer = client.request(method, "/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/app-0123456789ab",
        "/static/",
        "/index.html/",
        "/index.html.br",
        "/manifest.json/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/static/..%5c..%5csecret",
        "//etc/passwd",
        "/%00",
    ],
)
def test_what_the_manifest_does_not_name_is_not_found(client: TestClient, dist: Path, path: str) -> None:
    (dist.parent / "secret").write_text("secret")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_later_build_is_picked_up(client: TestClient, dist: Path) -> None:
    write_site(dist, {**FILES, "new.js": b"1;\n"})
    assert client.get("/new.js").text == "1;\n"


def test_a_broken_later_build_leaves_the_old_one_served(client: TestClient, dist: Path) -> None:
    (dist / "manifest.json").write_text("{")
    assert client.get("/static/fallback.svg").content == FILES["static/fallback.svg"]


def test_a_file_that_has_gone_is_not_found(client: TestClient, dist: Path) -> None:
    shutil.rmtree(dist / "static")
    assert client.get("/static/fallback.svg").status_code == 404


def test_a_directory_without_a_build_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"manifest\.json is missing: build the site"):
        site(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"files": {"a.js": {}}}', '{"files": 3}'])
def test_a_damaged_manifest_is_refused(dist: Path, content: str) -> None:
    (dist / "manifest.json").write_text(content)
    (dist / "a.js").write_text("")
    with pytest.raises(SiteError, match="cannot be used"):
        site(dist)


def test_a_file_the_manifest_names_must_be_there(dist: Path) -> None:
    content = json.loads((dist / "manifest.json").read_text())
    content["files"]["gone.js"] = content["files"]["index.html"]
    (dist / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(SiteError, match=r"gone\.js is missing"):
        site(dist)


def test_beside_the_service_the_fish_of_the_index_page_is_connected(tmp_path: Path) -> None:
    page = b'<!doctype html><style>b{}</style><candle-fish id="fish"></candle-fish>' + b"<p>glow</p>" * 40
    write_site(tmp_path / "dist", {**FILES, "index.html": page})
    plain, connected = (
        TestClient(site(tmp_path / "dist", connected=with_service)) for with_service in (False, True)
    )
    assert "analytics" not in plain.get("/").text
    for path in ("/", "/index.html"):
        for coding in ("identity", "gzip"):
            answer = connected.get(path, headers={"Accept-Encoding": coding})
            assert '<candle-fish analytics id="fish">' in answer.text
            assert answer.headers.get("content-encoding", "identity") == coding
            assert (
                answer.headers["content-security-policy"] == plain.get("/").headers["content-security-policy"]
            )
            confirm = {"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
            assert connected.get(path, headers=confirm).status_code == 304
    assert plain.get("/").headers["etag"] != connected.get("/").headers["etag"]
    assert connected.get("/pyscript.html").content == FILES["pyscript.html"]


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.2", "br"),
        ("identity, br;q=0.5", "identity"),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0", "identity"),
        ("br;q=nonsense", "identity"),
        ("br;q=7", "identity"),
        ("br;q=nan", "identity"),
        ("zstd", "identity"),
        (",;,", "identity"),
    ],
)
def test_the_best_coding_wins(header: str | None, chosen: str) -> None:
    assert choose_encoding(header, BOTH) == chosen


def test_a_coding_that_is_not_there_is_not_chosen() -> None:
    assert choose_encoding("br, gzip;q=0.1", ("gzip",)) == "gzip"
    assert choose_encoding("br, gzip", ()) == "identity"


@given(st.text(), st.sets(st.sampled_from(BOTH)))
def test_any_header_leads_to_something_we_have(header: str, available: set[str]) -> None:
    assert choose_encoding(header, available) in {*available, "identity"} <= set(PREFERENCE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_entity_tags_compare_weakly(header: str | None, *, expected: bool) -> None:
    assert matches(header, '"a"') is expected
