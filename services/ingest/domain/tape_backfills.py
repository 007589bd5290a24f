"""Converts the closed bars before a tape's start to History messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from services.ingest.domain.bar_inspection import inspect_bars
from services.ingest.domain.built_bars import built_bars
from services.ingest.domain.source import MAX_BARS, Backfill
from services.ingest.domain.tape import RecordedHistory, Tape
from services.ingest.domain.tape_schedule import SOURCE
from shared.calendars import Sessions
from shared.events import History, ProviderBar, Timeframe


def backfills(tape: Tape, calendars: Mapping[str, Sessions]) -> tuple[Backfill, ...]:
    """Backfills that are published before a tape is played, one per symbol, in the order of the tape.

    Timeframes that a tape does not hold are built from its finer bars. ``calendars``: the sessions of the exchanges of its history,
    from ``tape.first`` on.
    """
    found = []
    for (symbol, exchange), histories in groupby(tape.history, lambda each: (each.symbol, each.exchange)):
        bars: dict[Timeframe, Sequence[ProviderBar]] = {each.timeframe: tuple(_provider_bars(each)) for each in histories}
        for timeframe in Timeframe:
            if timeframe not in bars and timeframe.built_from in bars:
                finer = inspect_bars(
                    bars[timeframe.built_from], timeframe.built_from, hundredths=False
                ).bars  # a wrong price would go into it
                bars[timeframe] = built_bars(timeframe, finer, calendars[exchange])
        found.append(Backfill(symbol, tuple(_histories(symbol, exchange, bars, tape.start))))
    return tuple(found)


def _histories(symbol: str, exchange: str, series: Mapping[Timeframe, Sequence[ProviderBar]], start: int) -> Iterator[History]:
    for timeframe, bars in series.items():
        for first in range(0, len(bars), MAX_BARS):
            run = tuple(bars[first : first + MAX_BARS])
            yield History(
                symbol=symbol,
                exchange=exchange,
                timeframe=timeframe,
                bars=run,
                ts_event=run[-1].ts_close,
                ts_init=start,
                source=SOURCE,
                replayed=True,
            )


def _provider_bars(history: RecordedHistory) -> Iterator[ProviderBar]:
    bars = history.bars
    columns = (bars.start, bars.end, bars.open, bars.high, bars.low, bars.close, bars.volume, history.price_factor)
    for start, end, open_, high, low, close, volume, factor in zip(*(column.tolist() for column in columns), strict=True):
        yield ProviderBar(
            ts_open=start, ts_close=end, open=open_, high=high, low=low, close=close, volume=volume, price_factor=factor
        )
