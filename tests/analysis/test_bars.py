"""Ticks to bars, against a plain reference, in any cut, across restarts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.analysis.live.domain.checkpoint import UnreadableStateError, needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from shared.events import Bar, Heartbeat, Tick, TickLog, Timeframe
from tests.analysis.market import HALF_DAY, LISTED, engine, hours, logs, market, series
from tests.analysis.plain import Plain
from tests.analysis.tape import stored
from tests.sizes import examples

slow = settings(max_examples=examples(150, 8), deadline=None, suppress_health_check=list(HealthCheck))


def closed(bars: list[Bar]) -> list[tuple[object, ...]]:
    return [(b.symbol, str(b.timeframe), b.ts_open, b.ts_event, b.session, b.open, b.high, b.low, b.close, b.volume) for b in bars]


def add(whole: EngineOutcome, part: EngineOutcome) -> None:
    whole.bars += part.bars
    whole.rows += part.rows
    whole.signals += part.signals
    whole.quarantined += part.quarantined
    whole.counts.update(part.counts)


def restarted(one: Engine, bars: list[Bar]) -> Engine:
    table = stored(bars)
    windows = {(w.symbol, w.timeframe): table[w.symbol, w.timeframe][-w.n :] for w in needed_windows(one.state)}
    return Engine.restore(one.snapshot(), windows, market(), LISTED, series())


@slow
@given(logs())
def test_bars_and_counts_are_those_of_the_plain_reference(log: list[TickLog]) -> None:
    splitting = [symbol for symbol, listing in LISTED.items() if listing.kind == "stock"]
    plain = Plain({symbol: hours(listing.exchange) for symbol, listing in LISTED.items()}, splitting)
    usable = [event for event in log if not isinstance(event, Tick) or event.seq < 2**62]
    for event in usable:
        plain.feed(event)
    one = engine()
    output = one.apply(log)
    by_symbol = [[bar for bar in bars if bar[0] == symbol] for bars in (closed(output.bars), plain.closed) for symbol in LISTED]
    assert by_symbol[: len(LISTED)] == by_symbol[len(LISTED) :]
    expected = Counter(plain.counts)
    expected["time"] += len(log) - len(usable)
    assert {k: v for k, v in output.counts.items() if v} == {k: v for k, v in expected.items() if v}
    reports = [(event.symbol, event.reason, event.outcome, event.ts_event) for event in output.quarantined]
    assert Counter(reports) <= Counter(plain.reports), "every report is true"
    counted = Counter(symbol for symbol, *_ in reports) + Counter({event.symbol: event.more for event in output.quarantined})
    for symbol, count in Counter(symbol for symbol, *_ in plain.reports).items():
        assert count - 10 <= counted[symbol] <= count or (count <= 10 and counted[symbol] == count)
    quotes = {quote.symbol: quote.last_price for quote in output.quotes}
    assert quotes.items() <= {symbol: state.price for symbol, state in plain.symbols.items()}.items()


@slow
@given(logs(), st.lists(st.integers(0, 130), max_size=12))
def test_the_cut_into_batches_changes_nothing(log: list[TickLog], cuts: list[int]) -> None:
    one, other = engine(), engine()
    whole, parts = one.apply(log), EngineOutcome()
    edges = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    for first, last in pairwise(edges):
        add(parts, other.apply(log[first:last]))
    assert (whole.bars, whole.rows, whole.signals) == (parts.bars, parts.rows, parts.signals)
    assert whole.quarantined == parts.quarantined
    assert +whole.counts == +parts.counts
    assert one.snapshot() == other.snapshot()


def tick(ts: int, price: float = 100.0, *, symbol: str = "AAA", size: float = 1.0, day_volume: float | None = None) -> Tick:
    return Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts + 1, source="test", size=size, day_volume=day_volume)


MIDNIGHT = 1733097600000
LATE = tick(MIDNIGHT - 1, symbol="DDD")
"""A tick of the session before, which ended when the next began."""


@slow
@given(logs(most=60), st.integers(0, 70))
@example([tick(MIDNIGHT, symbol="DDD"), LATE], 2)
@example([msgspec.structs.replace(tick(MIDNIGHT, symbol="DDD"), finest=Timeframe.M5), LATE], 2)
def test_a_restart_at_any_event_changes_nothing(log: list[TickLog], cut: int) -> None:
    one, before = engine(), EngineOutcome()
    add(before, one.apply(log[:cut]))
    other, after, again = restarted(one, before.bars), EngineOutcome(), EngineOutcome()
    assert other.snapshot() == one.snapshot()
    add(after, one.apply(log[cut:]))
    add(again, other.apply(log[cut:]))
    assert (after.bars, after.rows, after.signals, after.counts) == (again.bars, again.rows, again.signals, again.counts)
    assert other.snapshot() == one.snapshot()


@slow
@given(logs(most=60, hostile=False))
def test_a_peek_changes_no_state(log: list[TickLog]) -> None:
    one = engine()
    one.apply(log)
    before = one.snapshot()
    for symbol in LISTED:
        for timeframe in Timeframe:
            one.peek(symbol, timeframe)
    assert one.snapshot() == before


def heartbeat(ts: int, exchange: str = "NYSE") -> Heartbeat:
    return Heartbeat(exchange=exchange, ts_event=ts, ts_init=ts + 1, source="test")


def test_the_half_day_ends_at_one_with_all_its_bars() -> None:
    output = engine().apply(
        [tick(HALF_DAY + 3 * 3_600_000 + 29 * 60_000), tick(HALF_DAY + 12_600_000, 101.0), heartbeat(HALF_DAY + 12_600_000)]
    )
    ends = {str(bar.timeframe): (bar.ts_open - HALF_DAY, bar.ts_event - HALF_DAY, bar.close) for bar in output.bars}
    assert ends == {
        "1m": (12_540_000, 12_600_000, 101.0),
        "5m": (12_300_000, 12_600_000, 101.0),
        "15m": (11_700_000, 12_600_000, 101.0),
        "30m": (10_800_000, 12_600_000, 101.0),
        "1h": (10_800_000, 12_600_000, 101.0),
        "4h": (0, 12_600_000, 101.0),
        "1d": (0, 12_600_000, 101.0),
        "1w": (-4 * 86_400_000, 12_600_000, 101.0),
        "1M": (-28 * 86_400_000 - 3_600_000, 12_600_000, 101.0),  # from Friday the first, in summer time
    }


@pytest.mark.parametrize("end", [tick, heartbeat])
def test_a_tick_for_a_day_that_is_closed_makes_no_finer_bar(end: Callable[[int], TickLog]) -> None:
    """After the close a tick outside of the session, or a heartbeat, closes the day; the last minute had no bar until then."""
    closes = HALF_DAY + 12_600_000
    outcome = engine().apply([tick(HALF_DAY, size=2.0), end(closes + 60_000), tick(closes, size=5.0), heartbeat(closes + 120_000)])
    assert outcome.counts["late"] == 1
    volumes = Counter[str]()
    for bar in outcome.bars:
        volumes[bar.timeframe] += int(bar.volume)
    assert {volumes[frame] for frame in ("1m", "5m", "15m", "30m", "1h", "4h", "1d")} == {2}, (
        "a coarse bar is the sum of its fine ones"
    )


def test_an_absurd_price_counts_only_when_a_second_one_agrees() -> None:
    one = engine()
    alone = one.apply([tick(HALF_DAY), tick(HALF_DAY + 1, 300.0), tick(HALF_DAY + 2, 100.5), heartbeat(HALF_DAY + 60_000)])
    assert alone.counts == {"applied": 2, "absurd": 1, "heartbeat": 1}
    assert alone.bars[0].high == 100.5
    both = one.apply([tick(HALF_DAY + 60_001, 300.0), tick(HALF_DAY + 60_002, 310.0), heartbeat(HALF_DAY + 120_000)])
    assert both.counts == {"applied": 2, "heartbeat": 1}
    assert (both.bars[0].open, both.bars[0].high) == (300.0, 310.0)


def test_volume_before_the_first_tick_of_a_running_session_is_not_counted() -> None:
    one = engine()
    middle = HALF_DAY + 3_600_000
    output = one.apply([tick(middle, day_volume=9e6), tick(middle + 1, day_volume=9e6 + 50), heartbeat(middle + 60_000)])
    assert output.bars[0].volume == 50
    opening = int(hours("NYSE").open[list(hours("NYSE").date).index(20241202)])
    output = one.apply([tick(opening, day_volume=700.0), tick(opening + 5, day_volume=650.0), heartbeat(opening + 60_000)])
    assert [bar.volume for bar in output.bars if bar.ts_open == opening] == [700.0]


def test_quotes_have_the_day_and_the_previous_close() -> None:
    one = engine()
    opens, closes = hours("NYSE").open, hours("NYSE").close
    first = one.apply([tick(int(opens[0]), 100.0), tick(int(opens[0]) + 5, 104.0), heartbeat(int(closes[0]))]).quotes[-1]
    assert (first.prev_close, first.day_open, first.day_high, first.day_volume) == (None, 100.0, 104.0, 2.0)
    second = one.apply([tick(int(opens[1]), 102.0)]).quotes[-1]
    assert (second.prev_close, second.change, second.day_open, second.year_high) == (104.0, -2.0, 102.0, 104.0)
    assert second.change_percent == pytest.approx(-2 / 104)
    after_hours = one.apply([tick(int(closes[1]) + 1, 103.0)]).quotes[-1]
    assert (after_hours.last_price, after_hours.day_open, after_hours.prev_close) == (103.0, 102.0, 104.0)


def test_moving_windows_down_changes_no_output() -> None:
    """A symbol that trades round the clock fills its window of minutes again and again."""
    start = int(hours("CRYPTO").open[0])
    log = [tick(start + i * 60_000, 100 + (i * 7919 % 997) / 100, symbol="DDD") for i in range(1500)]
    one, other, parts = engine(), engine(), EngineOutcome()
    whole = one.apply(log)
    for first in range(0, len(log), 77):
        add(parts, other.apply(log[first : first + 77]))
        other = restarted(other, parts.bars)
    assert (whole.rows, whole.signals, one.snapshot()) == (parts.rows, parts.signals, other.snapshot())
    assert len(whole.bars) > 1499


def test_a_state_with_other_bars_is_refused() -> None:
    one = engine()
    output = one.apply([tick(HALF_DAY), heartbeat(HALF_DAY + 60_000)])
    table = stored(output.bars)
    assert restarted(one, output.bars).snapshot() == one.snapshot()
    short = {key: bars[:-1] for key, bars in table.items()}
    with pytest.raises(UnreadableStateError, match="stored bars"):
        Engine.restore(one.snapshot(), short, market(), LISTED, series())
    with pytest.raises(UnreadableStateError):
        Engine.restore(one.snapshot()[:-9], table, market(), LISTED, series())


def test_more_sources_than_there_is_room_for_are_dropped() -> None:
    ticks = [Tick(symbol="AAA", price=100.0 + i, ts_event=HALF_DAY + i, ts_init=HALF_DAY + i, source=f"s{i}") for i in range(20)]
    assert engine().apply(ticks).counts == {"applied": 16, "source": 4}
