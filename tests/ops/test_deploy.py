"""The whole life of a deployment, for real, on nginx and a service that starts at once."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import pytest

from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.ops.checks import Check, CheckOutcome
from candlefish.ops.deploy import deploy, plan, rollback
from candlefish.ops.deployment import JOURNAL_DOCUMENT, Colour, DeploymentStep, load_journal
from candlefish.ops.local.engine import LocalEngine
from candlefish.ops.release import pack
from tests.ops.places import HookRecorder, audit_log, deployed, environment, get, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from candlefish.ops.release import Sources


def page(engine: LocalEngine, agent: str = "somebody") -> str:
    return get(engine.address(), "/", user_agent=agent).body.decode()


def test_the_first_release_and_the_next(engine: LocalEngine, tmp_path: Path) -> None:
    recorder = HookRecorder()
    first = deployed(engine, sources(tmp_path, "one"), recorder)
    assert "glow one" in page(engine)
    second = deployed(engine, sources(tmp_path, "two"), recorder)
    assert "glow two" in page(engine)
    state = engine.state()
    assert (state.live, state.live_release) == (Colour.GREEN, second.id)
    assert state.releases == {Colour.BLUE: first.id, Colour.GREEN: second.id}
    assert state.shares == {Colour.BLUE: 0, Colour.GREEN: 100}
    assert state.history == (second.id, first.id)
    assert [entry["percent"] for entry in audit_log(engine) if entry["event"] == "shift"] == [
        100,
        5,
        25,
        50,
        100,
    ]
    assert [text.split()[2] for text in recorder.messages] == [first.id, second.id]


def test_a_directory_is_its_index_page(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    page, directory = get(engine.address(), "/docs/index.html"), get(engine.address(), "/docs/")
    assert (directory.status, directory.body) == (200, page.body)
    for header in ("content-type", "content-security-policy", "cache-control"):
        assert directory.headers[header] == page.headers[header]
    without_slash = get(engine.address(), "/docs")
    assert (without_slash.status, without_slash.headers["location"]) == (301, "/docs/")


def test_the_same_release_again_changes_nothing(engine: LocalEngine, tmp_path: Path) -> None:
    what = sources(tmp_path, "one")
    first = deployed(engine, what)
    before = engine.state()
    assert deployed(engine, what).id == first.id
    assert engine.state() == before


def test_a_crashed_service_is_started_again(engine: LocalEngine, tmp_path: Path) -> None:
    what = sources(tmp_path, "one")
    deployed(engine, what)
    pid = engine.process(Colour.BLUE).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert get(engine.address(), "/health").status == 502
    deployed(engine, what)
    assert get(engine.address(), "/health").status == 200


def test_a_dry_run_says_what_would_be_done(engine: LocalEngine, tmp_path: Path) -> None:
    release = pack(sources(tmp_path, "one"), tmp_path / "shelf")
    text = "\n".join(plan(engine, release))
    for word in (release.id, "rehearse", "blue", "smoke", "100 %", "commit"):
        assert word in text
    assert engine.release_names() == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("does not start", "it cannot start"),
        ("forgets", "no memory of a friend"),
        ("500", "cannot be stored|500"),
    ],
)
def test_what_fails_before_visitors_is_never_shown(
    engine: LocalEngine, tmp_path: Path, fault: str, reason: str
) -> None:
    deployed(engine, sources(tmp_path, "one"))
    before = engine.state()
    with pytest.raises(BrokenReleaseError, match=reason):
        deployed(engine, sources(tmp_path, "two", fault))
    assert engine.state() == before
    assert "glow one" in page(engine)
    assert engine.load(JOURNAL_DOCUMENT) is None
    assert audit_log(engine)[-1]["event"] == "taken back"


def test_a_failed_smoke_test_takes_it_back(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    recorder = HookRecorder(checks=[Check("frame-rate", CheckOutcome.FAILED, "3 frames a second")])
    with pytest.raises(BrokenReleaseError, match="3 frames a second"):
        deployed(engine, sources(tmp_path, "two"), recorder)
    assert "glow one" in page(engine)
    assert engine.process(Colour.GREEN).pid() is None
    assert "taken back: smoke test: frame-rate" in recorder.messages[-1]


def test_the_first_release_can_fail_too(engine: LocalEngine, tmp_path: Path) -> None:
    recorder = HookRecorder(checks=[Check("fish", CheckOutcome.FAILED, "it does not wake")])
    with pytest.raises(BrokenReleaseError):
        deployed(engine, sources(tmp_path, "one"), recorder)
    assert engine.state().live is None
    deployed(engine, sources(tmp_path, "two"))
    assert "glow two" in page(engine)


class Visitors:
    """Visitors of many kinds who ask without a pause, and count what fails."""

    def __init__(self, port: int, paths: tuple[str, ...], threads: int = 4) -> None:
        self._port, self._paths, self._over = port, paths, threading.Event()
        self.answered, self.failed = 0, list[str]()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        turn = 0
        while not self._over.is_set():
            turn += 1
            path = self._paths[turn % len(self._paths)]
            try:
                try:
                    status = self._ask(connection, path, f"visitor {number}.{turn % 40}")
                except (http.client.RemoteDisconnected, ConnectionResetError):
                    # A reload closes connections that rest; whoever meets that asks again, as browsers do.
                    connection.close()
                    status = self._ask(connection, path, f"visitor {number}.{turn % 40}")
                bad = f"{path}: {status}" if status >= 400 else ""
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                bad = f"{path}: {error!r}"
            with self._lock:
                self.answered += 1
                if bad:
                    self.failed.append(bad)
        connection.close()

    @staticmethod
    def _ask(connection: http.client.HTTPConnection, path: str, agent: str) -> int:
        connection.request("GET", path, headers={"User-Agent": agent})
        answer = connection.getresponse()
        answer.read()
        return answer.status


LOGGED_S = 10.0
PATHS = ("/", "/candle-fish.js", "/app-0123456789ab/candle-fish.js", "/health", "/api/anything")


def test_fifty_switches_without_a_failed_request(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    deployed(engine, sources(tmp_path, "two"))
    seen = set()
    with Visitors(engine.environment.port, PATHS) as visitors:
        for number in range(50):
            engine.shift(Colour.BLUE, (100, 50, 0, 25)[number % 4])
            seen.add("glow one" in page(engine))
            time.sleep(0.02)
    assert visitors.failed == []
    assert visitors.answered > 200
    assert seen == {True, False}


def test_a_share_of_visitors_is_that_share_and_stays_the_same_visitors(
    engine: LocalEngine, tmp_path: Path
) -> None:
    deployed(engine, sources(tmp_path, "one"))
    deployed(engine, sources(tmp_path, "two"))
    agents = [f"agent {number}" for number in range(400)]
    engine.shift(Colour.BLUE, 25)
    with_blue = {agent for agent in agents if "glow one" in page(engine, agent)}
    assert 60 < len(with_blue) < 140
    assert with_blue == {agent for agent in agents if "glow one" in page(engine, agent)}
    engine.shift(Colour.BLUE, 50)
    assert with_blue < {agent for agent in agents if "glow one" in page(engine, agent)}


def test_errors_that_visitors_see_take_it_back_and_are_counted(tmp_path: Path, engine: LocalEngine) -> None:
    """The fault hides from the smoke test, as the worst ones do."""
    deployed(engine, sources(tmp_path, "one"))
    bad = sources(tmp_path, "two")
    text = (bad.package / "__main__.py").read_text(encoding="utf-8")
    hidden = text.replace('{"from": "service"}', '{"error": "hidden"}').replace(
        'self.answer(200, {"error": "hidden"})', 'self.answer(500, {"error": "hidden"})'
    )
    (bad.package / "__main__.py").write_text(hidden, encoding="utf-8")
    patient = LocalEngine(environment(engine.environment.root, port=engine.environment.port, watch_s=30.0))
    with (
        Visitors(engine.environment.port, ("/api/anything",)) as visitors,
        pytest.raises(BrokenReleaseError, match=r"error rate 100\.0 %"),
    ):
        deployed(patient, bad)
    assert engine.state().shares == {Colour.BLUE: 100, Colour.GREEN: 0}
    trigger, last = audit_log(engine)[-2:]
    assert (last["event"], last["share"]) == ("taken back", 5)
    assert (trigger["event"], trigger["percent"]) == ("trigger", 5)
    assert trigger["requests"] == trigger["failed"] >= 5
    # Only the twentieth of the visitors saw it, for a moment.
    assert 0 < len(visitors.failed) < visitors.answered / 4
    assert get(engine.address(), "/api/anything").status == 200


def test_two_at_once_are_kept_apart(engine: LocalEngine, tmp_path: Path) -> None:
    with engine.lock(force=False), pytest.raises(OpsError, match=f"locked by process {os.getpid()}"):
        deployed(LocalEngine(engine.environment), sources(tmp_path, "one"))


class Killed(BaseException):
    """Stands for SIGKILL."""


class Mortal:
    """An engine that dies before or after its n-th act, or after the first act of a name."""

    ACTS = ("rehearse", "place", "shift", "commit", "withdraw", "save", "audit", "prune")

    def __init__(self, engine: LocalEngine, dies_at: int = 0, *, after: str = "") -> None:
        self._engine, self._left, self._after = engine, dies_at, after

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._engine, name)
        if name not in self.ACTS:
            return value

        def act(*arguments: Any, **named: Any) -> Any:
            self._tick()
            result = value(*arguments, **named)
            self._tick()
            if name == self._after:
                raise Killed
            return result

        return act

    def _tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed


def deaths(engine: LocalEngine, what: Sources, recorder: HookRecorder) -> Iterator[int]:
    """Deploy, dying before an act, after it, and after it was written down, until it goes through."""
    for number in itertools.chain(range(1, 14), itertools.count(1)):
        try:
            deploy(Mortal(engine, number), what, recorder.hooks())
        except Killed:
            yield number
        else:
            return


def test_killed_at_every_step_it_goes_on_and_nobody_notices(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    what = sources(tmp_path, "two")
    count = 0
    with Visitors(engine.environment.port, ("/", "/candle-fish.js"), threads=1) as visitors:
        for _ in deaths(engine, what, HookRecorder()):
            count += 1
            assert get(engine.address(), "/health").status == 200
    assert count >= 12
    assert visitors.failed == []
    assert "glow two" in page(engine)
    assert engine.load(JOURNAL_DOCUMENT) is None
    assert engine.state().history[0] == engine.state().live_release


def test_killed_while_taking_back_it_is_taken_back(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    what = sources(tmp_path, "two")
    recorder = HookRecorder(checks=[Check("fish", CheckOutcome.FAILED, "no")])
    with pytest.raises(BrokenReleaseError):
        for _ in deaths(engine, what, recorder):
            pass
    assert "glow one" in page(engine)
    assert engine.load(JOURNAL_DOCUMENT) is None


def test_another_release_takes_back_what_was_left(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    with pytest.raises(Killed):
        deploy(Mortal(engine, after="shift"), sources(tmp_path, "two"), HookRecorder().hooks())
    left = load_journal(engine)
    assert left is not None
    assert left.step is DeploymentStep.SHIFT
    deployed(engine, sources(tmp_path, "three"))
    assert "glow three" in page(engine)
    assert [entry["release"] for entry in audit_log(engine) if entry["event"] == "taken back"] == [
        left.release
    ]


SCRIPT = """
import sys
from pathlib import Path
from candlefish.ops.local.engine import LocalEngine
from tests.ops.places import HookRecorder, deployed, environment, sources
root, port, place = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
deployed(LocalEngine(environment(root, port=port, watch_s=0.05)), sources(place, "two"))
"""


def test_sigkill_at_random_moments(
    engine: LocalEngine, tmp_path: Path, amount: Callable[[int, int], int]
) -> None:
    deployed(engine, sources(tmp_path, "one"))
    command = [sys.executable, "-c", SCRIPT, str(engine.environment.root), str(engine.environment.port)]
    delays = random.Random(7)
    with Visitors(engine.environment.port, ("/", "/candle-fish.js", "/health"), threads=1) as visitors:
        for _ in range(amount(3, 20)):
            process = subprocess.Popen([*command, str(tmp_path)], start_new_session=True)
            time.sleep(delays.uniform(0.6, 2.5))
            process.kill()
            process.wait()
        assert subprocess.run([*command, str(tmp_path)], check=False).returncode == 0
    assert visitors.failed == []
    assert "glow two" in page(engine)


def test_rollback_restores_site_service_and_configuration(engine: LocalEngine, tmp_path: Path) -> None:
    first = deployed(engine, sources(tmp_path, "one"))
    second = deployed(engine, sources(tmp_path, "two"))
    began_s = time.monotonic()
    assert rollback(engine, HookRecorder().hooks()) == first.id
    assert time.monotonic() - began_s < 60
    assert "glow one" in page(engine)
    assert get(engine.address(), "/").headers["candlefish-release"] == first.id
    assert engine.state().history == (first.id,)
    with pytest.raises(OpsError, match="no release before"):
        rollback(engine, HookRecorder().hooks())
    assert rollback(engine, HookRecorder().hooks(), wanted=second.id) == second.id
    assert "glow two" in page(engine)


def test_rollback_to_a_release_that_is_placed_nowhere(engine: LocalEngine, tmp_path: Path) -> None:
    releases = [deployed(engine, sources(tmp_path, mark)) for mark in ("one", "two", "three")]
    assert rollback(engine, HookRecorder().hooks(), wanted=releases[0].id) == releases[0].id
    assert "glow one" in page(engine)


def test_rollback_in_the_middle_of_a_deployment(engine: LocalEngine, tmp_path: Path) -> None:
    first = deployed(engine, sources(tmp_path, "one"))
    with pytest.raises(Killed):
        deploy(Mortal(engine, after="shift"), sources(tmp_path, "two"), HookRecorder().hooks())
    assert engine.state().shares[Colour.GREEN] > 0
    assert rollback(engine, HookRecorder().hooks()) == first.id
    assert engine.state().shares[Colour.GREEN] == 0
    assert engine.load(JOURNAL_DOCUMENT) is None


def test_a_release_that_was_tampered_with_is_no_way_back(engine: LocalEngine, tmp_path: Path) -> None:
    first = deployed(engine, sources(tmp_path, "one"))
    deployed(engine, sources(tmp_path, "two"))
    (first.site / "candle-fish.js").write_text("alert(1)", encoding="utf-8")
    with pytest.raises(OpsError, match=r"not whole any more: site/candle-fish\.js"):
        rollback(engine, HookRecorder().hooks())
    assert "glow two" in page(engine)


def test_a_page_of_the_old_release_finds_its_files_after_the_switch(
    engine: LocalEngine, tmp_path: Path
) -> None:
    deployed(engine, sources(tmp_path, "one", files={"app-aaaaaaaaaaaa/old.js": b"export {};" * 40}))
    deployed(engine, sources(tmp_path, "two"))
    answer = get(engine.address(), "/app-aaaaaaaaaaaa/old.js")
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert get(engine.address(Colour.GREEN), "/app-aaaaaaaaaaaa/old.js").status == 404


def test_old_releases_are_removed_but_not_those_in_use(tmp_path: Path, engine: LocalEngine) -> None:
    few = LocalEngine(environment(engine.environment.root, port=engine.environment.port, keep=2))
    releases = [deployed(few, sources(tmp_path, mark)).id for mark in ("one", "two", "three", "four")]
    assert set(few.release_names()) == set(releases[-2:])


def access_log(engine: LocalEngine) -> str:
    """The record of answers: nginx writes a line once it has sent its answer, which may be read before."""
    deadline_s = time.monotonic() + LOGGED_S
    while not (text := engine.layout.access_log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline_s, "nginx has recorded nothing"
        time.sleep(0.02)
    return text


def test_the_record_of_answers_holds_nothing_personal(engine: LocalEngine, tmp_path: Path) -> None:
    deployed(engine, sources(tmp_path, "one"))
    get(engine.address(), "/api/memory/pairing/SECRET-CODE", user_agent="Browser of Ada")
    text = access_log(engine)
    assert json.loads(text.splitlines()[-1])["kind"] == "service"
    for personal in ("SECRET", "Ada", "127.0.0.1", "pairing"):
        assert personal not in text
