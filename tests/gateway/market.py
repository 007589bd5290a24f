"""Test data of a small market: instruments, bars, quotes, indicator rows, signals and patterns."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import math
import pickle
import random
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import insert

from services.gateway.domain.market_memory import MarketMemory
from shared import events, tables
from shared.db import Database, open_database
from shared.events import Timeframe
from tests.databases import empty_database
from tests.gateway.briefings import briefing_row
from tests.gateway.news import store_stories, story

DAY = 86_400_000
START = 1_672_783_200_000  # 2023-01-03 22:00 UTC, a Tuesday
INDUSTRIES = [
    ("semiconductors", "Semiconductors", "반도체"),
    ("ai", "Artificial intelligence", "인공지능"),
    ("banks", "Banks", "은행"),
]
INSTRUMENTS = [
    ("AAPL", "Apple", "애플", "NASDAQ", "USD", "stock", "Technology", '["Apple Inc", "iPhone"]', ("ai",)),
    ("NVDA", "NVIDIA", "엔비디아", "NASDAQ", "USD", "stock", "Technology", "[]", ("semiconductors", "ai")),
    ("005930.KS", "Samsung Electronics", "삼성전자", "KRX", "KRW", "stock", "Technology", '["Samsung"]', ("semiconductors",)),
    ("JPM", "JPMorgan Chase", "JP모건", "NYSE", "USD", "stock", "Financials", "[]", ("banks",)),
    ("^GSPC", "S&P 500", "S&P 500 지수", "NYSE", "USD", "index", "", "[]", ()),
    ("BTC-USD", "Bitcoin", "비트코인", "CRYPTO", "USD", "crypto", "", "[]", ()),
]
MARKETS = [("us", "US market", "미국 시장", '["NYSE","NASDAQ"]'), ("all", "All markets", "전체 시장", '["NYSE","NASDAQ","KRX"]')]
BASE = {"AAPL": 190.0, "NVDA": 480.0, "005930.KS": 71_000.0, "JPM": 170.0, "^GSPC": 4700.0, "BTC-USD": 43_000.0}
STEPS = {each: each.row.length_ms for each in Timeframe if each.row.length_ms}
STEPS |= {Timeframe.D1: DAY, Timeframe.W1: 7 * DAY, Timeframe.MN1: 28 * DAY}


def bar(symbol: str = "AAPL", n: int = 0, timeframe: Timeframe = Timeframe.D1, **more: Any) -> events.Bar:
    """Bar number ``n`` of a deterministic walk."""
    return msgspec.structs.replace(_bar(symbol, n, timeframe), **more) if more else _bar(symbol, n, timeframe)


@cache
def _bar(symbol: str, n: int, timeframe: Timeframe) -> events.Bar:
    close = price(symbol, n)
    opened = price(symbol, n - 1)
    noise = random.Random(f"{symbol}{n}").random() * 0.01
    step = STEPS[timeframe]
    return events.Bar(
        symbol=symbol,
        timeframe=timeframe,
        ts_open=START + n * step - step,
        ts_event=START + n * step,
        ts_init=START + n * step + 5,
        session=session_of(START + n * step),
        open=opened,
        high=max(opened, close) * (1 + noise),
        low=min(opened, close) * (1 - noise),
        close=close,
        volume=1000.0 + (n * 37) % 500,
        source="replay",
        replayed=True,
    )


@cache
def price(symbol: str, n: int) -> float:
    """The walk's price at step ``n``."""
    wave = 0.08 * math.sin(n / 23 + len(symbol)) + 0.03 * math.sin(n / 5) + 0.01 * math.sin(n * 1.7)
    return round(BASE.get(symbol, 100.0) * (1 + wave), 2)


def session_of(ts: int) -> int:
    """The UTC date as yyyymmdd: every day has a session in this market."""
    day = dt.datetime.fromtimestamp(ts / 1000, dt.UTC)
    return day.year * 10_000 + day.month * 100 + day.day


