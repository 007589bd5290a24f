"""/v1/conditions/explain: words, times, and what happens where analysis does not answer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.kafka.node import free_ports
from services.gateway.settings import Settings
from shared.db import open_database
from shared.events import CancelRun, ConditionHistory, ConditionHistoryJob, ResearchError, RunJob, Timeframe
from shared.failures import TransientError
from shared.kafka import NoResultError, RunWatch
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.test_mesh import process
from tests.research.recorded import conditions, fill, recorded
from tests.research.role import running, started
from tests.servers import Broker

PATH = "/v1/conditions/explain"


class Answers:
    """Analysis research, which does or raises what it is told."""

    def __init__(self, outcome: Exception | ResearchError | None) -> None:
        self.outcome = outcome
        self.jobs: list[ConditionHistoryJob] = []

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        assert 0 < seconds < Settings().request_seconds
        self.jobs.append(job)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return ConditionHistory(job_id=job.id, error=self.outcome, ts_event=1, ts_init=1, source="test")

    def run(self, job: RunJob) -> AbstractAsyncContextManager[RunWatch]:
        raise NotImplementedError

    async def cancel(self, job: CancelRun) -> None:
        raise NotImplementedError


async def post(client: aiohttp.ClientSession, body: Any) -> tuple[int, Any]:
    async with client.post(PATH, **({"data": body} if isinstance(body, bytes) else {"json": body})) as response:
        return response.status, await response.json(content_type=None)


async def test_words_and_times_from_the_request_to_analysis_and_back(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url) as database:
        await fill(database)
    port, probes = free_ports(2)
    text, fired = conditions()[0], await recorded().fired(conditions()[0], "AAA")
    with running(kafka.bootstrap, database_url, tmp_path):
        await started(tmp_path)
        async with (
            process(kafka, database_url, tmp_path, port, probes),
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
        ):
            while True:  # the first job loads the kernels, which may take longer than the gateway waits
                status, body = await post(
                    client, {"condition": "RSI < 45 and close > sma_20 on 15m", "symbols": ["AAA"], "limit": 1}
                )
                assert status == 200, body
                ((found,), warnings) = body["results"], body["warnings"]
                if found["history"] is not None:
                    break
                assert "try again later" in warnings[0]
    assert (found["condition"], found["timeframe"], warnings) == (text, "15Min", [])
    assert found["words"]["en"] == "RSI(14) is below 45 and the close is above the 20-bar average, on 15-minute bars"
    assert "RSI(14)" in found["words"]["ko"]
    (held,) = found["history"]
    assert (held["symbol"], held["held"], len(held["dates"])) == ("AAA", len(fired), 1)
    assert held["dates"][0].startswith("2024-10-2")


@pytest.mark.parametrize(
    ("outcome", "warning"),
    [
        (NoResultError("late"), "history: analysis does not answer now; try again later"),
        (TransientError("no broker"), "history: analysis does not answer now; try again later"),
        (ResearchError(code="not-supported", message="condition: x"), "history: condition: x"),
        (ResearchError(code="timeout", message="late"), "history: late; try again later, or with fewer symbols"),
    ],
    ids=["late", "no broker", "refused", "slow"],
)
async def test_words_are_answered_without_analysis(
    server: RunningGateway, client: aiohttp.ClientSession, outcome: Exception | ResearchError, warning: str
) -> None:
    server.gateway.research = answers = Answers(outcome)
    status, body = await post(client, {"condition": "close>open", "symbols": ["AAPL", "AAPL"], "limit": 3, "language": "ko"})
    assert (status, body["warnings"]) == (200, [warning])
    (found,) = body["results"]
    assert (found["history"], list(found["words"])) == (None, ["ko"])
    assert [(job.condition, job.symbols, job.limit) for job in answers.jobs] == [(f"close > open on {Timeframe.D1}", ("AAPL",), 3)]
    for_ever = isinstance(outcome, ResearchError) and outcome.code == "not-supported"
    async with client.post("/v1/conditions/history", json={"condition": "close>open", "symbols": ["AAPL"]}) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["detail"]) == (422 if for_ever else 503, warning)
        assert ("Retry-After" in response.headers) is not for_ever, "another try of what is refused for ever is of no use"


async def test_without_instruments_analysis_is_not_asked(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.research = answers = Answers(NoResultError("late"))
    status, body = await post(client, {"condition": "close > open"})
    assert (status, body["results"][0]["history"], body["warnings"], answers.jobs) == (200, [], [], [])


@pytest.mark.parametrize(
    ("body", "status", "name", "field", "detail"),
    [
        (b"", 400, "malformed-request", "", "the body is no JSON"),
        (b"\xff{", 400, "malformed-request", "", "the body is no JSON"),
        (b"[" * 60_000, 400, "malformed-request", "", "the body has too many arrays"),
        (b"[" * 500 + b"]" * 500, 400, "malformed-request", "", "the body has too many arrays"),
        (b"[]", 400, "invalid-parameter", "", "Expected `object`, got `array`"),
        ({}, 400, "invalid-parameter", "condition", "missing required field"),
        ({"condition": 7}, 400, "invalid-parameter", "condition", "Expected `str`, got `int`"),
        ({"condition": "close > 1", "limit": 101}, 400, "invalid-parameter", "limit", "Expected `int` <= 100"),
        (
            {"condition": "close > 1", "symbols": ["a b"]},
            400,
            "invalid-parameter",
            "symbols",
            "expected a symbol as Yahoo writes",
        ),
        (
            {"condition": "close > 1", "symbols": ["A"] * 21},
            400,
            "invalid-parameter",
            "symbols",
            "Expected `array` of length <= 20",
        ),
        ({"condition": "close > 1", "symbols": ["NOPE"]}, 404, "unknown-symbol", "symbols", "'NOPE'"),
        (
            {"condition": "close > 1", "language": "fr"},
            400,
            "invalid-parameter",
            "language",
            "is not known. There are: en, ko",
        ),
        ({"condition": "close > 1", "more": 1}, 400, "invalid-parameter", "more", "unknown field"),
        ({"condition": "x" * 5001}, 400, "invalid-parameter", "condition", "Expected `str` of length <= 5000"),
        ({"condition": "(" * 500}, 422, "invalid-condition", "condition", ""),
        ({"condition": "close > 1 " * 60}, 422, "invalid-condition", "condition", "at most 500 are read"),
        (b"{" * 70_000, 413, "body-too-large", "", "65536"),
    ],
)
async def test_errors_name_the_field(
    client: aiohttp.ClientSession, body: Any, status: int, name: str, field: str, detail: str
) -> None:
    found, problem = await post(client, body)
    assert (found, problem["type"], problem.get("field", "")) == (status, f"urn:finstage:problem:{name}", field), problem
    assert detail in problem["detail"]


async def test_an_invalid_condition_has_the_parsers_code_position_and_caret(client: aiohttp.ClientSession) -> None:
    status, problem = await post(client, {"condition": "rsi_14 < 30 and clse > 5"})
    assert (status, problem["type"], problem["code"], problem["position"]) == (
        422,
        "urn:finstage:problem:invalid-condition",
        "meant",
        16,
    )
    assert problem["caret"] == "rsi_14 < 30 and clse > 5\n" + " " * 16 + "^"
    assert problem["detail"] == "condition: clse is no column and no bar field; did you mean close? (at character 17)"


async def test_only_post_is_taken_and_no_parameters(client: aiohttp.ClientSession) -> None:
    async with client.get(PATH) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
    async with client.post(PATH + "?limit=1", json={"condition": "close > 1"}) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["field"], problem["value"]) == (400, "limit", "1")
