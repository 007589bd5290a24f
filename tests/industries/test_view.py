"""The live view, from topics and database, against the plain definitions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.industries.domain.closes import KEPT, Close, Closes
from services.analysis.industries.domain.industry_view import view
from services.analysis.industries.domain.market_state import MarketState
from services.analysis.industries.domain.signals_today import SignalsToday
from services.analysis.kernels.groups.roster import ClassifiedInstrument, MarketDefinition, Roster, roster
from shared.events import Bar, IndustryView, Quote, Signal, Timeframe, signal_id
from tests.industries import plain

DAY = 86_400_000
LISTINGS = [
    ClassifiedInstrument("AAA", "NYSE", "stock", ("chips",)),
    ClassifiedInstrument("BBB", "NASDAQ", "stock", ("chips",)),
    ClassifiedInstrument("CCC", "KRX", "stock", ("chips",)),
    ClassifiedInstrument("BULL", "NYSE", "etf", ("chips",)),
    ClassifiedInstrument("^US", "NYSE", "index"),
    ClassifiedInstrument("SPY", "NYSE", "etf"),
]
MARKETS = [
    MarketDefinition("us", "US", "미국", ("NYSE", "NASDAQ"), "", ("^US", "SPY")),
    MarketDefinition("korea", "Korea", "한국", ("KRX",), "", ("^KR",)),
    MarketDefinition("all", "All", "전체", ("NYSE", "NASDAQ", "KRX"), "", ()),
]
ROSTER = roster(LISTINGS, {"chips": ("Chips", "반도체"), "empty": ("Empty", "빈")}, MARKETS)


def ts(session: int) -> int:
    day = plain.date(session)
    return int(dt.datetime(day.year, day.month, day.day, 20, tzinfo=dt.UTC).timestamp() * 1000)


def day(n: int) -> int:
    return int((dt.date(2024, 1, 1) + dt.timedelta(days=n)).strftime("%Y%m%d"))


def bar(symbol: str, session: int, close: float, **more: Any) -> Bar:
    fields: dict[str, Any] = {"timeframe": Timeframe.D1, "open": close, "high": close, "low": close, "close": close, "volume": 1.0}
    at = ts(session)
    return Bar(symbol=symbol, ts_open=at - DAY // 4, ts_event=at, ts_init=at, session=session, source="test", **fields | more)


def quote(symbol: str, session: int, price: float, before: float | None, **more: Any) -> Quote:
    change = None if before is None else price / before - 1
    fields: dict[str, Any] = {"ts_event": ts(session) - 1000, "ts_init": ts(session) - 900, "source": "test", "session": session}
    return Quote(symbol=symbol, last_price=price, prev_close=before, change_percent=change, **fields | more)


def signal(symbol: str, at: int, rule: str = "ema_cross", direction: Any = "up", **more: Any) -> Signal:
    return Signal(
        id=signal_id(rule, 1, {}, direction, symbol, "15m", at), rule=rule, rule_version=1, params={}, direction=direction,
        symbol=symbol, timeframe=Timeframe.M15, ts_event=at, ts_init=at, price=1.0, evidence={}, **more,
    )  # fmt: skip


def state(who: Roster = ROSTER) -> MarketState:
    made = MarketState()
    made.set_roster(who)
    return made


def view_of(made: MarketState, industry: str = "chips") -> IndustryView | None:
    group = next(group for group in made.roster.groups if group.industry == industry)
    return view(group, made, made.closes.ends(made.roster.exchanges))


def some(made: MarketState, industry: str = "chips") -> IndustryView:
    found = view_of(made, industry)
    assert found is not None
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sets(st.sampled_from(["AAA", "BBB", "CCC"])), st.booleans())
def test_a_view_is_what_the_definitions_say(seed: int, late: set[str], has_index: bool) -> None:
    """Closes of some 230 sessions with gaps; today is open for some, and others have not traded in it."""
    random, today = np.random.default_rng(seed), day(240)
    names = ["AAA", "BBB", "CCC", "SPY", *(["^US"] if has_index else [])]
    histories: dict[str, dict[int, float]] = {}
    made = state()
    for name in names:
        price, first = 100.0, int(random.integers(0, 215))
        histories[name] = {}
        for n in range(first, 240):
            price = round(price * float(random.choice([1.0, 1.03, 0.98])), 2)
            if random.random() < 0.95 or n == 239:
                histories[name][day(n)] = price
                made.put_bar(bar(name, day(n), price * 2, price_factor=0.5))
    forming = {}
    for name in ("AAA", "BBB", "CCC"):
        last = histories[name][day(239)]
        if name in late:
            made.put_quote(quote(name, day(239), last, last))
        else:
            forming[name] = histories[name] | {today: round(last * float(random.choice([0.97, 1.0, 1.01])), 2)}
            made.put_quote(quote(name, today, forming[name][today], last))
    found = some(made)
    exchange = {"AAA": "NYSE", "BBB": "NASDAQ", "CCC": "KRX"}
    # An exchange without a trade today is still in its previous session.
    moved = [plain.move(forming[n], today) if n in forming else 0.0 for n in exchange]
    up, down, still, missing, median = plain.breadth(moved)
    assert (found.advances, found.declines, found.unchanged, found.missing) == (up, down, still, missing)
    assert found.median_move == pytest.approx(median, abs=1e-6)
    for member in found.members:
        name = member.symbol
        now = forming.get(name, histories[name])
        assert member.above_sma_50 == plain.above(now, 50, max(now))
        assert member.above_sma_200 == plain.above(now, 200, max(now))
        others = [histories[other] for other in exchange if other != name]
        index = histories["^US" if has_index else "SPY"]
        for n in (20, 63, 126):
            due = plain.strength(histories[name], others, n, day(239))
            got = getattr(member.against_industry, f"over_{n}", None)
            assert got == (None if due is None else pytest.approx(due, abs=1e-6)), (name, n)
            due = plain.strength(histories[name], [index], n, day(239)) if name != "CCC" else None
            got = getattr(member.against_market, f"over_{n}", None)
            assert got == (None if due is None else pytest.approx(due, abs=1e-6)), (name, n)
        for n in (63, 126):
            pair = plain.comovement(histories[name], [index], n, day(239)) if name != "CCC" else (None, None)
            for measure, value in zip(("beta", "correlation"), pair, strict=True):
                got = getattr(member.with_market, f"{measure}_{n}", None)
                assert got == (None if value is None else pytest.approx(value, abs=1e-6)), (name, measure, n)
    flags = [m.above_sma_50 for m in found.members if m.above_sma_50 is not None]
    assert found.sma_50_of == len(flags)
    assert found.above_sma_50 == (pytest.approx(sum(flags) / len(flags), abs=1e-6) if flags else None)


def test_funds_and_indices_are_no_members_and_markets_are_groups_too() -> None:
    assert {group.industry: group.members for group in ROSTER.groups} == {
        "chips": ("AAA", "BBB", "CCC"),
        "us": ("AAA", "BBB"),
        "korea": ("CCC",),
        "all": ("AAA", "BBB", "CCC"),
    }
    assert ROSTER.symbols == {"AAA", "BBB", "CCC", "^US", "SPY", "^KR"}


def test_there_is_no_view_before_the_first_quote() -> None:
    made = state()
    assert view_of(made) is None
    made.put_quote(msgspec.structs.replace(quote("AAA", day(6), 1.0, None), session=0))  # outside of any session
    assert view_of(made) is None


def test_members_without_a_trade_today_are_missing_and_each_exchange_has_its_own_day() -> None:
    made = state()
    for symbol in ("AAA", "DDD", "CCC"):
        made.put_quote(quote(symbol, day(5), 11.0, 10.0, replayed=symbol == "CCC"))
    wider = roster([*LISTINGS, ClassifiedInstrument("DDD", "NYSE", "stock", ("chips",))], {"chips": ("Chips", "반도체")}, MARKETS)
    made.set_roster(wider)
    made.put_quote(quote("AAA", day(6), 10.0, 10.0))
    found = some(made)
    assert (found.advances, found.unchanged, found.missing) == (1, 1, 2)  # CCC up, AAA still; DDD of yesterday, BBB never
    assert found.session == day(6)
    assert found.replayed
    assert not some(made, "us").replayed
    assert [member.session for member in found.members] == [day(6), 0, day(5), day(5)]
    assert found.ts_event == ts(day(6)) - 1000
    assert [mover.symbol for mover in found.leaders] == ["CCC", "AAA"]
    assert found.laggards == ()


def test_a_quote_without_a_move_is_missing() -> None:
    made = state()
    made.put_quote(quote("AAA", day(6), 10.0, None))
    found = some(made)
    assert (found.missing, found.median_move, found.leaders) == (3, None, ())


def test_only_signals_of_today_on_closed_bars_count_each_once() -> None:
    made = state()
    for session in (day(4), day(5)):
        made.put_bar(bar("AAA", session, 10.0))
        made.put_bar(bar("CCC", session, 10.0))
    made.put_quote(quote("AAA", day(6), 11.0, 10.0))
    made.put_quote(quote("CCC", day(5), 11.0, 10.0))  # Korea has not begun
    for each in (
        signal("AAA", ts(day(5))),  # on the close of yesterday's bar
        signal("AAA", ts(day(5)) + 1, direction="down"),
        signal("AAA", ts(day(6)), rule="gap"),
        signal("AAA", ts(day(6)), rule="gap"),
        signal("AAA", ts(day(6)), rule="rsi_mid", provisional=True),
        signal("CCC", ts(day(5))),
        signal("ZZZ", ts(day(6))),
    ):
        made.put_signal(each)
    found = some(made)
    assert (found.signals_up, found.signals_down) == (2, 1)
    assert {rule.rule: (rule.up, rule.down) for rule in found.signals_by_rule} == {"ema_cross": (1, 1), "gap": (1, 0)}
    made.forget(made.closes.ends(ROSTER.exchanges))
    assert some(made) == found
    made.put_bar(bar("AAA", day(6), 11.0))
    made.put_quote(quote("AAA", day(7), 11.0, 11.0))
    made.forget(made.closes.ends(ROSTER.exchanges))
    assert (some(made).signals_up, some(made).signals_down) == (1, 0)


def test_the_same_content_has_the_same_id_and_other_content_another() -> None:
    one, two = state(), state()
    for made in (one, two):
        for symbol in ("AAA", "CCC") if made is one else ("CCC", "AAA"):
            made.put_bar(bar(symbol, day(5), 10.0))
            made.put_quote(quote(symbol, day(6), 11.0, 10.0))
    assert some(one) == some(two)
    assert some(one).event_id == some(two).event_id
    two.put_bar(bar("BBB", day(5), 10.0))
    two.put_quote(quote("BBB", day(6), 9.0, 10.0))
    assert some(one).event_id != some(two).event_id


def test_the_state_is_bounded_and_changed_closes_are_read_again() -> None:
    closes = Closes()
    closes.keep({"A"})
    for n in range(KEPT + 50):
        assert closes.put("A", Close(day(n), n, 10.0))
        assert closes.put("B", Close(day(n), n, 10.0))
    assert len(closes.of("A")) == KEPT
    assert closes.of("B") == ()
    assert closes.put("A", Close(day(KEPT + 49), KEPT + 49, 10.0)), "the same again"
    assert not closes.put("A", Close(day(KEPT + 49), KEPT + 49, 5.0)), "another price: a split came"
    assert closes.put("A", Close(day(KEPT + 50), 1, float("nan"))), "no price"
    closes.replace("A", [Close(day(1), 1, 2.0), Close(day(KEPT + 48), 2, 2.0)])
    assert [close.price for close in closes.of("A")] == [2.0, 2.0, 5.0], "the newer session stays"
    fired = SignalsToday()
    for n in range(3000):
        fired.put(signal("A", n + 1))
    assert 0 < len(list(fired.since("A", 0))) < 3000


def test_an_older_quote_changes_nothing() -> None:
    made = state()
    made.put_quote(quote("AAA", day(6), 11.0, 10.0))
    made.put_quote(quote("AAA", day(5), 5.0, 10.0))
    assert made.quotes["AAA"].last_price == 11.0
