"""/v1/indicators where memory has not all rows: pages across the border, chosen columns, and research that is away."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from services.gateway.domain.times import rfc3339
from services.gateway.handlers.computed_indicators import MOST
from shared.events import IndicatorHistory, IndicatorHistoryJob, ResearchError
from shared.kafka import NoResultError
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.test_rest import read
from tests.until import until

ROWS = 600


class Computes:
    """Analysis research, which has the rows of 600 bars, and returns at most ``fit`` of them at a time."""

    def __init__(self, fit: int = 10_001) -> None:
        self.fit = fit
        self.jobs: list[IndicatorHistoryJob] = []

    async def indicators(self, job: IndicatorHistoryJob, seconds: float) -> IndicatorHistory:
        assert seconds > 0
        self.jobs.append(job)
        rows = [row for n in range(ROWS) if job.start <= (row := market.indicators(job.symbol, n)).ts_event <= job.end]
        most = min(job.limit, self.fit)
        shown = rows[-most:] if job.newest else rows[:most]
        return IndicatorHistory(
            job_id=job.id, columns=job.columns or tuple(rows[0].values), closes=tuple(row.ts_event for row in shown),
            prices=tuple(row.close for row in shown), replayed=(True,) * len(shown),
            rows=tuple((1.0,) * len(job.columns) if job.columns else tuple(row.values.values()) for row in shown),
            more=len(rows) > len(shown), bar_source="replay", ts_event=1, ts_init=1, source="test",
        )  # fmt: skip


class Outcome:
    """Analysis research, which refuses, or does not answer."""

    def __init__(self, outcome: Exception | ResearchError) -> None:
        self.outcome, self.asked = outcome, 0

    async def indicators(self, job: IndicatorHistoryJob, seconds: float) -> IndicatorHistory:  # noqa: ARG002 - the port's
        self.asked += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return IndicatorHistory(job_id=job.id, error=self.outcome, ts_event=1, ts_init=1, source="test")


class Waits:
    """Analysis research, which answers when it is released."""

    def __init__(self) -> None:
        self.asked, self.released = 0, asyncio.Event()

    async def indicators(self, job: IndicatorHistoryJob, seconds: float) -> IndicatorHistory:  # noqa: ARG002 - the port's
        self.asked += 1
        await self.released.wait()
        return IndicatorHistory(job_id=job.id, columns=job.columns, ts_event=1, ts_init=1, source="test")


async def pages(client: aiohttp.ClientSession, address: str) -> list[dict[str, Any]]:
    """The rows of all pages."""
    page = await read(client, address)
    rows: list[dict[str, Any]] = page["results"]
    while (token := page["next_page_token"]) is not None:
        page = await read(client, f"{address}&page_token={token}")
        rows += page["results"]
    return rows


@pytest.mark.parametrize("sort", ["asc", "desc"])
@pytest.mark.parametrize(("limit", "fit"), [(250, 10_001), (250, 70), (10_000, 70), (7, 5)])
async def test_pages_across_memory_and_stored_bars_have_every_row_once(
    server: RunningGateway, client: aiohttp.ClientSession, sort: str, limit: int, fit: int
) -> None:
    server.gateway.computed.jobs = Computes(fit)
    start = rfc3339(market.indicators(n=260).ts_event)
    rows = await pages(client, f"/v1/indicators?symbol=AAPL&start={start}&sort={sort}&limit={limit}")
    expected = [market.indicators(n=n) for n in range(260, ROWS)]
    assert [row["date"] for row in rows][:: 1 if sort == "asc" else -1] == [rfc3339(row.ts_event) for row in expected]
    assert [row["values"]["sma_20"] for row in sorted(rows, key=lambda row: row["date"])] == [
        row.values["sma_20"] for row in expected
    ]


async def test_the_newest_rows_are_filled_up_from_stored_bars(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.computed.jobs = research = Computes()
    page = await read(client, "/v1/indicators?symbol=AAPL&limit=300")
    assert (len(page["results"]), research.jobs) == (300, [])
    page = await read(client, "/v1/indicators?symbol=AAPL&limit=310")
    assert [row["date"] for row in page["results"]] == [rfc3339(market.indicators(n=n).ts_event) for n in range(290, ROWS)]
    assert [(job.limit, job.newest) for job in research.jobs] == [(10, True)]
    research.fit = 5
    page = await read(client, "/v1/indicators?symbol=AAPL&limit=320")
    assert len(page["results"]) == 305
    assert page["warnings"][-1] == "only the newest 305 rows fit one answer; sort=desc has the others page by page"


async def test_chosen_columns_are_computed_under_their_canonical_names(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    server.gateway.computed.jobs = research = Computes()
    address = "/v1/indicators?symbol=AAPL&columns=bb_upper_20_2,rsi_21&limit=2"
    page = await read(client, address)
    assert [row["values"] for row in page["results"]] == [{"bb_upper_20": 1.0, "rsi_21": 1.0}] * 2
    assert (page["provider"], page["results"][0]["replayed"]) == ("replay", True)
    assert [each for each in page["warnings"] if "fit one answer" in each] == [], "as many rows as were asked for"
    await read(client, address)
    assert len(research.jobs) == 1, "an answer is kept for a moment"


@pytest.mark.parametrize("columns", ["rsi_501", "nonsense", "rsi_14,high_52weeks"])
async def test_a_column_that_does_not_exist_is_named(server: RunningGateway, client: aiohttp.ClientSession, columns: str) -> None:
    server.gateway.computed.jobs = research = Computes()
    found = await read(client, f"/v1/indicators?symbol=AAPL&columns={columns}", 422)
    assert (found["field"], found["value"], research.jobs) == ("columns", columns.rpartition(",")[2], [])
    assert found["detail"].startswith(f"columns: {found['value']!r}: ")


async def test_what_research_refuses_is_answered_with_its_reason(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.computed.jobs = Outcome(ResearchError(code="invalid-job", message="columns: 'rsi_21': not today"))
    found = await read(client, "/v1/indicators?symbol=AAPL&columns=rsi_21", 422)
    assert (found["field"], found["detail"]) == ("columns", "columns: 'rsi_21': not today")
    server.gateway.computed.jobs = Outcome(ResearchError(code="not-supported", message="columns: rsi_21 on 1mo"))
    assert (await read(client, "/v1/indicators?symbol=AAPL&columns=rsi_21", 422))["field"] == "columns"
    server.gateway.computed.jobs = Outcome(ResearchError(code="timeout", message="columns: rsi_21 were not evaluated within 5 s"))
    found = await read(client, "/v1/indicators?symbol=AAPL&columns=rsi_21", 503)
    assert "within 5 s" in found["detail"]


async def test_a_silent_research_costs_the_rows_of_memory_nothing(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.computed.jobs = silent = Outcome(NoResultError("late"))
    for limit in (400, 401, 402):
        page = await read(client, f"/v1/indicators?symbol=AAPL&limit={limit}")
        assert len(page["results"]) == 300
        assert page["warnings"][-1].endswith("are missing: analysis research does not answer now; try again later") or limit > 400
    assert silent.asked == 1
    await read(client, "/v1/indicators?symbol=AAPL&columns=rsi_21", 503)
    assert silent.asked == 2, "chosen columns are tried again"


async def test_few_requests_are_computed_at_a_time(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    server.gateway.computed.jobs = research = Waits()
    first = [asyncio.create_task(read(client, f"/v1/indicators?symbol=AAPL&columns=rsi_{n}")) for n in range(2, 2 + MOST)]
    await until(lambda: research.asked == MOST, 10, "all are asked")
    async with asyncio.timeout(10):
        found = await read(client, "/v1/indicators?symbol=AAPL&columns=rsi_99", 503)
        assert found["detail"] == f"{MOST} requests are computed already; try again later"
        assert len((await read(client, "/v1/indicators?symbol=AAPL&limit=10"))["results"]) == 10, "memory answers meanwhile"
        research.released.set()
        assert [page["results"] for page in await asyncio.gather(*first)] == [[]] * MOST
    assert server.gateway.computed.running == 0
