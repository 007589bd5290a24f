"""REST requests as a front end sends them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest
from aiohttp import web
from sqlalchemy import insert

from services.gateway.domain.times import rfc3339
from shared import metrics, tables
from shared.events import SignalQuality, Timeframe, parameters_text
from shared.quality.signal_records import SignalRecords
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway


async def read(client: aiohttp.ClientSession, address: str, status: int = 200) -> dict[str, Any]:
    async with client.get(address) as response:
        assert response.status == status, await response.text()
        return dict(await response.json(content_type=None))


@pytest.mark.parametrize(
    ("query", "symbols"),
    [
        ("?q=삼성", ["005930.KS"]),
        ("?q=samsung", ["005930.KS"]),
        (f"?q={unicodedata.normalize('NFD', '삼성')}", ["005930.KS"]),
        ("?q=ＳＡＭＳＵＮＧ　ｅｌｅｃ", ["005930.KS"]),
        ("?q=%E2%80%8Bapple%E2%80%AE", ["AAPL"]),
        ("?kind=ｉｎｄｅｘ", ["^GSPC"]),
        ("?q=iphone", ["AAPL"]),
        ("?q=nv", ["NVDA"]),
        ("?industry=semiconductors", ["005930.KS", "NVDA"]),
        ("?industry=semiconductors&exchange=KRX", ["005930.KS"]),
        ("?kind=index", ["^GSPC"]),
        ("?q=nothing+like+this", []),
    ],
)
async def test_instruments_are_found_by_any_of_their_names(client: aiohttp.ClientSession, query: str, symbols: list[str]) -> None:
    page = await read(client, f"/v1/instruments{query}")
    assert [i["symbol"] for i in page["results"]] == symbols
    assert page["provider"] == "finstage"


async def test_instruments_come_in_pages(client: aiohttp.ClientSession) -> None:
    found, token = [], ""
    for _ in range(10):
        page = await read(client, f"/v1/instruments?limit=4{token}")
        found += [i["symbol"] for i in page["results"]]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    assert found == sorted(market.BASE)


async def test_one_instrument_has_its_korean_name(client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/instruments/005930.KS")
    assert page["results"][0]["name_ko"] == "삼성전자"
    assert (await read(client, "/v1/instruments/%5EGSPC"))["results"][0]["symbol"] == "^GSPC"


async def test_symbols_are_accepted_in_any_unicode_form(client: aiohttp.ClientSession) -> None:
    for typed in ("ＡＡＰＬ", "AA\u200bPL", "\u202eAAPL"):
        assert (await read(client, f"/v1/instruments/{quote(typed)}"))["results"][0]["symbol"] == "AAPL"
        assert len((await read(client, f"/v1/bars?limit=2&symbol={quote(typed)}"))["results"]) == 2
        assert [one["symbol"] for one in (await read(client, f"/v1/quotes?symbols={quote(typed)}，NVDA"))["results"]] == [
            "AAPL",
            "NVDA",
        ]
    assert (await read(client, f"/v1/signals?rule={quote('ｓｍａ_ｂｒｅａｋｏｕｔ_ｕｐ')}&limit=1"))["results"]
    refused = await read(client, "/v1/bars?symbol=AAPL%00", 400)
    assert (refused["field"], refused["value"]) == ("symbol", "AAPL\0")
    await read(client, "/v1/bars?symbol=AAPL" + "%E2%80%8B" * 400 + "X", 404)


async def test_industries_count_their_instruments(client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/industries")
    industries = [i for i in page["results"] if i["kind"] == "industry"]
    assert {i["industry"]: i["instruments"] for i in industries} == {"ai": 2, "banks": 1, "semiconductors": 2}


async def test_industries_and_markets_have_views(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/industries")
    found = {i["industry"]: i for i in page["results"]}
    assert list(found) == ["ai", "banks", "semiconductors", "us", "all"]
    assert found["ai"]["view"] is None
    assert (found["us"]["kind"], found["us"]["name_ko"], found["us"]["instruments"]) == ("market", "미국 시장", 2)
    view = market.view()
    shown = found["semiconductors"]["view"]
    assert (shown["date"], shown["session"]) == ("2023-01-03T22:00:01Z", "2023-01-03")
    assert shown["median_move"] == view.median_move
    assert shown["leaders"][0]["symbol"] == "NVDA"
    assert (page["provider"], page["warnings"][0][:13]) == ("replay", "replayed data")
    (one,) = (await read(client, "/v1/industries/semiconductors"))["results"]
    missing, nvidia = one.pop("members")
    assert one == found["semiconductors"]
    assert (missing["symbol"], missing["move"], missing["benchmark"]) == ("005930.KS", None, None)
    assert nvidia["against_market"] == {"over_20": 0.05, "over_63": None, "over_126": None}
    assert nvidia["with_market"] == {"beta_63": 1.7, "beta_126": None, "correlation_63": 0.6, "correlation_126": None}
    assert set(missing["with_market"].values()) == {None}
    (bare,) = (await read(client, "/v1/industries/ai"))["results"]
    assert (bare["view"], bare["members"]) == (None, [])
    server.feed.handle_event(market.view(n=50))
    (one,) = (await read(client, "/v1/industries/semiconductors"))["results"]
    assert one["view"]["date"] == "2023-01-03T22:00:50Z"
    server.feed.handle_event(market.view(n=20))  # an older view changes nothing
    assert (await read(client, "/v1/industries/semiconductors"))["results"] == [one]
    async with client.get("/v1/industries/rockets") as response:
        assert response.status == 404
        problem = await response.json(content_type=None)
    assert (problem["type"], problem["value"]) == ("urn:finstage:problem:unknown-industry", "rockets")
    async with client.get("/v1/quotes?industry=us") as response:
        assert response.status == 404, "a market is not a filter"


async def test_quotes_by_symbol_by_industry_and_all(client: aiohttp.ClientSession) -> None:
    assert [q["symbol"] for q in (await read(client, "/v1/quotes?symbols=NVDA,AAPL"))["results"]] == ["NVDA", "AAPL"]
    assert {q["symbol"] for q in (await read(client, "/v1/quotes?industry=ai"))["results"]} == {"AAPL", "NVDA"}
    page = await read(client, "/v1/quotes")
    assert len(page["results"]) == len(market.BASE)
    assert page["provider"] == "replay"
    assert "replayed data" in page["warnings"][0]
    quote = next(q for q in page["results"] if q["symbol"] == "AAPL")
    assert quote["last_price"] == market.quote("AAPL", 1).last_price
    assert quote["change_percent"] == pytest.approx(market.quote("AAPL", 1).change_percent, abs=1e-10)


@pytest.mark.parametrize(
    ("last", "before", "change", "percent"),
    [
        (269.77, 270.54, -0.77, -0.0028461595),
        (118000.12, 118000.11, 0.01, 0.0000000847),
        (0.00001234, 0.00001230, 0.00000004, 0.0032520325),
        (-37.63, 18.27, -55.9, -3.0596606459),
        (0.0, 0.5, -0.5, -1.0),
    ],
)
async def test_changes_have_no_floating_point_noise(
    server: RunningGateway, client: aiohttp.ClientSession, last: float, before: float, change: float, percent: float
) -> None:
    moved = {"last_price": last, "prev_close": before, "change": last - before, "change_percent": last / before - 1}
    server.gateway.market.put_quote(msgspec.structs.replace(market.quote("AAPL", 2), **moved))
    (quote,) = (await read(client, "/v1/quotes?symbols=AAPL"))["results"]
    assert (quote["change"], quote["change_percent"]) == (change, percent)
    assert quote["last_price"] == last


async def test_a_missing_quote_is_a_warning(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    del server.gateway.market.quotes["JPM"]
    server.gateway.market.quotes_version += 1
    page = await read(client, "/v1/quotes?symbols=JPM,AAPL")
    assert [q["symbol"] for q in page["results"]] == ["AAPL"]
    assert page["warnings"][-1] == "no quote yet: JPM"


async def test_newest_bars_come_from_memory_oldest_first(client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/bars?symbol=AAPL&limit=250")
    expected = [market.bar(n=n) for n in range(350, 600)]
    assert [b["date"] for b in page["results"]] == [rfc3339(b.ts_event) for b in expected]
    assert [b["close"] for b in page["results"]] == [b.close for b in expected]
    assert page["next_page_token"] is None


async def test_older_bars_come_from_the_database_without_a_gap(client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/bars?symbol=AAPL&limit=600")
    assert [b["close"] for b in page["results"]] == [market.bar(n=n).close for n in range(600)]


@pytest.mark.parametrize("sort", ["asc", "desc"])
async def test_all_pages_together_have_every_bar_once(client: aiohttp.ClientSession, sort: str) -> None:
    start = "2023-01-01" if sort == "asc" else ""
    closes, token = [], ""
    for _ in range(20):
        query = f"?symbol=AAPL&limit=77&sort={sort}" + (f"&start={start}" if start else "") + token
        page = await read(client, f"/v1/bars{query}")
        closes += [b["close"] for b in page["results"]]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    expected = [market.bar(n=n).close for n in range(600)]
    assert closes == (expected if sort == "asc" else expected[::-1])


async def test_start_and_end_are_inclusive(client: aiohttp.ClientSession) -> None:
    first, last = (rfc3339(market.bar(n=n).ts_event) for n in (10, 12))
    page = await read(client, f"/v1/bars?symbol=AAPL&start={first}&end={last}")
    assert [b["date"] for b in page["results"]] == [rfc3339(market.bar(n=n).ts_event) for n in (10, 11, 12)]


async def test_adjusted_bars_apply_splits_and_dividends(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    split = market.bar("NVDA", 900, price_factor=0.25, split_factor=0.25)
    server.feed.handle_event(split)
    raw = (await read(client, "/v1/bars?symbol=NVDA&limit=1"))["results"][0]
    adjusted = (await read(client, "/v1/bars?symbol=NVDA&limit=1&adjustment=all"))["results"][0]
    assert raw["close"] == split.close
    assert adjusted["close"] == split.close * 0.25
    assert adjusted["volume"] == split.volume / 0.25


async def test_a_cached_answer_is_replaced_after_the_next_bar(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    address = "/v1/bars?symbol=AAPL&limit=1"
    assert (await read(client, address))["results"] == (await read(client, address))["results"]
    server.feed.handle_event(market.bar(n=600))
    assert (await read(client, address))["results"][0]["close"] == market.bar(n=600).close


async def test_the_same_content_is_not_sent_twice(client: aiohttp.ClientSession) -> None:
    async with client.get("/v1/bars?symbol=AAPL&limit=250") as first:
        tag = first.headers["ETag"]
        assert first.headers["Content-Encoding"] == "gzip"
        assert len(await first.json()) == 4
    async with client.get("/v1/bars?symbol=AAPL&limit=250", headers={"If-None-Match": tag}) as second:
        assert second.status == 304
        assert await second.read() == b""
    async with client.get("/v1/bars?symbol=AAPL&limit=249", headers={"If-None-Match": tag}) as other:
        assert other.status == 200


@pytest.mark.parametrize(
    ("accept", "gzipped"), [("br;q=1.0, gzip;q=0.8", True), ("*", True), ("gzip;q=0", False), ("gzip; q=0.000, *", False)]
)
async def test_gzip_is_sent_to_clients_that_accept_it(client: aiohttp.ClientSession, accept: str, gzipped: bool) -> None:
    for _ in range(3):  # made, from the cache, and as a finished response
        async with client.get("/v1/bars?symbol=AAPL&limit=250", headers={"Accept-Encoding": accept}) as response:
            assert response.headers.get("Content-Encoding") == ("gzip" if gzipped else None)
            assert len((await response.json())["results"]) == 250


@pytest.mark.parametrize("timeframe", [Timeframe.M1, Timeframe.M30, Timeframe.H4, Timeframe.MN1])
async def test_bars_of_every_timeframe_come_from_the_database_and_from_memory(
    server: RunningGateway, client: aiohttp.ClientSession, timeframe: Timeframe
) -> None:
    """A minute and a month end at the same time: neither is found for the other."""
    found = [market.bar(n=n, timeframe=timeframe) for n in range(7)]
    others = [market.bar(timeframe=each) for each in Timeframe if each not in (timeframe, Timeframe.D1)]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.bars), [market.bar_row(bar) for bar in [*found[:4], *others]])
    for bar in found[4:]:
        server.feed.handle_event(bar)
    page = await read(client, f"/v1/bars?symbol=AAPL&timeframe={timeframe.row.api}")
    assert [row["date"] for row in page["results"]] == [rfc3339(bar.ts_event) for bar in found]
    assert [row["close"] for row in page["results"]] == [bar.close for bar in found]


async def test_without_analysis_research_a_warning_says_which_rows_are_missing(client: aiohttp.ClientSession) -> None:
    page = await read(client, "/v1/indicators?symbol=AAPL&limit=5")
    assert [r["close"] for r in page["results"]] == [market.bar(n=n).close for n in range(595, 600)]
    assert page["results"][-1]["values"]["sma_20"] == market.indicators(n=599).values["sma_20"]
    page = await read(client, "/v1/indicators?symbol=AAPL&start=2023-01-01")
    oldest = rfc3339(market.bar(n=300).ts_event)
    assert any(f"rows before {oldest} are missing: this gateway is not connected" in warning for warning in page["warnings"])
    page = await read(client, "/v1/indicators?symbol=JPM")
    assert page["results"] == []
    assert page["warnings"][0].startswith("no indicators of JPM 1Day yet, and none can be computed: this gateway is not connected")


async def test_signals_of_memory_and_database_are_returned_once_newest_first(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    server.feed.handle_event(market.signal("AAPL", 29))  # stored too
    found, token = [], ""
    for _ in range(20):
        page = await read(client, f"/v1/signals?limit=7{token}")
        found += page["results"]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    ids = [s["id"] for s in found]
    assert len(ids) == len(set(ids)) == 30 + 6
    assert [s["date"] for s in found] == sorted((s["date"] for s in found), reverse=True)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("symbol=NVDA", 3),
        ("industry=semiconductors", 3),
        ("industry=banks", 0),
        ("rule=sma_breakout_up&limit=100", 36),
        ("rule=gap", 0),
        ("timeframe=1Hour", 0),
        ("direction=down", 0),
        ("end=2023-01-05", 2),
    ],
)
async def test_signals_can_be_filtered(client: aiohttp.ClientSession, query: str, count: int) -> None:
    page = await read(client, f"/v1/signals?{query}")
    assert len(page["results"]) == count


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("symbol=AAPL", "symbol=AAPL&pattern=double_top"),
        ("industry=ai", "symbol=AAPL"),
        ("symbol=AAPL&status=forming", ""),
        ("symbol=AAPL&timeframe=1Hour", ""),
        ("symbol=AAPL&direction=up", ""),
    ],
)
async def test_patterns_can_be_filtered(client: aiohttp.ClientSession, query: str, same: str) -> None:
    found = (await read(client, f"/v1/patterns?{query}"))["results"]
    assert found == ((await read(client, f"/v1/patterns?{same}"))["results"] if same else [])
    assert bool(found) == bool(same)


async def test_patterns_come_page_by_page_newest_first(client: aiohttp.ClientSession) -> None:
    found: list[dict[str, Any]] = []
    token: str | None = ""
    while token is not None:
        page = await read(client, f"/v1/patterns?symbol=AAPL&limit=4{token and f'&page_token={token}'}")
        found += page["results"]
        token = page["next_page_token"]
    due = sorted((market.pattern("AAPL", n) for n in range(6)), key=lambda pattern: pattern.ts_event, reverse=True)
    assert [(each["id"], each["status"]) for each in found] == [(pattern.id, pattern.status) for pattern in due]
    assert len(found[0]["pivots"]) == 3
    assert found[0]["upper"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 12),
        ("rule=gap", 6),
        ("level=all", 6),
        ("symbol=AAPL", 6),
        ("symbol=AAPL&horizon=5", 2),
        ("industry=ai", 0),
        ("validated=true", 1),
        ("validated=false&level=instrument", 5),
        ("direction=down", 0),
        ("timeframe=1Day&horizon=20&level=all", 2),
    ],
)
async def test_records_of_quality_can_be_filtered(client: aiohttp.ClientSession, query: str, count: int) -> None:
    found = (await read(client, f"/v1/signals/quality?{query}"))["results"]
    assert len(found) == count
    for each in found:
        assert each["quality"]["level"] in {"all", "instrument"}
        assert each["params"] == ({"move": 0.01} if each["rule"] == "gap" else {"fast": 50.0, "slow": 200.0})


async def test_records_of_quality_come_page_by_page(client: aiohttp.ClientSession) -> None:
    seen, token = list[str](), ""
    for _ in range(5):
        page = await read(client, f"/v1/signals/quality?limit=5{token}")
        seen += [each["id"] for each in page["results"]]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("horizon=0", "horizon"),
        ("validated=perhaps", "validated"),
        ("level=some", "level"),
        ("symbol=AAPL&level=all", "level"),
        ("symbol=AAPL&industry=ai", "industry"),
        ("page_token=x", "page_token"),
        ("symbol=NOPE", "symbol"),
    ],
)
async def test_a_wrong_query_for_records_names_the_field(client: aiohttp.ClientSession, query: str, field: str) -> None:
    fits = {"symbol=NOPE": 404, "page_token=x": 422, "symbol=AAPL&level=all": 422, "symbol=AAPL&industry=ai": 422}
    status = fits.get(query, 400)
    assert (await read(client, f"/v1/signals/quality?{query}", status=status))["field"] == field


async def test_a_signal_that_was_published_before_its_record_gets_it_unless_the_record_is_newer(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    signal = (await read(client, "/v1/signals?limit=1&symbol=AAPL"))["results"][0]
    assert signal["quality"] is None
    at = int(dt.datetime.fromisoformat(signal["date"]).timestamp() * 1000)
    record = SignalQuality(
        n=100, years=8.0, horizon_bars=5, win_rate=0.5, win_rate_low=0.4, win_rate_high=0.6, mean_return=0.01, worst=-0.1,
        base_rate=0.009, q_value=0.5, validated=False, effective_n=60, level="all", group="*", as_of=at,
    )  # fmt: skip
    key = (signal["rule"], parameters_text(signal["params"]), signal["direction"], "1d")
    for as_of, n in ((at + 1, None), (at, 100)):
        records = SignalRecords([(key, msgspec.structs.replace(record, as_of=as_of))])
        server.gateway.records = lambda records=records: records  # type: ignore[misc]
        quality = (await read(client, "/v1/signals?limit=1&symbol=AAPL"))["results"][0]["quality"]
        assert (quality and quality["n"]) == n


async def test_a_signal_without_measured_quality_has_null(client: aiohttp.ClientSession) -> None:
    signal = (await read(client, "/v1/signals?limit=1"))["results"][0]
    assert signal["quality"] is None
    assert signal["replayed"] is True
    assert signal["timeframe"] == "1Day"


async def test_a_stored_signal_that_cannot_be_decoded_is_left_out(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    from sqlalchemy import insert

    from shared import tables

    row = market.signal_row(market.signal(n=500, rule="gap")) | {"body": "{"}
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.signals), [row])
    page = await read(client, "/v1/signals?rule=gap")
    assert page["results"] == []


async def test_signals_of_user_conditions_are_not_public(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    from sqlalchemy import insert

    from shared import tables

    before = (await read(client, "/v1/signals?limit=100"))["results"]
    fired = [market.signal(n=600 + n, rule="condition", condition="close > 1 on 1d") for n in range(2)]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.signals), [market.signal_row(fired[0])])
    server.feed.handle_event(fired[1])
    assert (await read(client, "/v1/signals?limit=100"))["results"] == before
    assert (await read(client, "/v1/signals?rule=condition", status=400))["field"] == "rule"


async def test_bars_in_memory_are_returned_without_the_database(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    from shared.failures import TransientError

    class Away:
        async def bars(self, *_: Any, **__: Any) -> Any:
            raise TransientError("the database is gone")

        async def signals(self, _: Any) -> Any:
            raise TransientError("the database is gone")

        async def patterns(self, _: Any) -> Any:
            raise TransientError("the database is gone")

        async def quality(self, _: Any) -> Any:
            raise TransientError("the database is gone")

        async def feeds(self, _: Any) -> Any:
            raise TransientError("the database is gone")

    server.gateway.history = Away()
    assert len((await read(client, "/v1/bars?symbol=AAPL&limit=300"))["results"]) == 300
    problem = await read(client, "/v1/bars?symbol=AAPL&limit=301", status=503)
    assert problem["type"] == "urn:finstage:problem:unavailable"


async def test_hostile_bars_do_not_break_the_answers(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    for ts in (2**62, -(2**62)):
        server.feed.handle_event(market.bar("JPM", 1, ts_event=ts))
        server.feed.handle_event(market.quote("JPM", 1, ts_event=ts))
    assert (await read(client, "/v1/bars?symbol=JPM"))["results"] == []
    server.feed.handle_event(market.bar("JPM", 1, split_factor=0.0, price_factor=0.0))
    assert (await read(client, "/v1/bars?symbol=JPM&adjustment=all"))["results"][0]["close"] == 0.0


async def test_a_cached_answer_asks_no_router_and_counts_for_its_route(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(route: str) -> float:
        labels = {"route": route, "status": "200"}
        return metrics.REGISTRY.get_sample_value("finstage_gateway_requests_total", labels) or 0.0

    routed = 0
    resolve = web.UrlDispatcher.resolve

    async def counted(self: web.UrlDispatcher, request: web.Request) -> Any:
        nonlocal routed
        routed += 1
        return await resolve(self, request)

    monkeypatch.setattr(web.UrlDispatcher, "resolve", counted)
    before, path = answered("/v1/instruments/{symbol}"), "/v1/instruments/AAPL"
    pages = [await read(client, path) for _ in range(4)]
    assert pages == 4 * [pages[0]]
    assert answered("/v1/instruments/{symbol}") == before + 4
    assert routed == 1
