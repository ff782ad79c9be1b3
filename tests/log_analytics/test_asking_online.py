"""Several questions at once, stopped questions, sign-in shared by all of them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Queue

import pytest
from iotriage.queries.answers import Answer, Status
from iotriage.queries.asking import Scope
from iotriage.queries.log_analytics.sign_in import who
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import PANES, load_pack
from iotriage.queries.source import Cancellation, DeviceCode, Waiting
from iotriage.tui.deliveries import Arrival
from iotriage.tui.investigation import Investigation

from . import faults
from .az_script import AzScript
from .fixture import NOW, OTHER, WORKSPACE
from .online import client, hurried, opened
from .service import Service

PACK = load_pack("exact")


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@dataclass
class Asked:
    """A question asked on a thread of its own."""

    source: LogAnalytics
    name: str = "users"
    cancellation: Cancellation = field(default_factory=Cancellation)
    heard: list[Waiting | None] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self) -> None:
        window = self.source.latest()
        query = PACK.questions[self.name].query("cam-0231", "plant-7", window)
        self.answers.append(self.source.ask(query, window, self.cancellation, self.heard.append))

    @property
    def answer(self) -> Answer:
        self.thread.join(20)
        (answer,) = self.answers
        return answer


def test_four_at_a_time_and_the_rest_say_that_they_wait(service: Service, az: AzScript) -> None:
    with opened(service) as source:
        service.delay = 0.4
        service.requests.clear()
        arrived: Queue[Arrival] = Queue()
        told: list[str] = []
        ask = source.ask

        def listening(query, window, cancellation, tell):  # type: ignore[no-untyped-def]
            def hear(waiting: Waiting | None) -> None:
                told.extend([waiting.why] if waiting else [])
                tell(waiting)

            return ask(query, window, cancellation, hear)

        source.ask = listening  # type: ignore[method-assign]
        investigation = Investigation(source, PACK, arrived.put)
        investigation.open(Scope("cam-0231", "plant-7", source.latest()))
        first = arrived.get(timeout=20)
        # The first is there to be drawn while the last is still being asked.
        assert sum(seen.ended == 0 for seen in service.queries) > 0
        rest = [arrived.get(timeout=20) for _ in PANES]
    assert {a.question for a in (first, *rest)} == {"coverage", *PANES}
    assert {a.answer.status for a in (first, *rest)} == {Status.COMPLETE}
    assert service.peak == 4
    assert told.count("4 questions are being answered") == 2


def test_a_question_that_is_stopped_lets_its_connection_go(service: Service, az: AzScript) -> None:
    with opened(service) as source:
        service.requests.clear()
        service.delay = 30
        asked = Asked(source)
        until(lambda: service.queries)
        asked.cancellation.cancel()
        assert asked.answer.failure == "cancelled"
        until(lambda: service.queries[0].outcome == "left by client")
        service.delay = 0
        assert Asked(source).answer.status is Status.COMPLETE


def test_a_pause_can_be_stopped_too(service: Service, az: AzScript) -> None:
    service.faults.add(faults.status(503), times=None, where="let portSnapshots")
    with opened(service, limits=hurried(pauses=(60.0,))) as source:  # type: ignore[arg-type]
        asked = Asked(source, "ports")
        until(lambda: any(waiting and waiting.until for waiting in asked.heard))
        waiting = next(w for w in asked.heard if w and w.until)
        assert waiting.why.startswith("HTTP 503 ServiceUnavailable: ")
        assert 50 < waiting.until - time.monotonic() <= 60  # type: ignore[operator]
        asked.cancellation.cancel()
        assert asked.answer.failure == "cancelled"


def test_connections_are_kept(service: Service, az: AzScript) -> None:
    before = service.connections
    with opened(service) as source:
        for name in PANES:
            assert Asked(source, name).answer.status is Status.COMPLETE
        assert service.connections == before + 1
        assert {seen.headers["prefer"] for seen in service.queries} == {
            "wait=20,include-statistics=true"
        }


def test_one_sign_in_for_all_and_none_without_need(service: Service, az: AzScript) -> None:
    az.slow(0.3)
    calls = len(az.calls)
    with client(service) as made:
        threads = [
            threading.Thread(target=LogAnalytics.open, args=(made, guid, lambda: NOW))
            for guid in (WORKSPACE, OTHER) * 3
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(service.queries) == 6
        assert len(az.calls) == calls + 1


def test_a_token_near_its_end_is_renewed_and_a_new_one_is_used(
    service: Service, az: AzScript
) -> None:
    az.sign_in(expires_in=60)
    calls = len(az.calls)
    with opened(service) as source:
        assert Asked(source).answer.status is Status.COMPLETE
        assert len(az.calls) > calls + 1
        az.sign_in(expires_in=3600)
        Asked(source).answer  # noqa: B018
        calls = len(az.calls)
        assert Asked(source).answer.status is Status.COMPLETE
        assert len(az.calls) == calls


def test_closing_ends_what_is_asked(service: Service, az: AzScript) -> None:
    with opened(service) as source:
        service.delay = 30
        asked = Asked(source)
        until(lambda: service.queries[-1].ended == 0 and len(service.queries) > 1)
        source.close()
        assert asked.answer.failure == "cancelled"
        assert Asked(source).answer.failure == "the connection to the workspace is closed"


def test_a_wait_that_is_told_in_kql_has_its_line(service: Service, az: AzScript) -> None:
    """A mistake is told with the line of the question's own text, prologue not counted."""
    with opened(service) as source:
        window = source.latest()
        question = PACK.questions["users"].query("cam-0231", "plant-7", window)
        lines = question.text.splitlines()
        lines.insert(5, "| extend Oops = = 3")
        broken = replace(question, text="\n".join(lines))
        answer = source.ask(broken, window, Cancellation())
    assert answer.status is Status.FAILED
    assert re.search(r"\(line 6, column \d+ of users: \| extend Oops = = 3\)$", answer.failure)


