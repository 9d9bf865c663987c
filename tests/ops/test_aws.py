"""The `aws` engine against what stands in for AWS: the same life of a deployment as on `local`."""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("moto", reason="the extra `dev` is not installed")

from candlefish.bench.browser import find_program
from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.ops.aws.engine import AwsEngine
from candlefish.ops.aws.release_store import CODINGS
from candlefish.ops.checks import Check, CheckOutcome
from candlefish.ops.deploy import DeploymentHooks, deploy, plan, rollback
from candlefish.ops.deployment import (
    Colour,
    DeploymentStep,
    Journal,
    save_journal,
)
from candlefish.ops.environments import Limits
from candlefish.ops.http_checks import SiteChecks, SiteClient
from candlefish.ops.release import Sources, pack
from tests.ops.bad_builds import DIST, SLOW, changed
from tests.ops.clouds import ALIASES, STACK, Cloud, cloud, edge_of
from tests.ops.places import HookRecorder, sources
from tests.service.on_lambda import deployed_on_lambda
from tests.service.visitors import ADMIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from candlefish.ops.release import Release

BUCKET = f"{STACK}-site"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Cloud]:
    with cloud(tmp_path) as made:
        yield made


@pytest.fixture
def engine(stack: Cloud) -> AwsEngine:
    return stack.engine()


@pytest.fixture
def dynamodb() -> Iterator[None]:
    with deployed_on_lambda():
        yield


def deployed(
    engine: AwsEngine, tmp_path: Path, mark: str, recorder: HookRecorder | None = None, **more: Any
) -> Release:
    return deploy(engine, sources(tmp_path, mark, **more), (recorder or HookRecorder()).hooks())


def keys(stack: Cloud, prefix: str = "") -> list[str]:
    pages = stack.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def aliases(stack: Cloud) -> dict[str, str]:
    """The release that each alias leads to."""
    found = {}
    for function, names in ALIASES.items():
        name = f"{STACK}-{function}"
        versions = stack.clients.functions.list_versions_by_function(FunctionName=name)["Versions"]
        releases = {one["Version"]: one["Description"] for one in versions}
        for alias in names:
            version = stack.clients.functions.get_alias(FunctionName=name, Name=alias)["FunctionVersion"]
            found[alias] = releases[version]
    return found


