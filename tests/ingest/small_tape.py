"""Small tapes of made-up prices, and their sessions. Sample data."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np

from services.ingest.adapters.tapes import write_tape
from services.ingest.domain.tape import RecordedBars, RecordedHistory, Recording, Resolution, Tape
from services.ingest.domain.universe import Universe, parse_universe
from shared.calendars import Sessions
from shared.events import Timeframe
from tests.hours import sessions

FIRST = dt.date(2024, 7, 1)
LAST = dt.date(2024, 7, 3)
UNIVERSE = """{"symbol": "AAA", "name_en": "A", "name_ko": "가", "exchange": "NYSE", "currency": "USD", "kind": "stock"}
{"symbol": "BBB", "name_en": "B", "name_ko": "나", "exchange": "NYSE", "currency": "USD", "kind": "stock"}
{"symbol": "KKK.KS", "name_en": "K", "name_ko": "다", "exchange": "KRX", "currency": "KRW", "kind": "stock"}
{"symbol": "CCC-USD", "name_en": "C", "name_ko": "라", "exchange": "CRYPTO", "currency": "USD", "kind": "crypto"}
"""
EXCHANGES = {"AAA": "NYSE", "BBB": "NYSE", "KKK.KS": "KRX", "CCC-USD": "CRYPTO"}
LENGTHS: dict[Resolution, int] = {"1s": 1_000, "1m": 60_000}


def universe() -> Universe:
    return parse_universe(UNIVERSE.splitlines())


def calendar(exchange: str) -> Sessions:
    return sessions(exchange, FIRST - dt.timedelta(days=10), LAST + dt.timedelta(days=10))


def calendars() -> dict[str, Sessions]:
    return {exchange: calendar(exchange) for exchange in set(EXCHANGES.values())}


def session(exchange: str, day: dt.date) -> tuple[int, int]:
    found = calendar(exchange)
    i = int(np.flatnonzero(found.date == day.year * 10_000 + day.month * 100 + day.day)[0])
    return int(found.open[i]), int(found.close[i])


def bars(starts: list[int], ends: list[int], seed: int) -> RecordedBars:
    rng = np.random.default_rng(seed)
    count = len(starts)
    prices = np.round(100 + rng.normal(0, 1, (count, 4)).cumsum(axis=0), 2)
    return RecordedBars(
        np.array(starts, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        prices[:, 0],
        prices.max(axis=1),
        prices.min(axis=1),
        prices[:, 3],
        rng.integers(0, 500, count).astype(np.float64),
    )


def intraday(symbol: str, resolution: Resolution, day: dt.date, numbers: list[int], seed: int = 1) -> Recording:
    """The bars with these numbers within a session."""
    opening, _ = session(EXCHANGES[symbol], day)
    length = LENGTHS[resolution]
    starts = [opening + number * length for number in numbers]
    return Recording(symbol, EXCHANGES[symbol], resolution, bars(starts, [start + length - 1 for start in starts], seed))


def daily(symbol: str, days: list[dt.date], seed: int = 1) -> Recording:
    spans = [session(EXCHANGES[symbol], day) for day in days]
    seamless = 1 if EXCHANGES[symbol] == "CRYPTO" else 0
    return Recording(
        symbol, EXCHANGES[symbol], "1d", bars([start for start, _ in spans], [end - seamless for _, end in spans], seed)
    )


def tape(recordings: list[Recording], history_of: list[RecordedHistory] | None = None, name: str = "small") -> Tape:
    exchanges = {each.exchange for each in recordings}
    start = min(session(each, FIRST)[0] for each in exchanges)
    end = max(session(each, LAST)[1] for each in exchanges)
    return Tape(name, "sample data", start, end, 60.0, "digest", tuple(recordings), tuple(history_of or ()))


def history_of(symbol: str, count: int, seed: int = 9) -> RecordedHistory:
    """Daily bars of the sessions before the tape."""
    found = calendar(EXCHANGES[symbol])
    last = int(np.flatnonzero(found.date < 20240701)[-1]) + 1
    spans = [(int(found.open[i]), int(found.close[i])) for i in range(last - count, last)]
    return RecordedHistory(
        symbol,
        EXCHANGES[symbol],
        Timeframe.D1,
        bars([start for start, _ in spans], [end for _, end in spans], seed),
        np.ones(count),
    )


def mixed() -> Tape:
    """Seconds, minutes and days of four instruments on three exchanges."""
    days = [FIRST, FIRST + dt.timedelta(days=1), LAST]
    return tape(
        [
            intraday("AAA", "1s", FIRST, list(range(0, 3_000, 3)), 1),
            intraday("AAA", "1m", days[1], list(range(60)), 2),
            daily("BBB", days, 3),
            daily("CCC-USD", days, 4),
            daily("KKK.KS", days, 5),
        ],
        [history_of("AAA", 4), history_of("KKK.KS", 3)],
    )


def written(folder: Path, what: Tape) -> Path:
    """Write the tape into the folder and return the folder."""
    folder.mkdir(exist_ok=True)
    about: dict[tuple[str, str, str], str] = {("ticks", each.symbol, each.resolution): "sample data" for each in what.recordings}
    about |= {("history", each.symbol, each.timeframe.value): "sample data" for each in what.history}
    write_tape(folder, what, "made up for the test", "none", about)
    return folder


def write_news(folder: Path, count: int = 40) -> None:
    """Write sample articles beside the small tape, spread evenly over it."""
    what = mixed()
    times = [dt.datetime.fromtimestamp((what.start + (what.end - what.start) * i // count) / 1000, tz=dt.UTC) for i in range(count)]
    items = "".join(f"<item><title>SAMPLE {i}</title><link>https://a.example/{i}</link></item>" for i in range(count))
    feed = {"feed": "small", "publisher": "SAMPLE", "language": "en", "symbols": [], "file": "small.xml"}
    header = {
        "tape": "small", "title": "SAMPLE", "about": "SAMPLE", "source": "made up for the test", "licence": "none",
        "feeds": [feed | {"received": [each.isoformat() for each in times]}],
    }  # fmt: skip
    (folder / "news" / "small").mkdir(parents=True)
    (folder / "news" / "small.json").write_text(json.dumps(header))
    (folder / "news" / "small" / "small.xml").write_text(f'<rss version="2.0"><channel>{items}</channel></rss>')