def quote(symbol: str = "AAPL", n: int = 0, **more: Any) -> events.Quote:
    """The quote after step ``n``."""
    last, before = price(symbol, n), price(symbol, n - 1)
    fields: dict[str, Any] = {
        "symbol": symbol,
        "last_price": last,
        "ts_event": START + n * 1000,
        "ts_init": START + n * 1000 + 5,
        "source": "replay",
        "prev_close": before,
        "change": last - before,
        "change_percent": last / before - 1,
        "day_open": before,
        "day_high": max(last, before),
        "day_low": min(last, before),
        "day_volume": 1000.0 + n % 500,
        "year_high": BASE.get(symbol, 100.0) * 1.12,
        "year_low": BASE.get(symbol, 100.0) * 0.88,
        "session": session_of(START + n * 1000),
        "replayed": True,
    }
    return events.Quote(**(fields | more))


@cache
def mean(symbol: str, n: int, length: int) -> float | None:
    """The average of the last prices; None before there are enough."""
    return sum(price(symbol, i) for i in range(n - length + 1, n + 1)) / length if n >= length else None


def indicators(symbol: str = "AAPL", n: int = 0, timeframe: Timeframe = Timeframe.D1, **more: Any) -> events.IndicatorRow:
    """Averages of the walk; None before warm-up."""
    return msgspec.structs.replace(_indicators(symbol, n, timeframe), **more) if more else _indicators(symbol, n, timeframe)


@cache
def _indicators(symbol: str, n: int, timeframe: Timeframe) -> events.IndicatorRow:
    at = bar(symbol, n, timeframe)
    values = {f"sma_{length}": mean(symbol, n, length) for length in (20, 50, 200)} | {"rsi_14": 55.0 if n >= 14 else None}
    return events.IndicatorRow(
        symbol=symbol, timeframe=timeframe, ts_event=at.ts_event, ts_init=at.ts_init, values=values, close=at.close,
        source="replay", replayed=True,
    )  # fmt: skip


def signal(
    symbol: str = "AAPL", n: int = 0, rule: str = "sma_breakout_up", timeframe: Timeframe = Timeframe.D1, **more: Any
) -> events.Signal:
    """A signal on bar ``n``."""
    at = bar(symbol, n, timeframe)
    direction = "down" if "down" in rule or (n % 2 and "up" not in rule) else "up"
    fields: dict[str, Any] = {
        "id": events.signal_id(rule, 1, {"period": 20}, direction, symbol, timeframe, at.ts_event),
        "rule": rule,
        "rule_version": 1,
        "params": {"period": 20.0},
        "direction": direction,
        "symbol": symbol,
        "timeframe": timeframe,
        "ts_event": at.ts_event,
        "ts_init": at.ts_event + 10,
        "price": at.close,
        "level": at.close * 0.99,
        "evidence": {"close": at.close, "close.prev": at.open, "sma_20": at.close * 0.99, "sma_20.prev": at.open * 1.01},
        "source": "replay",
        "replayed": True,
    }
    return events.Signal(**(fields | more))


def view(industry: str = "semiconductors", n: int = 1, **more: Any) -> events.IndustryView:
    """The view of an industry or market after step ``n``: NVDA has moved, Samsung has not traded."""
    quoted = quote("NVDA", n)
    moved = quoted.change_percent or 0.0
    fields: dict[str, Any] = {
        "kind": "market" if industry in {market[0] for market in MARKETS} else "industry",
        "name_en": industry.title(),
        "name_ko": "산업",
        "ts_event": quoted.ts_event,
        "ts_init": quoted.ts_init,
        "session": quoted.session,
        "advances": int(moved > 0),
        "declines": int(moved < 0),
        "unchanged": 0,
        "missing": 1,
        "median_move": moved,
        "above_sma_50": 1.0,
        "sma_50_of": 1,
        "leaders": (events.Mover(symbol="NVDA", move=moved, last_price=quoted.last_price),),
        "signals_up": 1,
        "signals_by_rule": (events.RuleCount(rule="ema_cross", up=1, down=0),),
        "members": (
            events.IndustryMember(symbol="005930.KS"),
            events.IndustryMember(
                symbol="NVDA",
                session=quoted.session,
                last_price=quoted.last_price,
                move=moved,
                above_sma_50=True,
                benchmark="^GSPC",
                against_market=events.RelativeStrength(over_20=0.05),
                with_market=events.Comovement(beta_63=1.7, correlation_63=0.6),
            ),
        ),
        "source": "replay",
        "replayed": True,
    }
    return events.IndustryView(industry=industry, **(fields | more))


