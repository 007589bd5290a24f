"""What was known at a moment, against a table whose bars are restated, replaced by bars of other hours, split and paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import numpy as np
import pytest
from finstage_client import Client

from examples.paper_trading import Account, _act, simulate
from services.analysis.kernels.closed_bars import BAR_RECORD
from services.analysis.live.adapters.checkpoints import CheckpointTable
from services.analysis.live.adapters.old_revisions import OldRevisions
from services.analysis.live.domain.ports import Checkpoint, CheckpointRows, ProvidedBars
from services.gateway.domain.times import rfc3339
from shared.events import Bar, Timeframe
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.gateway.test_rest import read

HOUR = 3_600_000
DAYS = 20
SPLIT, DIVIDEND = 16, 18
"""The first bars in new shares, and without the dividend."""


class Report(NamedTuple):
    """Bars of the provider, received at one moment."""

    known_at: int
    bars: list[Bar]
    superseded: tuple[int, ...] = ()


def close_of(n: int) -> int:
    return market.bar(n=n).ts_event


def factors(n: int, newest: int) -> dict[str, Any]:
    """The factors of bar ``n``, of the actions up to bar ``newest``."""
    split = 0.25 if n < SPLIT <= newest else 1.0
    return {"split_factor": split, "price_factor": split * (0.99 if n < DIVIDEND <= newest else 1.0)}


def reports() -> list[Report]:
    """One a day; bar 5 is restated twice, bar 8 has other hours later, and actions change the factors of all."""
    found = []
    for n in range(DAYS):
        bars = [market.bar(n=n, **factors(n, n))]
        if n in (SPLIT, DIVIDEND):
            bars = [market.bar(n=each, **factors(each, n)) for each in range(n + 1) if each not in (5, 8)]
            bars += [restated(n), shifted(n)]
        gone: tuple[int, ...] = ()
        if n in (7, 11):
            bars.append(restated(n))
        if n == 12:
            bars, gone = [*bars, shifted(n)], (close_of(8),)
        found.append(Report(close_of(n) + 60_000, sorted(bars, key=lambda bar: bar.ts_event), gone))
    return found


def restated(n: int) -> Bar:
    return market.bar(n=5, close=market.price("AAPL", 5) + (1 if n < 11 else 2), **factors(5, n))


def shifted(n: int) -> Bar:
    later = market.bar(n=8, **factors(8, n))
    return market.bar(n=8, ts_event=later.ts_event + HOUR, ts_open=later.ts_open + HOUR, close=later.close + 3, **factors(8, n))


def records(bars: list[Bar]) -> Any:
    names = {"ts_close": "ts_event"}
    return np.array([tuple(getattr(bar, names.get(name, name)) for name in BAR_RECORD.names or ()) for bar in bars], BAR_RECORD)


def known(at: int) -> dict[int, Bar]:
    """The bars that had been stored by then, by their close."""
    found: dict[int, Bar] = {}
    for report in reports():
        if report.known_at <= at:
            found = {close: bar for close, bar in found.items() if close not in report.superseded}
            found |= {bar.ts_event: bar for bar in report.bars}
    return dict(sorted(found.items()))


@pytest.fixture
async def client(tmp_path: Path, database_url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Of a gateway whose table got every report, one after the other."""
    async with running_gateway(tmp_path, url=database_url) as server:
        await stored(server)
        async with aiohttp.ClientSession(server.url) as session:
            yield session


async def stored(server: RunningGateway) -> None:
    await market.store(server.database)
    await read_directory(server)
    table, before = CheckpointTable(server.database, "test"), None
    for offset, report in enumerate(reports(), 1):
        provided = ProvidedBars("AAPL", Timeframe.D1, records(report.bars), report.superseded, report.known_at)
        for _ in range(2):  # a message may be handled twice
            await table.save(0, before, Checkpoint(offset, "v", b""), CheckpointRows([provided], [], []), 1)
            before = offset


async def test_bars_are_those_that_were_known_then_and_nothing_later(client: aiohttp.ClientSession) -> None:
    for n in range(1, DAYS):
        at = close_of(n) + HOUR // 2
        then = known(at)
        for query in ("&limit=100", "&start=2023-01-01&limit=7", "&sort=desc&limit=4"):
            rows = await all_pages(client, f"/v1/bars?symbol=AAPL&as_of={rfc3339(at)}{query}")
            found = {row["date"]: row["close"] for row in rows}
            assert dict(sorted(found.items())) == {rfc3339(close): bar.close for close, bar in then.items()}, (n, query)
            assert len(found) == len(rows)


async def test_adjusted_prices_know_no_later_split_or_dividend(client: aiohttp.ClientSession) -> None:
    for n in (SPLIT - 1, SPLIT, DIVIDEND - 1, DIVIDEND, DAYS - 1):
        at = close_of(n) + HOUR // 2
        page = await read(client, f"/v1/bars?symbol=AAPL&adjustment=all&as_of={rfc3339(at)}&limit=100")
        expected = [(bar.close * bar.price_factor, bar.volume / bar.split_factor) for bar in known(at).values()]
        assert [(row["close"], row["volume"]) for row in page["results"]] == [pytest.approx(each, rel=1e-12) for each in expected]
    now = await read(client, "/v1/bars?symbol=AAPL&adjustment=all&limit=100")
    assert [row["close"] for row in now["results"]] == [row["close"] for row in page["results"]]


