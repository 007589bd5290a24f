"""/v1/research: jobs that are listed, requested, refused and cancelled, with a stand-in for analysis research."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert

from services.gateway.domain.keys import Scope
from services.gateway.domain.problems import RequestError
from services.gateway.settings import Settings
from shared import tables
from shared.events import CancelRun, ConditionHistory, ConditionHistoryJob, ResearchError, RunFinished, RunJob, RunProgress
from shared.failures import TransientError
from shared.kafka import NoResultError, RunWatch
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, create_key, read_directory, running_gateway

JOBS = "/v1/research/jobs"
BACKTEST = {"entry": "golden_cross", "exit": "dead_cross", "symbols": ["AAPL"]}


class Answers:
    """Analysis research: reports what it is told of each job, or nothing; ``store`` puts the job into the table as it does."""

    def __init__(self, server: RunningGateway, error: ResearchError | None = None, *, silent: bool = False) -> None:
        self.server, self.error, self.silent = server, error, silent
        self.jobs: list[RunJob] = []
        self.cancelled: list[CancelRun] = []
        self.broken: Exception | None = None

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        raise NoResultError(f"no result of {job.id} within {seconds:g} s")

    @asynccontextmanager
    async def run(self, job: RunJob) -> AsyncIterator[RunWatch]:
        if self.broken:
            raise self.broken
        self.jobs.append(job)
        watch = RunWatch(job.id)
        about: dict[str, Any] = {"job_id": job.id, "kind": "backtest", "ts_event": 1, "ts_init": 1, "source": "test"}
        if self.error is not None:
            await watch.put(RunFinished(state="refused", error=self.error, **about))
        elif not self.silent:
            async with self.server.database.begin() as connection:
                row = market.backtest_row(9, id=job.id, state="queued", requested_by=job.requested_by, result="", finished_at=None)
                await connection.execute(insert(tables.research_runs), [row])
            await watch.put(RunProgress(state="queued", **about))
        yield watch

    async def cancel(self, job: CancelRun) -> None:
        if self.broken:
            raise self.broken
        self.cancelled.append(job)


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, Any]:
    async with client.get(path) as response:
        return response.status, await response.json(content_type=None)


async def post(client: aiohttp.ClientSession, body: Any, kind: str = "backtests") -> tuple[int, Any, Any]:
    given = {"data": body, "headers": {"Content-Type": "application/json"}} if isinstance(body, bytes) else {"json": body}
    async with client.post(f"/v1/research/{kind}", **given) as response:
        return response.status, await response.json(content_type=None), response.headers


async def test_a_job_is_published_and_answered_with_its_address(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.research = answers = Answers(server)
    status, body, headers = await post(client, {**BACKTEST, "timeframe": "1Hour", "start": "2020-01-02", "leverage": 2})
    (job,), (published,) = body["results"], answers.jobs
    assert (status, headers["Location"]) == (202, f"{JOBS}/{job['id']}")
    assert (job["state"], job["ahead"], published.id) == ("queued", 0, job["id"])
    assert (published.requested_by, published.symbols, str(published.timeframe)) == ("address:127.0.0.1", ("AAPL",), "1h")
    assert (str(published.start), published.end, published.options) == ("2020-01-02", None, {"leverage": 2.0})
    status, body = await get(client, headers["Location"])
    assert (status, body["results"][0]["state"]) == (200, "queued")


async def test_ranges_of_a_grid_are_text_or_lists(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.research = answers = Answers(server)
    ranges = {"a": "5:50:5", "b": [20, 30]}
    status, _, _ = await post(client, {"entry": "rsi_{a} < {b}", "time_exit": 5, "ranges": ranges, "folds": 3}, "grids")
    (job,) = answers.jobs
    assert (status, job.ranges, job.steps) == (202, {"b": (20.0, 30.0)}, {"a": "5:50:5"})  # type: ignore[union-attr]
    assert job.options == {"time_exit": 5, "folds": 3}


@pytest.mark.parametrize(
    ("body", "field", "value", "detail"),
    [
        ({"exit": "dead_cross"}, "entry", "", "missing required field"),
        ({**BACKTEST, "leverage": "much"}, "leverage", "much", "Expected `float`, got `str`"),
        ({**BACKTEST, "leverage": None}, "leverage", "null", "Expected `float`, got `null`"),
        (
            {**BACKTEST, "size": "huge"},
            "size",
            "huge",
            "There are: fraction, amount, volatility, risk, inverse_volatility",
        ),
        ({**BACKTEST, "wat": 1}, "wat", "1", "unknown field"),
        ({**BACKTEST, "timeframe": "2d"}, "timeframe", "2d", "'2d' is not known. There are: 1Min, 5Min, 15Min, "),
        ({**BACKTEST, "start": "soon"}, "start", "soon", "Invalid RFC3339"),
        ({**BACKTEST, "symbols": ["NOPE"]}, "symbols", "NOPE", "there is no instrument 'NOPE'"),
        (b"{", "", "", "the body is no JSON"),
    ],
)
async def test_bad_input_is_refused_before_anything_is_published(
    server: RunningGateway, client: aiohttp.ClientSession, body: Any, field: str, value: str, detail: str
) -> None:
    server.gateway.research = answers = Answers(server)
    status, problem, _ = await post(client, body)
    expected = 422 if value == "NOPE" else 400  # the document cannot say which instruments there are
    assert (status, problem.get("field", ""), problem.get("value", "")) == (expected, field, value), problem
    assert detail in problem["detail"]
    assert answers.jobs == []


async def test_what_research_refuses_is_answered_with_the_field_and_the_value(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    wrong = "entry: 'goldn_cross' is no rule, chart pattern or condition; the nearest names: golden_cross"
    server.gateway.research = Answers(server, ResearchError(code="invalid-job", message=wrong))
    status, problem, _ = await post(client, {**BACKTEST, "entry": "goldn_cross"})
    assert (status, problem["field"], problem["value"], problem["detail"]) == (422, "entry", "goldn_cross", wrong)
    assert "code" not in problem, "an older analysis says no reason"
    said = {"reason": "name-near", "field": "entry", "values": {"value": "goldn_cross", "near": "golden_cross"}}
    server.gateway.research = Answers(server, ResearchError(code="invalid-job", message=wrong, **said))  # type: ignore[arg-type]
    _, problem, _ = await post(client, {**BACKTEST, "entry": "goldn_cross"})
    assert (problem["code"], problem["field"], problem["values"]) == ("name-near", "entry", said["values"])
    server.gateway.research = Answers(server, ResearchError(code="limit", message="7 runs wait already: ask again later"))
    status, problem, headers = await post(client, BACKTEST)
    assert (status, problem["type"], int(headers["Retry-After"]) > 0) == (429, "urn:finstage:problem:too-many-jobs", True)
    assert "7 runs wait" in problem["detail"]


async def test_a_job_that_nobody_has_taken_yet_is_known_all_the_same(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, research_seconds=0.05) as server, aiohttp.ClientSession(server.url) as client:
        server.gateway.research = answers = Answers(server, silent=True)
        status, body, headers = await post(client, {"entry": "gap up", "time_exit": 3})
        assert (status, body["results"][0]["state"]) == (202, "requested")
        status, body = await get(client, headers["Location"])
        assert (status, body["results"][0]["parameters"]) == (200, {"entry": "gap up", "exit": "", "time_exit": 3})
        async with client.delete(headers["Location"]) as response:
            assert response.status == 202
        assert [each.id for each in answers.cancelled] == [answers.jobs[0].id]


@pytest.mark.parametrize("error", [TransientError("no broker"), NoResultError("100 runs are watched already")])
async def test_without_a_broker_nothing_is_promised(
    server: RunningGateway, client: aiohttp.ClientSession, error: Exception
) -> None:
    server.gateway.research = answers = Answers(server)
    answers.broken = error
    status, problem, headers = await post(client, BACKTEST)
    assert (status, problem["type"], headers["Retry-After"]) == (503, "urn:finstage:problem:unavailable", "2")


async def test_only_the_requester_cancels_and_only_what_has_not_ended(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    server.gateway.research = answers = Answers(server)
    _, body, headers = await post(client, BACKTEST)
    async with client.delete(headers["Location"]) as response:
        assert response.status == 202
    assert [(each.id, each.requested_by) for each in answers.cancelled] == [(body["results"][0]["id"], "address:127.0.0.1")]
    rows = [
        market.backtest_row(2, state="running", requested_by="address:10.0.0.9"),
        market.backtest_row(3, requested_by="address:127.0.0.1"),
        market.backtest_row(4, state="running", requested_by="chat:telegram:7"),
    ]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.research_runs), rows)
    for n, status in ((2, 403), (3, 409), (4, 404), (5, 404)):
        async with client.delete(f"{JOBS}/backtest-{n}") as response:
            problem = await response.json(content_type=None)
            assert (response.status, problem["field"], problem["value"]) == (status, "id", f"backtest-{n}")
    assert len(answers.cancelled) == 1


async def test_jobs_are_listed_by_pages_kind_and_state(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    rows = [market.backtest_row(n, state=("queued", "failed")[n % 2], requested_by="address:::1") for n in range(2, 7)]
    rows += [market.backtest_row(7, requested_by="chat:telegram:7")]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.research_runs), rows)
    seen = list[str]()
    token: str | None = ""
    for _ in range(2):
        _, page = await get(client, f"{JOBS}?kind=backtest&limit=4" + (f"&page_token={token}" if token else ""))
        seen, token = seen + [each["id"] for each in page["results"]], page["next_page_token"]
    assert token is None
    assert seen == [f"backtest-{n}" for n in (6, 5, 4, 3, 2, 1)]
    _, page = await get(client, f"{JOBS}?state=queued")
    assert [(each["id"], each["ahead"]) for each in page["results"]] == [("backtest-6", 2), ("backtest-4", 1), ("backtest-2", 0)]
    _, page = await get(client, f"{JOBS}?kind=backtest&state=done")
    done = page["results"][-1]
    assert (done["symbols"], done["timeframe"], done["tape"], done["parameters"]["entry"]) == (
        ["AAPL"],
        "1Day",
        "daily",
        "golden_cross",
    )
    assert "result" not in done
    status, problem = await get(client, f"{JOBS}?state=lost")
    assert (status, problem["field"], problem["value"]) == (400, "state", "lost")
    status, problem = await get(client, f"{JOBS}?page_token=abc")
    assert (status, problem["field"]) == (422, "page_token")


async def test_a_job_that_is_done_has_its_result_trades_equity_and_files(client: aiohttp.ClientSession) -> None:
    _, body = await get(client, f"{JOBS}/backtest-1")
    (job,) = body["results"]
    assert (job["state"], job["result"], job["tape"]) == ("done", {"metrics": {"trades": 3, "sharpe": None}}, "daily")
    _, first = await get(client, f"{JOBS}/backtest-1/trades?limit=2")
    _, second = await get(client, f"{JOBS}/backtest-1/trades?limit=2&page_token={first['next_page_token']}")
    trades = first["results"] + second["results"]
    assert ([each["shares"] for each in trades], second["next_page_token"]) == ([1.0, 2.0, 3.0], None)
    assert (trades[0]["return"], trades[0]["entry"], trades[0]["entry_date"]) == (0.1, "2020-01-03", "2023-01-03T22:00:00Z")
    _, equity = await get(client, f"{JOBS}/backtest-1/equity")
    assert [(each["session"], each["equity"], each["buy_and_hold"]) for each in equity["results"]] == [
        ("2020-01-03", 1000.0, 1000.0), ("2020-01-06", 1010.0, None),
    ]  # fmt: skip
    async with client.get(f"{JOBS}/backtest-1/files/report.html") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    for path in ("files/secret.json", "files/..%2F..%2Fgateway.db"):
        assert (await get(client, f"{JOBS}/backtest-1/{path}"))[0] == 404
    status, problem = await get(client, f"{JOBS}/dataset-1/trades")
    assert (status, problem["field"], problem["value"]) == (404, "name", "trades.json")


async def test_limits_of_rate_kind_of_body_and_public_access(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, research_rate_limit="2/hour") as server, aiohttp.ClientSession(server.url) as client:
        await market.store(server.database)
        await read_directory(server)
        server.gateway.research = answers = Answers(server)
        async with client.post(
            "/v1/research/backtests", data=b'{"entry": "gap"}', headers={"Content-Type": "text/plain"}
        ) as response:
            assert response.status == 415
        assert [(await post(client, BACKTEST))[0] for _ in range(3)] == [202, 202, 429]
        async with client.post("/v1/research/backtests?limit=1", json=BACKTEST) as response:
            assert response.status == 400
        assert len(answers.jobs) == 2
    assert Settings(host="192.0.2.1", public_read=True).research_is_public is False
    async with running_gateway(tmp_path, public_research=False) as server, aiohttp.ClientSession(server.url) as client:
        status, problem, _ = await post(client, BACKTEST)
        assert (status, problem["type"]) == (401, "urn:finstage:problem:unauthorized")
        async with client.delete(f"{JOBS}/backtest-1") as response:
            assert response.status == 401
        scopes: tuple[tuple[Scope, int], ...] = (("write", 403), ("research", 503))
        for scope, expected in scopes:
            headers = {"Authorization": f"Bearer {await create_key(server, scope)}"}
            async with client.post("/v1/research/backtests", json=BACKTEST, headers=headers) as response:
                assert response.status == expected, await response.text()


async def test_a_key_may_do_what_everyone_may_without_one(tmp_path: Path) -> None:
    """The scopes are those of the example in docs/api.md."""
    for reading, expected in ((None, 202), (False, 403)):
        (folder := tmp_path / str(expected)).mkdir()
        async with running_gateway(folder, public_read=reading) as server, aiohttp.ClientSession(server.url) as client:
            await market.store(server.database)
            await read_directory(server)
            server.gateway.research = Answers(server)
            assert (await post(client, BACKTEST))[0] == (202 if expected == 202 else 401)
            headers = {"Authorization": f"Bearer {await create_key(server, 'read', 'write')}"}
            async with client.post("/v1/research/backtests", json=BACKTEST, headers=headers) as response:
                found = await response.json(content_type=None)
                assert response.status == expected, found
            async with client.get("/v1/keys/self", headers=headers) as response:
                assert (await response.json())["results"][0]["scopes"] == ["read", "write"], "its own alone"
    assert "has not the scope research; it has: read, write." in found["detail"]
    assert "keys create --name NAME --owner OWNER --scopes read,write,research`" in found["detail"]
    assert (found["code"], found["values"]) == ("scope-missing", {"scope": "research", "has": "read, write"})


async def test_on_a_public_address_a_key_may_do_no_more_than_its_scopes(tmp_path: Path) -> None:
    """Without PUBLIC_RESEARCH, whatever else is public."""
    public: tuple[dict[str, Any], ...] = ({}, {"public_read": True}, {"public_read": False, "public_research": True})
    for settings in public:
        async with running_gateway(tmp_path, host="0.0.0.0", **settings) as server:  # noqa: S104 - not a loopback address
            key = await create_key(server, "read", "write")
            owner = await server.gateway.authentication.principal(key, "192.0.2.1", server.gateway.clock())
            assert sorted(owner.scopes) == ["read", "write"]
            with pytest.raises(RequestError, match="has not the scope research"):
                owner.require("research")
