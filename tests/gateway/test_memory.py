"""Series, windows, quotes and the cache of answers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.bar_windows import BarWindow, JsonRow, bar_window, memory_covers, merge, row_page, rows_in_memory
from services.gateway.domain.market_memory import MarketMemory
from services.gateway.domain.page_tokens import parse_page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import BarsQuery
from services.gateway.domain.query_parsing import parse_query
from services.gateway.domain.series import SLACK, RowSeries, SeriesRow
from services.gateway.handlers.cache import Answer, Cache, cached_answer
from shared.events import Timeframe
from tests.gateway import market


def row(ts: int) -> SeriesRow:
    body = str(ts).encode()
    return SeriesRow(ts, ts, body, body)


@given(st.lists(st.integers(0, 400)))
def test_a_series_is_sorted_bounded_and_keeps_the_newest(times: list[int]) -> None:
    series = RowSeries(limit=20)
    for ts in times:
        series.put(row(ts))
    assert series.times == sorted(set(series.times))
    assert [r.ts for r in series.rows] == series.times
    assert len(series.times) <= 20 + SLACK
    assert set(sorted(set(times))[-20:]) <= set(series.times)


def test_a_series_drops_the_oldest_when_it_is_full() -> None:
    series = RowSeries(limit=10)
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
def test_pages_from_memory_and_database_have_every_row_once(
    stored: set[int], oldest_live: int, start: int, end: int, limit: int, *, newest: bool, descending: bool
) -> None:
    """Memory has the rows from some time on, the database has all: the pages have each row once, in order."""
    series = RowSeries(limit=1000)
    for ts in sorted(stored):
        if ts >= oldest_live:
            series.put(row(ts))
    expected = [ts for ts in sorted(stored) if start <= ts <= end]
    query = BarsQuery(
        "AAPL",
        start=None if newest and not descending else timestamp(start),
        end=timestamp(end),
        limit=limit,
        sort="desc" if descending else "asc",
    )
    if query.start is None:
        expected = [ts for ts in sorted(stored) if ts <= end][-limit:]
    received: list[int] = []
    for _ in range(200):
        window = bar_window(query)
        live = rows_in_memory(series, window, adjusted=False)
        stored_rows = [] if memory_covers(series, window) else table(stored, window)
        rows = merge(stored_rows, live, window)
        found = row_page(rows, window, query)
        assert len(found.rows) <= limit
        received += [ts for ts, _ in found.rows]
        if found.next_page_token is None:
            break
        query = BarsQuery("AAPL", start=query.start, end=query.end, limit=limit, sort=query.sort, page_token=found.next_page_token)
    assert received == (expected[::-1] if descending else expected)


def timestamp(ts: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=ts)


def table(stored: set[int], window: BarWindow) -> list[JsonRow]:
    rows = [(ts, str(ts).encode()) for ts in sorted(stored) if window.start <= ts <= window.end]
    return rows[-window.fetch :] if window.newest else rows[: window.fetch]


def test_a_bar_published_again_with_another_factor_drops_older_rows() -> None:
    memory = MarketMemory()
    for n in range(10):
        memory.put_bar(market.bar(n=n))
    memory.put_bar(market.bar(n=7, price_factor=0.25, split_factor=0.25))
    series = memory.bars["AAPL", Timeframe.D1]
    assert series.oldest == market.bar(n=7).ts_event


HOURS = 3_600_000


@pytest.mark.parametrize("shift", [HOURS, -HOURS])
@pytest.mark.parametrize("bars_first", [True, False])
def test_a_bar_with_corrected_hours_replaces_the_bar_of_the_same_session(shift: int, bars_first: bool) -> None:
    """Bars and indicator rows arrive in any order: they are on different topics."""
    memory = MarketMemory()
    days = [market.bar(n=n, ts_open=market.bar(n=n).ts_event - 6 * HOURS) for n in range(5)]
    corrected = [market.bar(n=n, ts_open=days[n].ts_open + shift, ts_event=days[n].ts_event + shift, close=7.0) for n in (2, 4)]
    rows = [market.indicators(n=n, ts_event=bar.ts_event) for n, bar in [*enumerate(days), *zip((2, 4), corrected, strict=True)]]
    if not bars_first:
        for row in rows:
            memory.put_indicators(row)
    was_newest = [memory.put_bar(bar)[1] for bar in [*days, *corrected]]
    if bars_first:
        for row in rows:
            memory.put_indicators(row)
    assert was_newest == [True] * 5 + [False, True]
    expected = sorted(bar.ts_event for bar in (days[0], days[1], corrected[0], days[3], corrected[1]))
    assert memory.bars["AAPL", Timeframe.D1].times == expected
    assert memory.indicators["AAPL", Timeframe.D1].times == expected
    memory.put_bar(days[2])
    memory.put_indicators(rows[2])
    reverted = sorted({*expected, days[2].ts_event} - {corrected[0].ts_event})
    assert memory.bars["AAPL", Timeframe.D1].times == memory.indicators["AAPL", Timeframe.D1].times == reverted


def test_a_bar_that_is_longer_than_its_timeframe_replaces_nothing() -> None:
    memory = MarketMemory()
    for n in range(10):
        memory.put_bar(market.bar(n=n))
    memory.put_bar(market.bar(n=11, ts_open=market.START - market.DAY))
    assert len(memory.bars["AAPL", Timeframe.D1].times) == 11


def test_an_older_quote_of_the_same_source_is_not_stored() -> None:
    memory = MarketMemory()
    assert memory.put_quote(market.quote(n=5))
    assert not memory.put_quote(market.quote(n=4))
    assert memory.put_quote(market.quote(n=4, source="yahoo-stream"))
    assert memory.quotes["AAPL"].event.source == "yahoo-stream"


def test_a_signal_is_stored_once() -> None:
    memory = MarketMemory(max_signals=2)
    assert memory.put_signal(market.signal(n=1))
    assert not memory.put_signal(market.signal(n=1))
    for n in range(2, 6):
        memory.put_signal(market.signal(n=n))
    assert [s.id for s in memory.signals.values()] == [market.signal(n=4).id, market.signal(n=5).id]


def test_memory_is_bounded_for_any_number_of_symbols() -> None:
    memory = MarketMemory(max_series=50)
    for n in range(500):
        memory.put_bar(market.bar(f"S{n}"))
        memory.put_quote(market.quote(f"S{n}"))
    assert len(memory.bars) == len(memory.quotes) == 50
    assert ("S499", Timeframe.D1) in memory.bars


@given(st.text(max_size=60).filter(lambda text: not text.startswith("Yn")))  # "Yn" is what "b|" begins with
def test_a_token_that_was_not_issued_is_rejected(token: str) -> None:
    with pytest.raises(RequestError) as rejected:
        parse_page_token("b", token, int)
    assert rejected.value.field == "page_token"


@given(st.dictionaries(st.sampled_from(BarsQuery.__struct_fields__), st.text(max_size=30)))
def test_any_parameters_give_a_query_or_an_error_that_names_a_field(given_text: dict[str, str]) -> None:
    try:
        query = parse_query(given_text, BarsQuery)
    except RequestError as error:
        rejected = error
    else:
        assert 1 <= query.limit <= 10_000
        return
    assert rejected.field in BarsQuery.__struct_fields__
    assert rejected.detail


def test_an_unescaped_plus_and_a_bare_date_are_parsed() -> None:
    query = parse_query({"symbol": "AAPL", "start": "2024-01-02T09:00:00 09:00", "end": "2024-01-03"}, BarsQuery)
    assert query.start == dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    assert query.end == dt.datetime(2024, 1, 3, tzinfo=dt.UTC)


def test_the_cache_is_bounded_and_drops_stale_answers() -> None:
    valid = True
    cache = Cache(max_entries=3, max_bytes=1_000_000)
    for n in range(5):
        cache.put(f"/{n}", cached_answer(Answer(b"x" * 100, lambda: valid)))
    assert len(cache.answers) == 3
    assert cache.get("/4") is not None
    valid = False
    assert cache.get("/4") is None
    assert cache.bytes == sum(2 * len(e.answer.body) for e in cache.answers.values())


def test_an_answer_without_a_validity_check_is_not_kept() -> None:
    cache = Cache()
    cache.put("/", cached_answer(Answer(b"{}")))
    assert cache.get("/") is None


@pytest.mark.parametrize("token", ["", "AAAA", "Ynw5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_malformed_tokens_are_rejected(token: str) -> None:
    with pytest.raises(RequestError, match="not a token"):
        parse_page_token("b", token, int)