def fill(memory: MarketMemory, bars: int = 300, first: int = 0) -> None:
    """Quotes of all, views of an industry and a market, bars from number ``first`` on, indicators and signals of AAPL and NVDA."""
    for symbol in BASE:
        memory.put_quote(quote(symbol, 1))
    for industry in ("semiconductors", "us"):
        memory.put_industry(view(industry))
    for symbol in ("AAPL", "NVDA"):
        for n in range(first, first + bars):
            memory.put_bar(bar(symbol, n))
            memory.put_indicators(indicators(symbol, n))
        for n in (first + 250, first + 261, first + 290):
            memory.put_signal(signal(symbol, n))


def refill(memory: MarketMemory) -> None:
    """The market of ``fill(memory, first=300)`` in place of what ``memory`` has: made once and copied."""
    vars(memory).update(vars(pickle.loads(_filled())))  # noqa: S301  # our own


@cache
def _filled() -> bytes:
    memory = MarketMemory()
    fill(memory, first=300)
    return pickle.dumps(memory)


async def store(database: Database, *, bars: int = 0, signals: int = 0, symbol: str = "AAPL") -> None:
    """Store instruments and industries, and this many daily bars and signals, in the tables."""
    rows = [
        {
            "symbol": s, "name_en": en, "name_ko": ko, "exchange": exchange, "currency": currency, "kind": kind,
            "sector": sector, "aliases": aliases, "active": True,
        }
        for s, en, ko, exchange, currency, kind, sector, aliases, _ in INSTRUMENTS
    ]  # fmt: skip
    pairs = [{"symbol": row[0], "industry": industry} for row in INSTRUMENTS for industry in row[8]]
    markets = [
        {"market": m, "place": n, "name_en": en, "name_ko": ko, "exchanges": on, "suffix": "", "benchmarks": '["^GSPC"]'}
        for n, (m, en, ko, on) in enumerate(MARKETS)
    ]
    async with database.begin() as connection:
        await connection.execute(insert(tables.markets), markets)
        await connection.execute(
            insert(tables.industries), [{"industry": i, "name_en": en, "name_ko": ko} for i, en, ko in INDUSTRIES]
        )
        await connection.execute(insert(tables.instruments), rows)
        await connection.execute(insert(tables.instrument_industries), pairs)
        await connection.execute(insert(tables.signal_quality), [quality_row(n) for n in range(12)])
        await connection.execute(insert(tables.feeds), [feed_row("fed-press", next_try=2**52)])
        if bars:
            paid = [bar(symbol, 0, price_factor=0.99)]  # a dividend after the first day
            await connection.execute(
                insert(tables.bars), [bar_row(each) for each in (*paid, *(bar(symbol, n) for n in range(1, bars)))]
            )
        if signals:
            await connection.execute(insert(tables.signals), [signal_row(signal(symbol, n)) for n in range(signals)])
            await connection.execute(insert(tables.patterns), [pattern_row(pattern(symbol, n)) for n in range(6)])
        await connection.execute(
            insert(tables.research_runs), [dataset_row(1, "var/research/dataset-1", {"manifest.json": "0" * 64}), backtest_row(1)]
        )
        await connection.execute(insert(tables.briefings), [briefing_row("briefing-1")])
    await store_stories(database, [story(1)])


def write_stored(file: Path, *, bars: int = 0, signals: int = 0) -> None:
    """A file of SQLite with what ``store`` writes."""

    async def write() -> None:
        async with open_database(f"sqlite+aiosqlite:///{file}") as database:
            await store(database, bars=bars, signals=signals)

    file.write_bytes(empty_database())
    asyncio.run(write())


