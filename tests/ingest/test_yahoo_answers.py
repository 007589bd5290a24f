"""Every bad response of Yahoo gives a typed error and a count, and the next request succeeds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from yfinance.data import YfData

from services.ingest.adapters.yahoo.chart_client import ChartClient
from services.ingest.adapters.yahoo.client import YahooClient, busy, open_client, requests
from services.ingest.domain.yahoo_errors import (
    InvalidRangeError,
    MalformedError,
    NotJsonError,
    PausedError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
    UnknownSymbolError,
    UnreachableError,
    YahooError,
)
from tests.ingest.yahoo.charts import captured, chart, fault
from tests.ingest.yahoo.server import Reply, YahooStandIn, ok, yahoo_stand_in
from tests.until import until

HTML = b"<!DOCTYPE html><html><head><title>Yahoo</title></head><body>Sorry</body></html>"
GOOD = captured("chart-AAPL-2020")
BAD_CRUMB = json.dumps(fault("Unauthorized", "Invalid Crumb", "finance")).encode()
ASK = {"period1": 1598832000, "period2": 1604707200}


def fresh_client(cache: Path, url: str, seconds: float = 3.0) -> ChartClient:
    chart_client = ChartClient(cache, url, seconds)
    data = YfData()  # a singleton: each test starts without the cookie and crumb of the previous one
    data._cookie = data._crumb = None
    data._cookie_strategy = "basic"
    return chart_client


@pytest.fixture
async def yahoo() -> AsyncIterator[YahooStandIn]:
    async with yahoo_stand_in() as server:
        yield server


@pytest.fixture
async def client(yahoo: YahooStandIn, tmp_path: Path) -> AsyncIterator[YahooClient]:
    async with AsyncExitStack() as stack:
        chart_client = fresh_client(tmp_path, yahoo.url)
        stack.callback(chart_client.close)
        yield await stack.enter_async_context(open_client(chart_client, threads=4, per_minute=60_000, request_seconds=3.0))


def counted(outcome: str) -> float:
    return float(requests.labels(outcome)._value.get())


async def test_good_answer_with_cookie_and_crumb_of_yfinance(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.wants_crumb = True
    yahoo.script("AAPL", ok(GOOD))
    found = await client.chart("AAPL", "1d", ASK)
    assert len(found.rows) == 49
    assert found.splits[0].ratio == 4.0
    (request,) = yahoo.requests
    assert request.host == "query2.finance.yahoo.com"
    assert "A3=d=cookie" in request.cookie
    assert request.query["interval"] == "1d"
    assert request.query["period1"] == "1598832000"
    assert "splits" in request.query["events"]


def wrong(path: tuple[Any, ...], value: Any) -> bytes:
    """The valid body with one value changed."""
    body = json.loads(json.dumps(GOOD))
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(body).encode()


RESULT = ("chart", "result", 0)
CASES = {
    "429 text": (Reply(429, b"Edge: Too Many Requests", "text/html"), RateLimitedError, "rate_limited"),
    "429 text with 200": (Reply(200, b"Too Many Requests\r\n", "text/plain"), RateLimitedError, "rate_limited"),
    "401 crumb": (Reply(401, BAD_CRUMB), UnauthorizedError, "unauthorized"),
    "404 unknown": (
        Reply(404, json.dumps(fault("Not Found", "No data found, symbol may be delisted")).encode()),
        UnknownSymbolError,
        "unknown_symbol",
    ),
    "422 range": (
        Reply(422, json.dumps(fault("Unprocessable Entity", "1m data not available for startTime=1")).encode()),
        InvalidRangeError,
        "invalid_range",
    ),
    "error with 200": (ok(fault("Not Found", "delisted")), UnknownSymbolError, "unknown_symbol"),
    "503": (Reply(503, HTML, "text/html"), UnavailableError, "unavailable"),
    "will be right back": (Reply(200, b"<html>Will be right back...</html>", "text/html"), UnavailableError, "unavailable"),
    "HTML": (Reply(200, HTML, "text/html"), NotJsonError, "not_json"),
    "truncated JSON": (Reply(200, json.dumps(GOOD).encode()[:5000]), NotJsonError, "not_json"),
    "empty body": (Reply(200, b""), NotJsonError, "not_json"),
    "not UTF-8": (Reply(200, b'{"chart": {"result": [{"meta": {"symbol": "\xff\xfe'), NotJsonError, "not_json"),
    "hang": (Reply(failure="hang"), UnreachableError, "unreachable"),
    "reset": (Reply(failure="reset"), UnreachableError, "unreachable"),
    "cut short": (Reply(200, json.dumps(GOOD).encode()[:5000], failure="cut"), UnreachableError, "unreachable"),
    "another symbol": (Reply(200, wrong((*RESULT, "meta", "symbol"), "AMZN")), MalformedError, "malformed"),
    "another timeframe": (Reply(200, wrong((*RESULT, "meta", "dataGranularity"), "1wk")), MalformedError, "malformed"),
    "price as text": (Reply(200, wrong((*RESULT, "indicators", "quote", 0, "close", 3), "12")), MalformedError, "malformed"),
    "ragged columns": (Reply(200, wrong((*RESULT, "indicators", "quote", 0, "close"), [1.0])), MalformedError, "malformed"),
    "null result": (Reply(200, b'{"chart": {"result": null, "error": null}}'), MalformedError, "malformed"),
    "a list": (Reply(200, b"[1, 2]"), MalformedError, "malformed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_bad_answer(case: str, yahoo: YahooStandIn, tmp_path: Path) -> None:
    reply, kind, label = CASES[case]
    chart_client = fresh_client(tmp_path, yahoo.url, 1.0 if case == "hang" else 3.0)
    yahoo.default = lambda *_: reply
    before = counted(label)
    async with open_client(chart_client, threads=4, per_minute=60_000, request_seconds=3.0) as client:
        with pytest.raises(YahooError) as caught:
            await client.chart("AAPL", "1d", ASK)
        assert type(caught.value) is kind
        assert caught.value.symbol == "AAPL"
        assert str(caught.value).startswith("AAPL: ")
        assert counted(label) == before + (3 if caught.value.retry_at_once else 1)
        yahoo.default = lambda *_: ok(GOOD)
        assert len((await client.chart("AAPL", "1d", ASK)).rows) == 49  # a later request succeeds


async def test_refused_connection(tmp_path: Path) -> None:
    chart_client = fresh_client(tmp_path, "http://127.0.0.1:9")
    async with open_client(chart_client, threads=4, per_minute=60_000, request_seconds=3.0) as client:
        with pytest.raises(UnreachableError):
            await client.chart("AAPL", "1d", ASK)


async def test_a_transient_error_is_retried_at_once(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.script("AAPL", Reply(failure="reset"), Reply(200, HTML), ok(GOOD))
    assert len((await client.chart("AAPL", "1d", ASK)).rows) == 49


async def test_an_expired_crumb_is_fetched_anew(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.wants_crumb = True
    yahoo.default = lambda *_: ok(GOOD)
    await client.chart("AAPL", "1d", ASK)
    yahoo.crumb = "crumb-2"
    assert (await client.chart("AAPL", "1d", ASK)).symbol == "AAPL"
    assert yahoo.crumbs_given == 2


async def test_200_without_timestamps_is_a_chart_without_rows(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.script("AAPL", ok(captured("chart-AAPL-2025")))
    found = await client.chart("AAPL", "1m", {"range": "1d"})
    assert found.rows == ()
    assert found.price == 244.87


async def test_hanging_requests_do_not_occupy_all_threads(yahoo: YahooStandIn, tmp_path: Path) -> None:
    yahoo.default = lambda *_: Reply(failure="hang")
    chart_client = fresh_client(tmp_path, yahoo.url, 0.5)
    async with open_client(chart_client, threads=2, per_minute=60_000, request_seconds=0.5) as client:
        found = await asyncio.gather(*(client.chart(f"S{i}", "1d", ASK) for i in range(6)), return_exceptions=True)
        assert {type(each) for each in found} <= {UnreachableError, PausedError}
        await until(lambda: busy._value.get() == 0, 5, "threads are free")


async def fail_five_times(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.default = lambda *_: Reply(429, b"Too Many Requests")
    for _ in range(5):
        with pytest.raises(RateLimitedError):
            await client.chart("AAPL", "1d", ASK)


async def test_an_outage_opens_the_breaker(yahoo: YahooStandIn, client: YahooClient) -> None:
    await fail_five_times(yahoo, client)
    sent = len(yahoo.requests)
    with pytest.raises(PausedError):
        await client.chart("AAPL", "1d", ASK)
    assert len(yahoo.requests) == sent  # no request was sent


async def test_the_breaker_closes_again(yahoo: YahooStandIn, tmp_path: Path) -> None:
    api = fresh_client(tmp_path, yahoo.url)
    async with open_client(api, threads=4, per_minute=60_000, request_seconds=3.0, open_seconds=0.5) as client:
        await fail_five_times(yahoo, client)
        yahoo.default = lambda *_: ok(chart(rows=[(1598880600, 1, 1, 1, 1, 1)]))

        async def answered() -> bool:
            try:
                return bool((await client.chart("AAPL", "1d", ASK)).rows)
            except PausedError:
                return False

        assert await until(answered, 5)


async def test_an_unknown_symbol_does_not_open_the_breaker(yahoo: YahooStandIn, client: YahooClient) -> None:
    for _ in range(8):
        with pytest.raises(UnknownSymbolError):
            await client.chart("GONE", "1d", ASK)
    yahoo.script("AAPL", ok(GOOD))
    assert (await client.chart("AAPL", "1d", ASK)).symbol == "AAPL"


async def test_a_hanging_cookie_request_does_not_block_the_chart(yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.cookies_hang = True
    yahoo.default = lambda *_: ok(GOOD)
    assert (await client.chart("AAPL", "1d", ASK)).symbol == "AAPL"


@pytest.mark.parametrize("symbol", ["^GSPC", "ES=F", "KRW=X", "BTC-USD", "005930.KS"])
async def test_symbols_are_sent_to_yahoo_unchanged(symbol: str, yahoo: YahooStandIn, client: YahooClient) -> None:
    yahoo.default = lambda request, _: ok(chart(request))
    assert (await client.chart(symbol, "1d", ASK)).symbol == symbol
    assert [each.symbol for each in yahoo.requests] == [symbol]