async def test_what_is_no_longer_kept_is_said(tmp_path: Path, database_url: str) -> None:
    """Bar 5 was restated by reports 7 and 11, bar 8 by report 12; what was replaced before report 11 is deleted."""
    cut = close_of(10) + HOUR // 2
    async with running_gateway(tmp_path, url=database_url) as server, aiohttp.ClientSession(server.url) as client:
        await stored(server)
        old = OldRevisions(server.database)
        assert await old.delete_before(close_of(5)) == 0

        async def closes(at: int, path: str = "/v1/bars?symbol=AAPL") -> tuple[list[Any], bool]:
            page = await read(client, f"{path}&as_of={rfc3339(at)}")
            about = [line for line in page["warnings"] if "restatements" in line]
            assert about in (
                [],
                [f"restatements before {rfc3339(cut)} are unknown: a bar that was replaced before has its values of that moment"],
            )
            return [row["close"] for row in page["results"] if "close" in row], bool(about)

        before = await closes(close_of(6) + HOUR)
        assert before == ([bar.close for bar in known(close_of(6) + HOUR).values()], False)
        assert await old.delete_before(cut) == 1
        assert await old.delete_before(cut) == 0
        assert await closes(cut) == ([bar.close for bar in known(cut).values()], False), "from then on all is known"
        assert (await closes(cut - 1))[1]
        for path in ("/v1/quotes?symbols=AAPL", "/v1/trading?symbols=AAPL", "/v1/corporate-actions?symbol=AAPL"):
            assert ((await closes(cut - 1, path))[1], (await closes(cut, path))[1]) == (True, False), path


async def test_more_restated_bars_than_are_read_are_an_error(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.adapters.past_bars.MOST_REPLACED", 2)
    found = await read(client, f"/v1/bars?symbol=AAPL&as_of={rfc3339(close_of(6) + HOUR)}", 422)
    assert found["field"] == "as_of"


async def test_a_quote_is_of_the_newest_bar_then(client: aiohttp.ClientSession) -> None:
    at = close_of(SPLIT) + HOUR // 2
    page = await read(client, f"/v1/quotes?symbols=AAPL,NVDA&as_of={rfc3339(at)}")
    (quote,) = page["results"]
    last, before = known(at)[close_of(SPLIT)], known(at)[close_of(SPLIT - 1)]
    assert (quote["last_price"], quote["date"], quote["open"]) == (last.close, rfc3339(last.ts_event), last.open)
    assert quote["prev_close"] == before.close * 0.25, "in the shares of the day"
    assert quote["year_high"] is None
    assert "no price was known then: NVDA" in page["warnings"]


async def test_actions_are_known_from_their_first_bar(client: aiohttp.ClientSession) -> None:
    async def actions(at: int) -> list[tuple[str, float]]:
        found = (await read(client, f"/v1/corporate-actions?symbol=AAPL&as_of={rfc3339(at)}"))["results"]
        return [(each["kind"], each["value"]) for each in found]

    assert await actions(close_of(SPLIT) - 1) == []
    assert await actions(close_of(SPLIT)) == [("split", 4.0)]
    paid = pytest.approx(market.price("AAPL", DIVIDEND - 1) * 0.01, abs=1e-5)
    assert await actions(close_of(DAYS)) == [("split", 4.0), ("dividend", paid)]
    whole = await read(client, f"/v1/corporate-actions?symbol=AAPL&start={rfc3339(close_of(DIVIDEND - 1))}")
    assert [each["kind"] for each in whole["results"]] == ["dividend"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/bars?symbol=AAPL&as_of=2999-01-01", "as_of"),
        ("/v1/quotes?symbols=AAPL&as_of=2999-01-01", "as_of"),
        ("/v1/quotes?as_of=2024-01-01", "symbols"),
        ("/v1/quotes?symbols=AAPL&industry=ai&as_of=2024-01-01", "symbols"),
        ("/v1/corporate-actions?symbol=AAPL&as_of=2999-01-01", "as_of"),
        ("/v1/trading?symbols=AAPL&as_of=2999-01-01", "as_of"),
    ],
)
async def test_what_cannot_be_answered_names_the_field(server: RunningGateway, path: str, field: str) -> None:
    async with aiohttp.ClientSession(server.url) as client:
        assert (await read(client, path, 422))["field"] == field