@pytest.fixture
def codes(service: Service) -> list[DeviceCode | None]:
    service.tokens.audience = None
    return []


class TestDeviceCode:
    @pytest.fixture(autouse=True)
    def _authority(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", service.endpoint)
        monkeypatch.delenv("AZURE_TENANT_ID", raising=False)
        monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)

    def test_a_code_is_shown_and_taken_away_when_it_was_typed(
        self, service: Service, codes: list[DeviceCode | None]
    ) -> None:
        def show(code: DeviceCode | None) -> None:
            codes.append(code)
            service.entra.approve()

        with client(service, auth="device", show_code=show) as made:
            source = LogAnalytics.open(made, WORKSPACE, lambda: NOW)
            assert Asked(source).answer.status is Status.COMPLETE
            assert who(made.token.bearer(made.scope))["name"]
        shown, gone = codes
        assert shown is not None
        assert gone is None
        assert (shown.uri, bool(shown.code)) == ("https://login.microsoft.example/device", True)

    def test_a_sign_in_that_is_stopped_fails_what_waits_for_it(
        self, service: Service, codes: list[DeviceCode | None]
    ) -> None:
        def show(code: DeviceCode | None) -> None:
            codes.append(code)
            if code is not None:
                code.stop()

        with client(service, auth="device", show_code=show) as made:
            source = LogAnalytics.unseen(made, WORKSPACE, lambda: NOW)
            assert Asked(source).answer.failure == "the sign-in was stopped"
        assert codes[-1] is None

    @pytest.mark.parametrize(
        ("mood", "words"),
        [
            (lambda entra: entra.decline(), "declined"),
            (lambda entra: entra.forbid("AADSTS53003: Access has been blocked"), "AADSTS53003"),
        ],
        ids=["declined", "forbidden"],
    )
    def test_a_refusal_is_told_in_its_own_words(
        self,
        service: Service,
        codes: list[DeviceCode | None],
        mood: Callable[..., object],
        words: str,
    ) -> None:
        def show(code: DeviceCode | None) -> None:
            codes.append(code)
            mood(service.entra)

        mood(service.entra)
        with client(service, auth="device", show_code=show) as made:
            source = LogAnalytics.unseen(made, WORKSPACE, lambda: NOW)
            failure = Asked(source).answer.failure
        assert failure.startswith("sign-in failed (device): ")
        assert words in failure
        assert "\n" not in failure