def feed_row(feed: str, **more: Any) -> dict[str, Any]:
    """A news feed that works."""
    fixed = {
        "line": feed,
        "publisher": "P",
        "url": "https://p.example/feed",
        "language": "en",
        "interval_seconds": 600,
        "state": "ok",
    }
    texts = dict.fromkeys(("reason", "detail", "etag", "modified"), "")
    times = dict.fromkeys(("last_try", "last_success", "last_article", "next_try"))
    return {"feed": feed, **fixed, **texts, **times, "failures": 0, "replayed": False, "updated_at": START, **more}


def dataset_row(n: int, location: str, files: dict[str, str]) -> dict[str, Any]:
    """A data set that is done, as a row of the table of runs."""
    summary = {
        "name": f"bars {n}", "timeframe": "1d", "first": "2011-04-01", "last": "2021-03-31", "instruments": 2, "rows": 100,
        "parts": {"train": 70, "validation": 10, "test": 20}, "features": ["return_1"], "labels": ["label_forward_return_5"],
        "content_hash": "c" * 64, "sizes": {"manifest.json": 13},
    }  # fmt: skip
    record = {"data_hash": "d" * 64, "code_version": "e" * 16, "summary": summary, "artefacts": files}
    return {
        "id": f"dataset-{n}", "kind": "dataset", "request": "{}", "state": "done", "requested_by": "command", "created_at": n,
        "finished_at": START + n, "result": json.dumps(record), "error": "", "location": location,
    }  # fmt: skip


TRADE: Final = {
    "symbol": "AAPL", "side": "long", "entry": "2020-01-03", "entry_ts": START, "exit": "2020-01-07",
    "exit_ts": START + 172_800_000, "bars": 2, "entry_reason": "golden_cross", "exit_reason": "signal", "shares": 2.5,
    "exit_shares": 2.5, "entry_price": 100.0, "exit_price": 110.0, "pnl": 25.0, "cost": 0.1, "mae": -0.01, "mfe": 0.12,
    "return": 0.1,
}  # fmt: skip
EQUITY: Final = {
    "ts_close": [START, START + 86_400_000], "session": [20200103, 20200106], "equity": [1000.0, 1010.0], "drawdown": [0.0, 0.0],
    "cash": [1000.0, 760.0], "invested": [0.0, 1], "buy_and_hold": [1000.0, None],
}  # fmt: skip


def backtest_row(n: int, **changes: Any) -> dict[str, Any]:
    """A backtest that is done, as a row of the table of runs; ``write_backtest`` writes its files."""
    files = {"trades.json": "1" * 64, "equity.json": "2" * 64, "report.html": "3" * 64}
    record = {
        "data_hash": "d" * 64, "code_version": "e" * 16, "artefacts": files, "summary": {"metrics": {"trades": 3, "sharpe": None}},
    }  # fmt: skip
    request = {
        "kind": "backtest", "data": {"source": "tape", "place": "daily", "symbols": ["AAPL"], "timeframe": "1d"},
        "parameters": {"entry": "golden_cross", "exit": "dead_cross"},
    }  # fmt: skip
    row: dict[str, Any] = {
        "id": f"backtest-{n}", "kind": "backtest", "request": json.dumps(request), "state": "done", "requested_by": "command",
        "created_at": START + n, "started_at": START + n, "finished_at": START + 1000 + n, "result": json.dumps(record),
        "error_code": "", "error": "", "location": f"var/research/backtest-{n}",
    }  # fmt: skip
    return row | changes


def write_backtest(root: Path, n: int = 1) -> None:
    """The files of ``backtest_row``."""
    folder = root / f"backtest-{n}"
    folder.mkdir(parents=True)
    trades = [{**TRADE, "shares": float(each)} for each in range(1, 4)]
    (folder / "trades.json").write_text(json.dumps(trades))
    (folder / "equity.json").write_text(json.dumps(EQUITY))
    (folder / "report.html").write_text("<!doctype html><script>alert(1)</script>")


