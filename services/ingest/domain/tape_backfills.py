"""Converts the closed bars before a tape's start to History messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.ingest.domain.schedule import SOURCE
from services.ingest.domain.source import MAX_BARS, Backfill
from services.ingest.domain.tape import RecordedHistory, Tape
from shared.events import History, ProviderBar


def backfills(tape: Tape) -> tuple[Backfill, ...]:
    """Backfills that are published before a tape is played, one per symbol, in the order of the tape."""
    symbols = dict.fromkeys(each.symbol for each in tape.history)
    return tuple(
        Backfill(symbol, tuple(_histories((each for each in tape.history if each.symbol == symbol), tape.start)))
        for symbol in symbols
    )


def _histories(histories: Iterable[RecordedHistory], start: int) -> Iterator[History]:
    for history in histories:
        bars = tuple(_provider_bars(history))
        for first in range(0, len(bars), MAX_BARS):
            run = bars[first : first + MAX_BARS]
            yield History(
                symbol=history.symbol,
                exchange=history.exchange,
                timeframe=history.timeframe,
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
