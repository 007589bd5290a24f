"""Series, windows, quotes and cache: what is in memory, and what is cut out of it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.market import Market
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import BarsQuery, after, parse
from services.gateway.domain.series import SLACK, Row, Series
from services.gateway.domain.windows import Line, Window, cut, holds, in_memory, merge, window
from services.gateway.handlers.cache import Answer, Cache, entry
from shared.events import Timeframe
from tests.gateway import market


def row(ts: int) -> Row:
    body = str(ts).encode()
    return Row(ts, ts, body, body)


@given(st.lists(st.integers(0, 400)))
def test_a_series_is_sorted_bounded_and_keeps_the_newest(times: list[int]) -> None:
    series = Series(limit=20)
    for ts in times:
        series.put(row(ts))
    assert series.times == sorted(set(series.times))
    assert [r.ts for r in series.rows] == series.times
    assert len(series.times) <= 20 + SLACK
    assert set(sorted(set(times))[-20:]) <= set(series.times)


def test_a_series_drops_the_oldest_when_it_is_full() -> None:
    series = Series(limit=10)
    for ts in range(10 + SLACK + 1):
        series.put(row(ts))
    assert len(series.times) == 10
    assert series.cut


@given(
    stored=st.sets(st.integers(1, 120)),
    oldest_live=st.integers(1, 120),
    start=st.integers(0, 130),
    end=st.integers(0, 130),
    limit=st.integers(1, 20),
    newest=st.booleans(),
    descending=st.booleans(),
)
def test_pages_of_memory_and_database_together_are_pages_of_the_truth(
    stored: set[int], oldest_live: int, start: int, end: int, limit: int, *, newest: bool, descending: bool
) -> None:
    """Memory has the rows from some time on, the database all: walking page by page gives each row once, in order."""
    series = Series(limit=1000)
    for ts in sorted(stored):
        if ts >= oldest_live:
            series.put(row(ts))
    truth = [ts for ts in sorted(stored) if start <= ts <= end]
    query = BarsQuery(
        "AAPL",
        start=None if newest and not descending else moment(start),
        end=moment(end),
        limit=limit,
        sort="desc" if descending else "asc",
    )
    if query.start is None:
        truth = [ts for ts in sorted(stored) if ts <= end][-limit:]
    told: list[int] = []
    for _ in range(200):
        wanted = window(query)
        live = in_memory(series, wanted, adjusted=False)
        kept = [] if holds(series, wanted) else table(stored, wanted)
        rows = merge(kept, live, wanted)
        found = cut(rows, wanted, query)
        assert len(found.lines) <= limit
        told += [ts for ts, _ in found.lines]
        if found.next_page_token is None:
            break
        query = BarsQuery("AAPL", start=query.start, end=query.end, limit=limit, sort=query.sort, page_token=found.next_page_token)
    assert told == (truth[::-1] if descending else truth)


def moment(ts: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=ts)


def table(stored: set[int], wanted: Window) -> list[Line]:
    rows = [(ts, str(ts).encode()) for ts in sorted(stored) if wanted.start <= ts <= wanted.end]
    return rows[-wanted.fetch :] if wanted.newest else rows[: wanted.fetch]


def test_a_bar_told_again_with_another_factor_makes_older_rows_stale() -> None:
    held = Market()
    for n in range(10):
        held.put_bar(market.bar(n=n))
    held.put_bar(market.bar(n=7, price_factor=0.25, split_factor=0.25))
    series = held.bars["AAPL", Timeframe.D1]
    assert series.oldest == market.bar(n=7).ts_event


HOURS = 3_600_000


@pytest.mark.parametrize("shift", [HOURS, -HOURS])
@pytest.mark.parametrize("bars_first", [True, False])
def test_a_bar_with_corrected_hours_replaces_the_bar_of_the_same_session(shift: int, bars_first: bool) -> None:
    """The order of bars and indicator rows is open: they come on different topics."""
    held = Market()
    days = [market.bar(n=n, ts_open=market.bar(n=n).ts_event - 6 * HOURS) for n in range(5)]
    corrected = [market.bar(n=n, ts_open=days[n].ts_open + shift, ts_event=days[n].ts_event + shift, close=7.0) for n in (2, 4)]
    rows = [market.indicators(n=n, ts_event=bar.ts_event) for n, bar in [*enumerate(days), *zip((2, 4), corrected, strict=True)]]
    if not bars_first:
        for row in rows:
            held.put_indicators(row)
    was_newest = [held.put_bar(bar)[1] for bar in [*days, *corrected]]
    if bars_first:
        for row in rows:
            held.put_indicators(row)
    assert was_newest == [True] * 5 + [False, True]
    expected = sorted(bar.ts_event for bar in (days[0], days[1], corrected[0], days[3], corrected[1]))
    assert held.bars["AAPL", Timeframe.D1].times == expected
    assert held.indicators["AAPL", Timeframe.D1].times == expected
    held.put_bar(days[2])
    held.put_indicators(rows[2])
    reverted = sorted({*expected, days[2].ts_event} - {corrected[0].ts_event})
    assert held.bars["AAPL", Timeframe.D1].times == held.indicators["AAPL", Timeframe.D1].times == reverted


def test_a_bar_that_is_longer_than_its_timeframe_replaces_nothing() -> None:
    held = Market()
    for n in range(10):
        held.put_bar(market.bar(n=n))
    held.put_bar(market.bar(n=11, ts_open=market.START - market.DAY))
    assert len(held.bars["AAPL", Timeframe.D1].times) == 11


def test_an_older_quote_of_the_same_source_is_not_taken() -> None:
    held = Market()
    assert held.put_quote(market.quote(n=5))
    assert not held.put_quote(market.quote(n=4))
    assert held.put_quote(market.quote(n=4, source="yahoo-stream"))
    assert held.quotes["AAPL"].event.source == "yahoo-stream"


def test_a_signal_is_taken_once() -> None:
    held = Market(max_signals=2)
    assert held.put_signal(market.signal(n=1))
    assert not held.put_signal(market.signal(n=1))
    for n in range(2, 6):
        held.put_signal(market.signal(n=n))
    assert [s.id for s in held.signals.values()] == [market.signal(n=4).id, market.signal(n=5).id]


def test_symbols_without_end_do_not_fill_the_memory() -> None:
    held = Market(max_series=50)
    for n in range(500):
        held.put_bar(market.bar(f"S{n}"))
        held.put_quote(market.quote(f"S{n}"))
    assert len(held.bars) == len(held.quotes) == 50
    assert ("S499", Timeframe.D1) in held.bars


@given(st.text(max_size=60).filter(lambda text: not text.startswith("Yn")))  # "Yn" is what "b|" begins with
def test_a_token_that_was_not_given_out_is_refused(token: str) -> None:
    with pytest.raises(RequestError) as refused:
        after("b", token, int)
    assert refused.value.field == "page_token"


@given(st.dictionaries(st.sampled_from(BarsQuery.__struct_fields__), st.text(max_size=30)))
def test_any_parameters_give_a_query_or_an_error_that_names_one(given_text: dict[str, str]) -> None:
    try:
        query = parse(given_text, BarsQuery)
    except RequestError as error:
        refused = error
    else:
        assert 1 <= query.limit <= 10_000
        return
    assert refused.field in BarsQuery.__struct_fields__
    assert refused.detail


def test_an_unescaped_plus_and_a_bare_date_are_understood() -> None:
    query = parse({"symbol": "AAPL", "start": "2024-01-02T09:00:00 09:00", "end": "2024-01-03"}, BarsQuery)
    assert query.start == dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    assert query.end == dt.datetime(2024, 1, 3, tzinfo=dt.UTC)


def test_the_cache_is_bounded_and_forgets_what_is_stale() -> None:
    right = True
    cache = Cache(max_entries=3, max_bytes=1_000_000)
    for n in range(5):
        cache.put(f"/{n}", entry(Answer(b"x" * 100, lambda: right)))
    assert len(cache.kept) == 3
    assert cache.get("/4") is not None
    right = False
    assert cache.get("/4") is None
    assert cache.bytes == sum(2 * len(e.answer.body) for e in cache.kept.values())


def test_an_answer_that_never_says_how_long_it_is_right_is_not_kept() -> None:
    cache = Cache()
    cache.put("/", entry(Answer(b"{}")))
    assert cache.get("/") is None


@pytest.mark.parametrize("token", ["", "AAAA", "Ynw5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_tokens_that_are_nearly_right_are_refused(token: str) -> None:
    with pytest.raises(RequestError, match="no token"):
        after("b", token, int)