@pytest.mark.parametrize(
    "path", ["bars?symbol=AAPL", "quotes?symbols=AAPL,NVDA", "corporate-actions?symbol=AAPL", "trading?symbols=AAPL"]
)
async def test_now_is_the_newest_price_of_a_replay(server: RunningGateway, path: str) -> None:
    now = market.bar(n=599).ts_event
    async with aiohttp.ClientSession(server.url) as client:
        assert await read(client, f"/v1/{path}&as_of={rfc3339(now)}")
        found = await read(client, f"/v1/{path}&as_of={rfc3339(now + 1000)}", 422)
        assert found["field"] == "as_of"
        assert f"it is {rfc3339(now)} in the replay" in found["detail"]
        server.gateway.market.put_quote(market.quote(n=1, replayed=False))
        await read(client, f"/v1/{path}&as_of={rfc3339(now + 1000)}")


@pytest.mark.parametrize(
    ("symbol", "at", "state", "tradable", "reason", "session"),
    [
        ("AAPL", "2024-07-03T16:59:59Z", "open", True, "", "2024-07-03"),
        ("AAPL", "2024-07-03T17:00:00Z", "closed", False, "closed", "2024-07-05"),
        ("AAPL", "2024-07-06T15:00:00Z", "closed", False, "closed", "2024-07-08"),
        ("BTC-USD", "2024-07-06T15:00:00Z", "open", False, "no-price", "2024-07-06"),
        ("^GSPC", "2024-07-03T15:00:00Z", "open", False, "index", "2024-07-03"),
        ("AAPL", "1999-07-06T15:00:00Z", "unknown", None, "no-calendar", None),
    ],
)
async def test_tradability_at_a_moment(
    server: RunningGateway, symbol: str, at: str, state: str, tradable: bool | None, reason: str, session: str | None
) -> None:
    async with aiohttp.ClientSession(server.url) as client:
        (found,) = (await read(client, f"/v1/trading?symbols={symbol.replace('^', '%5E')}&as_of={at}"))["results"]
        assert (found["state"], found["tradable"], found["reason"], found["session"]) == (state, tradable, reason, session)
        (now,) = (await read(client, f"/v1/trading?symbols={symbol.replace('^', '%5E')}"))["results"]
        assert now["date"] == rfc3339(market.quote(symbol, 1).ts_event), "replayed prices have a time of their own"


async def all_pages(client: aiohttp.ClientSession, address: str) -> list[dict[str, Any]]:
    page = await read(client, address)
    rows: list[dict[str, Any]] = page["results"]
    while (token := page["next_page_token"]) is not None:
        page = await read(client, f"{address}&page_token={token}")
        rows += page["results"]
    return rows


async def test_a_paper_trader_is_not_changed_by_what_happens_later(tmp_path: Path) -> None:
    first, last = (dt.datetime.fromtimestamp(close_of(n) / 1000 + 3600, dt.UTC) for n in (0, 99))
    found = []
    for later in (0, 40):
        (folder := tmp_path / str(later)).mkdir()
        async with running_gateway(folder) as server, Client(server.url) as trader:
            await market.store(server.database)
            await read_directory(server)
            table = CheckpointTable(server.database, "test")
            then = ProvidedBars("AAPL", Timeframe.D1, records([market.bar(n=n) for n in range(100)]), (), close_of(99))
            await table.save(0, None, Checkpoint(1, "v", b""), CheckpointRows([then], [], []), 1)
            if later:  # restatements of every bar, a split and more bars
                of: dict[str, Any] = {"split_factor": 0.5, "price_factor": 0.5}
                bars = [market.bar(n=n, close=1.0, **of) for n in range(100)] + [market.bar(n=n) for n in range(100, 100 + later)]
                known = ProvidedBars("AAPL", Timeframe.D1, records(bars), (), close_of(100 + later))
                await table.save(0, 1, Checkpoint(2, "v", b""), CheckpointRows([known], [], []), 1)
            found.append(await simulate(trader, "AAPL", first, last))
    assert found[0] == found[1]
    opens = {rfc3339(close_of(n)): market.bar(n=n).open for n in range(100)}
    assert [side for _, side, _ in found[0].fills][:2] == ["buy", "sell"]
    for date, side, price in found[0].fills:
        assert price == pytest.approx(opens[date] * (1.0005 if side == "buy" else 0.9995), rel=1e-12)


async def test_a_paper_trader_keeps_its_worth_through_a_split_and_gets_its_dividend() -> None:
    account = Account(cash=0.0, shares=10.0, price=100.0)

    class Actions(Client):
        async def corporate_actions(self, *_: object, **__: object) -> Any:
            return {"results": [{"kind": "split", "value": 4.0}, {"kind": "dividend", "value": 2.0}]}

    await _act(Actions(), account, "AAPL", "", "")
    assert (account.shares, account.cash) == (40.0, 20.0)


async def test_a_paper_trader_ends_at_the_newest_price_of_a_replay(server: RunningGateway) -> None:
    newest = dt.datetime.fromtimestamp(market.bar(n=599).ts_event / 1000, dt.UTC)
    async with Client(server.url) as trader:
        account = await simulate(trader, "AAPL", newest - dt.timedelta(days=3), newest + dt.timedelta(days=30))
    assert account.price == market.price("AAPL", 599)