def quality(**changes: Any) -> events.SignalQuality:
    """A record of past signals."""
    known = {
        "n": 100, "years": 8.0, "horizon_bars": 5, "win_rate": 0.5, "win_rate_low": 0.4, "win_rate_high": 0.6, "mean_return": 0.01,
        "worst": -0.1, "base_rate": 0.009, "q_value": 0.5, "validated": False, "dates": 90, "effective_n": 60, "as_of": START,
    }  # fmt: skip
    return events.SignalQuality(**{**known, **changes})


def quality_row(n: int) -> dict[str, Any]:
    """Record number ``n`` of past signals: of two rules, three horizons, of an instrument and of all."""
    rule, params = (("gap", "move=0.01"), ("golden_cross", "fast=50,slow=200"))[n % 2]
    horizon = (1, 5, 20)[n // 2 % 3]
    level: Literal["all", "instrument"] = "all" if n < 6 else "instrument"
    group = "*" if n < 6 else "AAPL"
    found = quality(n=100 + n, horizon_bars=horizon, validated=n == 7, level=level, group=group)
    return {
        "id": f"{n:032d}",
        "rule": rule,
        "params": params,
        "direction": "up",
        "timeframe": "1d",
        "level": level,
        "group_name": group,
        "horizon": horizon,
        "shown": horizon == 5,
        "validated": found.validated,
        "as_of": START,
        "quality": msgspec.json.encode(found).decode(),
        "updated_at": START,
    }


def bar_row(event: events.Bar) -> dict[str, Any]:
    """A bar as a row of its table."""
    names = (
        "symbol",
        "ts_open",
        "session",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "price_factor",
        "split_factor",
        "source",
        "replayed",
        "incomplete",
    )
    return {name: getattr(event, name) for name in names} | {"timeframe": event.timeframe.value, "ts_close": event.ts_event}


def signal_row(event: events.Signal) -> dict[str, Any]:
    """A signal as a row of its table."""
    from shared import wire

    names = ("id", "symbol", "rule", "direction", "ts_event")
    return {name: getattr(event, name) for name in names} | {
        "timeframe": event.timeframe.value,
        "body": wire.encode(event).decode(),
    }


def pattern(symbol: str = "AAPL", n: int = 0) -> events.Pattern:
    """A double top on bars n to n + 20 that was confirmed (even n) or reached its target."""
    corners = [bar(symbol, n + more, Timeframe.D1) for more in (0, 10, 20)]
    at = bar(symbol, n + 25, Timeframe.D1)
    kinds: tuple[Literal["high", "low"], ...] = ("high", "low", "high")
    return events.Pattern(
        id=events.pattern_id(symbol, "1d", "double_top", [corner.ts_event for corner in corners]),
        pattern="double_top",
        status="target" if n % 2 else "confirmed",
        direction="down",
        symbol=symbol,
        timeframe=Timeframe.D1,
        ts_event=at.ts_event,
        ts_init=at.ts_event + 10,
        price=at.close,
        pivots=tuple(
            events.Pivot(kind=kind, ts_close=corner.ts_event, bars=bars, price=corner.close)
            for kind, corner, bars in zip(kinds, corners, (0, 10, 20), strict=True)
        ),
        lower=events.Line(price=corners[1].low, slope=0.0),
        quality=0.75,
        level=corners[1].low,
        target=corners[1].low * 0.9,
        invalidation=corners[0].high,
        source="replay",
        replayed=True,
    )


def pattern_row(event: events.Pattern) -> dict[str, Any]:
    """A pattern as a row of its table."""
    from shared import wire

    names = ("id", "symbol", "pattern", "direction", "status", "ts_event")
    return {name: getattr(event, name) for name in names} | {
        "timeframe": event.timeframe.value,
        "body": wire.encode(event).decode(),
    }


def tick(symbol: str = "AAPL", n: int = 0) -> events.Tick:
    """Tick number ``n``."""
    ts = START + n * 1000
    return events.Tick(
        symbol=symbol, price=price(symbol, n), ts_event=ts, ts_init=ts, source="replay", seq=n, size=10.0, replayed=True
    )