def test_the_first_release_and_the_next(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    first = deployed(engine, tmp_path, "one")
    recorder = HookRecorder()
    second = deployed(engine, tmp_path, "two", recorder)
    state = engine.state()
    assert (state.live, state.live_release) == (Colour.GREEN, second.id)
    assert state.releases == {Colour.BLUE: first.id, Colour.GREEN: second.id}
    assert state.shares == {Colour.BLUE: 0, Colour.GREEN: 100}
    assert state.history == (second.id, first.id)
    shifts = [entry["percent"] for entry in engine.audit_log() if entry["event"] == "shift"]
    assert shifts == [100, 5, 25, 50, 100]
    assert aliases(stack) == {"blue": first.id, "green": second.id, "live": second.id}
    assert json.loads(stack.keys.stored["route"]) == {
        "blue": first.id, "green": second.id, "first": "green", "percent": 100,
    }  # fmt: skip


def test_the_same_release_again_uploads_and_changes_nothing(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    first = deployed(engine, tmp_path, "one")
    before, tag = keys(stack), stack.keys.tag
    assert deployed(engine, tmp_path, "one").id == first.id
    assert (keys(stack), stack.keys.tag) == (before, tag)


def test_hashed_files_are_uploaded_once_for_all_releases(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    deployed(engine, tmp_path, "one")
    hashed = keys(stack, "hashed/")
    written = {key: stack.clients.s3.head_object(Bucket=BUCKET, Key=key)["LastModified"] for key in hashed}
    time.sleep(1.1)  # times have whole seconds
    deployed(engine, tmp_path, "two")
    assert keys(stack, "hashed/") == hashed
    for key, at in written.items():
        assert stack.clients.s3.head_object(Bucket=BUCKET, Key=key)["LastModified"] == at


def test_every_file_lies_there_in_every_form(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    release = deployed(engine, tmp_path, "one")
    there = set(keys(stack))
    for path in json.loads((release.site / "manifest.json").read_text(encoding="utf-8"))["files"]:
        found = [key for key in there if key in {f"hashed/{path}", f"releases/{release.id}/site/{path}"}]
        assert len(found) == 1, path
        for form, coding in CODINGS.items():
            head = stack.clients.s3.head_object(Bucket=BUCKET, Key=found[0] + form)
            smaller = (release.site / (path + form)).exists()
            assert head.get("ContentEncoding") == (coding if smaller else None)
            assert head["CacheControl"]


def test_a_failed_smoke_test_takes_it_back(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    first = deployed(engine, tmp_path, "one")
    recorder = HookRecorder(checks=[Check("health", CheckOutcome.FAILED, "not well")])
    with pytest.raises(BrokenReleaseError, match="health: not well"):
        deployed(engine, tmp_path, "two", recorder)
    state = engine.state()
    assert (state.live_release, state.shares[Colour.BLUE]) == (first.id, 100)
    assert engine.load("journal") is None and engine.load("lock") is None
    assert aliases(stack)["live"] == first.id


@pytest.mark.parametrize(
    ("fault", "reason"), [("does not start", "does not start"), ("forgets", "no memory of a friend")]
)
def test_what_fails_in_rehearsal_is_never_placed(
    stack: Cloud, engine: AwsEngine, tmp_path: Path, fault: str, reason: str
) -> None:
    first = deployed(engine, tmp_path, "one")
    with pytest.raises(BrokenReleaseError, match=reason):
        deployed(engine, tmp_path, "two", fault=fault)
    assert engine.state().live_release == first.id
    assert list(engine.state().releases) == [Colour.BLUE]


def test_errors_that_cloudwatch_saw_take_it_back(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    """Of the new colour's API alone."""
    first = deployed(engine, tmp_path, "one")
    recorder = HookRecorder()
    shell = recorder.hooks()

    def fail(*_: object) -> list[Check]:
        answers = (("Count", "green123", 40), ("5xx", "green123", 9), ("Count", "blue123", 900))
        stack.clients.metrics.put_metric_data(
            Namespace="AWS/ApiGateway",
            MetricData=[
                {"MetricName": name, "Dimensions": [{"Name": "ApiId", "Value": api}], "Value": value}
                for name, api, value in answers
            ],
        )
        return recorder.checks

    object.__setattr__(shell, "smoke", fail)
    with pytest.raises(BrokenReleaseError, match=r"error rate 22.5 % of 40 answers"):
        deploy(engine, sources(tmp_path, "two"), shell)
    assert engine.state().live_release == first.id


def test_what_visitors_pages_tell_is_read_by_version(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    release = deployed(engine, tmp_path, "one")
    mark = engine.mark()
    functions = stack.clients.functions.list_versions_by_function(FunctionName=f"{STACK}-service")["Versions"]
    version = next(one["Version"] for one in functions if one["Description"] == release.id)
    stack.clients.metrics.put_metric_data(
        Namespace=f"Candlefish/{STACK}",
        MetricData=[
            {"MetricName": name, "Dimensions": [{"Name": "Version", "Value": which}], "Value": value}
            for which in (version, "999")
            for name, value in (("Sessions", 3), ("FatalErrors", 2))
        ],
    )
    seen = engine.metrics(mark)[Colour.BLUE]
    assert (seen.sessions, seen.fatal) == (3, 2)


def test_rollback_and_further_back(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    first, second, third = (deployed(engine, tmp_path, mark) for mark in ("one", "two", "three"))
    assert rollback(engine, HookRecorder().hooks()) == second.id
    assert rollback(engine, HookRecorder().hooks()) == first.id
    assert engine.state().live_release == first.id
    assert aliases(stack)["live"] == first.id
    assert rollback(engine, HookRecorder().hooks(), wanted=third.id) == third.id
    with pytest.raises(OpsError, match="there is no release"):
        rollback(engine, HookRecorder().hooks(), wanted="0123456789ab")


def test_a_release_is_fetched_whole_on_another_machine(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    release = deployed(engine, tmp_path, "one")
    elsewhere = stack.engine(root=tmp_path / "elsewhere")
    fetched = elsewhere.release(release.id)
    assert fetched.directory != release.directory
    assert (fetched.id, fetched.changed_files()) == (release.id, [])


def test_a_release_that_was_tampered_with_is_no_way_back(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    first = deployed(engine, tmp_path, "one")
    deployed(engine, tmp_path, "two")
    stack.clients.s3.put_object(
        Bucket=BUCKET, Key=f"releases/{first.id}/site/index.html", Body=b"<p>mine</p>"
    )
    elsewhere = stack.engine(root=tmp_path / "elsewhere")
    with pytest.raises(OpsError, match=r"not whole any more: site/index\.html"):
        rollback(elsewhere, HookRecorder().hooks())


def test_two_at_once_are_kept_apart_and_force_takes_over(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    with engine.lock(force=False):
        other = stack.engine(root=tmp_path / "elsewhere")
        with (
            pytest.raises(OpsError, match=r"is locked by .* since \d+ s; .*--force"),
            other.lock(force=False),
        ):
            pytest.fail("two were in")
        with other.lock(force=True):
            pass
    with engine.lock(force=False):
        pass


@pytest.mark.parametrize(
    "step",
    [
        DeploymentStep.REHEARSE,
        DeploymentStep.PLACE,
        DeploymentStep.SMOKE,
        DeploymentStep.SHIFT,
        DeploymentStep.COMMIT,
    ],
)
def test_killed_at_every_step_it_goes_on(
    stack: Cloud, engine: AwsEngine, tmp_path: Path, step: DeploymentStep
) -> None:
    first = deployed(engine, tmp_path, "one")
    second = sources(tmp_path, "two")
    release = engine.pack(second)
    placed = step in {DeploymentStep.SMOKE, DeploymentStep.SHIFT, DeploymentStep.COMMIT}
    if placed:
        engine.place(release, Colour.GREEN)
    share = {DeploymentStep.SHIFT: 25, DeploymentStep.COMMIT: 100}.get(step, 0)
    engine.shift(Colour.GREEN, share)
    save_journal(engine, Journal(release.id, Colour.GREEN, first.id, step, share, began_s=time.time()))
    assert deploy(engine, second, HookRecorder().hooks()).id == release.id
    assert engine.state().live_release == release.id
    assert aliases(stack)["live"] == release.id


def test_a_route_that_another_has_changed_is_not_written_over(
    stack: Cloud, engine: AwsEngine, tmp_path: Path
) -> None:
    deployed(engine, tmp_path, "one")

    def meanwhile() -> None:
        stack.keys.tag += 1

    stack.keys.before_put = meanwhile
    with pytest.raises(OpsError, match="changed"):
        engine.shift(Colour.BLUE, 50)


def test_old_releases_go_with_their_versions_and_files(stack: Cloud, tmp_path: Path) -> None:
    engine = stack.engine(keep=1)
    first = deployed(engine, tmp_path, "one", files={"app-aaaaaaaaaaaa/only.js": b"1"})
    deployed(engine, tmp_path, "two")
    assert any("app-aaaaaaaaaaaa" in key for key in keys(stack))
    third = deployed(engine, tmp_path, "three")
    assert first.id not in engine.release_names() and third.id in engine.release_names()
    assert not [key for key in keys(stack) if first.id in key or "app-aaaaaaaaaaaa" in key]
    versions = stack.clients.functions.list_versions_by_function(FunctionName=f"{STACK}-service")["Versions"]
    assert first.id not in {one["Description"] for one in versions}


def test_a_plan_changes_nothing(stack: Cloud, engine: AwsEngine, tmp_path: Path) -> None:
    deployed(engine, tmp_path, "one")
    before = dict(stack.keys.stored)
    lines = plan(engine, pack(sources(tmp_path, "two"), tmp_path / "shelf"))
    assert any("https://green.fish.example" in line for line in lines)
    assert stack.keys.stored == before


def test_without_a_stack_it_says_what_makes_one(stack: Cloud) -> None:
    with pytest.raises(OpsError, match=r"no stack 'other' in us-east-1 .*terraform apply"):
        stack.engine(stack="other")
    stack.clients.parameters.put_parameter(
        Name=f"/{STACK}/resources", Value="{}", Type="String", Overwrite=True
    )
    with pytest.raises(OpsError, match=f"the parameter /{STACK}/resources cannot be read"):
        stack.engine()


def test_what_is_no_artefact_is_refused(stack: Cloud, tmp_path: Path) -> None:
    engine = stack.engine(artefact=tmp_path / "none.zip")
    with pytest.raises(OpsError, match=r"none.zip: not the service's artefact .*build.py lambda"):
        deployed(engine, tmp_path, "one")
    assert engine.release_names() == []


@pytest.mark.slow
def test_a_deployed_site_passes_every_check_of_verify(dynamodb: None, tmp_path: Path) -> None:
    """The built site and the service's Lambda handler, asked through the edge's own functions."""
    with cloud(tmp_path) as stack, edge_of(stack) as addresses:
        engine = stack.engine(addresses)
        release = deploy(engine, Sources(DIST), HookRecorder().hooks())
        for colour in (None, Colour.BLUE):
            with closing(SiteClient(engine.address(colour))) as site:
                checks = SiteChecks(site, engine.environment.limits, release.id, ADMIN).all()
            bad = {one.name: one.detail for one in checks if one.outcome == CheckOutcome.FAILED}
            assert bad.keys() <= {"api-latency"}, bad  # a busy machine's own
            assert sum(one.outcome == CheckOutcome.PASSED for one in checks) >= 10
        stack.clients.s3.delete_object(
            Bucket=BUCKET, Key=next(key for key in keys(stack, "hashed/app-") if key.endswith("/worker.js"))
        )
        with closing(SiteClient(engine.address())) as site:
            checks = SiteChecks(site, engine.environment.limits, release.id, ADMIN).all(writing=False)
        bad = {one.name: one.detail for one in checks if one.outcome == CheckOutcome.FAILED}
        bad.pop("api-latency", None)
        assert list(bad) == ["assets"] and "worker.js answers 404" in bad["assets"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(find_program() is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({}, id="good"),
        pytest.param({"/worker.js": SLOW}, id="slow-frame", marks=pytest.mark.long),
    ],
)
def test_a_browser_sees_the_fish_before_visitors_do(
    dynamodb: None, tmp_path: Path, edits: dict[str, bytes | None]
) -> None:
    """A release whose frames take 300 ms is seen by no visitor; the same without that goes live."""
    limits = Limits(fps_min=20.0, latency_max_ms=5000.0, memory_max_mb=60.0, looks=1)
    shell = DeploymentHooks(log=lambda _: None, notify=lambda _: "told")
    place = tmp_path / "cloud"
    place.mkdir()
    with cloud(place) as stack, edge_of(stack) as addresses:
        engine = stack.engine(addresses, browser_s=6.0, limits=limits)
        if edits:
            with pytest.raises(BrokenReleaseError, match="frame-rate: "):
                deploy(engine, Sources(changed(tmp_path, edits)), shell)
            assert engine.state().live_release is None
            assert engine.state().shares[Colour.BLUE] == 0
        else:
            release = deploy(engine, Sources(DIST), shell)
            assert engine.state().live_release == release.id


def test_what_does_not_arrive_is_broken(stack: Cloud, tmp_path: Path) -> None:
    engine = AwsEngine(stack.engine().environment, stack.clients, arrives=lambda *_: False)
    with pytest.raises(BrokenReleaseError, match=r"https://blue\.fish\.example does not come to answer for"):
        deployed(engine, tmp_path, "one")
