"""Briefings: from stored data, built once for all who get the same one, after the close of a market, also over restarts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from matplotlib.text import Text

from services.notifier.adapters.charts.briefings import briefing_figure
from services.notifier.delivery.briefing_schedule import BriefingSchedule
from services.notifier.domain.briefings.building import Audience, MarketPeriod, built, measured
from services.notifier.domain.briefings.closing import holidays, last_closed, next_sessions
from services.notifier.domain.briefings.moves import DailyBar
from services.notifier.domain.briefings.picture import briefing_chart
from services.notifier.domain.briefings.text import caption, title, whole_text
from services.notifier.domain.briefings.universe import Listed, Market, Names, Universe
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.picture_data import BriefingChart
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import plain
from shared import wire as encoding
from shared.calendars import Sessions, sessions
from shared.db import Database
from shared.events import Reaction, Signal, Story, StoryArticle, StoryLink
from shared.tables import bars as bar_table
from shared.tables import briefings as briefing_table
from shared.tables import instruments, markets, signals, stories
from tests.databases import on_sqlite
from tests.notifier.parts import APPLE, NOW, SESSIONS, ManualClock, Parts, signal
from tests.notifier.telegram.markup import parsed_length
from tests.notifier.test_bot import BotUser, bot_user
from tests.notifier.test_pictures import CountingRenderer
from tests.notifier.test_setup import list_industries
from tests.notifier.test_texts import QUALITY
from tests.until import until

HOUR = 3_600_000
DAYS = (20240617, 20240618, 20240620, 20240621, 20240624, 20240625, 20240626, 20240627, 20240628, 20240701)
"""Sessions of the NYSE up to ``NOW``, which is the close of the last one; 20240619 was a holiday."""


def nyse() -> Sessions:
    return sessions("NYSE", dt.date(2024, 1, 1), dt.date(2024, 12, 31), None, SESSIONS)


def closes_at(day: int) -> int:
    found = nyse()
    return int(found.close[list(found.date).index(day)])


def opens_at(day: int) -> int:
    found = nyse()
    return int(found.open[list(found.date).index(day)])


def bar(day: int, price: float, *, opened: float | None = None) -> DailyBar:
    return DailyBar(day, opens_at(day), closes_at(day), price if opened is None else opened, price, replayed=False)


US = Market("us", Names("US market", "미국 시장"), ("NYSE", "NASDAQ"), "", ("^GSPC", "SPY"))
UNIVERSE = Universe(
    (US,),
    {symbol: Listed(symbol, "NASDAQ", kind) for symbol, kind in
     (("AAPL", "stock"), ("MSFT", "stock"), ("NVDA", "stock"), ("OLD", "stock"), ("SPY", "etf"), ("^GSPC", "index"))},
    {"phones": Names("Phones", "휴대폰"), "chips": Names("Chips", "칩")},
    {"phones": frozenset({"AAPL"}), "chips": frozenset({"NVDA", "OLD"})},
)  # fmt: skip
INDEX = InstrumentIndex(
    [KnownInstrument("AAPL", "Apple", "애플", "USD", "stock"), KnownInstrument("^GSPC", "S&P 500", "S&P 500", "USD", "index")]
)


def fired(day: int, symbol: str, direction: str = "up", **more: Any) -> Signal:
    return signal(0, symbol, ts_event=closes_at(day), direction=direction, **more)


def story(importance: float, symbol: str, **more: Any) -> Story:
    article = StoryArticle(id="a", feed="f", publisher="P", url="https://news.example/1", title="T", language="en", seen=NOW)
    fields: dict[str, Any] = {
        "id": f"{symbol}{importance}",
        "revision": 1,
        "title": "Chips & phones",
        "language": "en",
        "category": StoryLink(name="company", reason="rule"),
        "instruments": (StoryLink(name=symbol, reason="name"),),
        "importance": importance,
        "articles": (article,),
        "first_seen": NOW - HOUR,
        "ts_event": NOW,
        "ts_init": NOW,
        "source": "feeds",
    }
    return Story(**fields | more)


def period(kind: Any = "daily", **more: Any) -> MarketPeriod:
    fields: dict[str, Any] = {
        "universe": UNIVERSE,
        "bars": {
            "AAPL": [bar(day, 100.0 + i) for i, day in enumerate(DAYS)],
            "MSFT": [*(bar(day, 50.0) for day in DAYS[:-1]), bar(DAYS[-1], 49.0)],
            "NVDA": [bar(day, 10.0) for day in DAYS],
            "OLD": [bar(day, 5.0) for day in DAYS[:-1]],
            "^GSPC": [*(bar(day, 5_400.0) for day in DAYS[:-1]), bar(DAYS[-1], 5_454.0)],
        },
        "index_closes": (5_400.0, 5_454.0),
        "signals": [fired(DAYS[-1], "AAPL"), fired(DAYS[-1], "NVDA", quality=QUALITY)],
        "earlier": [fired(20240624, "AAPL"), fired(20240624, "MSFT", "down"), fired(20240628, "OLD")],
        "stories": [story(0.9, "NVDA", reactions=(Reaction(symbol="NVDA", hour=0.011), Reaction(symbol="GONE", hour=0.5)))],
        "calendars": [nyse()],
    }
    since = closes_at(DAYS[-2])
    return MarketPeriod(kind=kind, market=US, day=DAYS[-1], since=since, until=NOW, **fields | more)


def test_moves_breadth_leaders_signals_and_outcomes_of_a_day() -> None:
    found = built(measured(period(), "en", INDEX), Audience("en", "UTC"))
    assert [(each.symbol, each.move) for each in found.indices] == [("^GSPC", 0.01)], "SPY has no bars"
    breadth = found.breadth
    assert (breadth.advances, breadth.declines, breadth.unchanged, breadth.missing) == (1, 1, 1, 1), "OLD did not trade"
    assert breadth.median_move == 0
    assert [each.name for each in breadth.leaders] == ["Apple", "NVDA", "MSFT"]
    assert [(each.slug, each.median_move, each.missing) for each in found.industries] == [
        ("phones", 0.009259, 0),
        ("chips", 0.0, 1),
    ]
    assert [each.symbol for each in found.newest_signals] == ["NVDA", "AAPL"], "a validated record comes first"
    assert "out of sample" in found.newest_signals[0].record
    assert (found.outcomes.signals, found.outcomes.known, found.outcomes.favourable) == (3, 2, 2)
    up, down = 109 / 105 - 1, 49 / 50 - 1
    assert found.outcomes.mean_move == pytest.approx((up - down) / 2, abs=1e-6), "from the open after the signal, in its direction"
    assert [(each.symbol, each.move) for each in found.outcomes.newest if each.symbol == "MSFT"] == [("MSFT", -0.02)]
    assert [each.symbol for each in found.stories[0].reactions] == ["NVDA"]


def test_a_week_is_measured_from_the_close_before_it() -> None:
    days = [bar(day, 100.0 + i) for i, day in enumerate(DAYS[:-1])]
    weekly = period("weekly", bars={"AAPL": days}, earlier=[])
    found = built(measured(changed(weekly, day=20240628), "en", INDEX), Audience("en", "UTC", ("AAPL",)))
    assert found.watched[0].move == round(108 / 103 - 1, 6), "Friday against the Friday before"
    assert found.outcomes.mean_move is None
    assert found.sessions[0].day == 20240701


def changed(of: MarketPeriod, **more: Any) -> MarketPeriod:
    return MarketPeriod(**{name: getattr(of, name) for name in of.__dataclass_fields__} | more)


def test_an_audience_gets_its_own_part() -> None:
    mine = built(measured(period(), "ko", INDEX), Audience("ko", "Asia/Seoul", ("AAPL",), ("chips",)))
    assert [each.name for each in mine.watched] == ["애플"]
    assert [each.slug for each in mine.industries] == ["chips"]
    assert {each.symbol for each in mine.newest_signals} == {"AAPL", "NVDA"}, "members of its industries too"
    other = built(measured(period(), "ko", INDEX), Audience("ko", "Asia/Seoul", ("MSFT",)))
    assert (other.signals, other.stories) == (0, ())
    assert other.industry_moves == mine.industry_moves, "one picture for all"


def test_the_next_session_its_early_close_and_holidays() -> None:
    assert [(each.day, each.early) for each in next_sessions([nyse()], 20240701)] == [(20240702, False)]
    assert [(each.day, each.early) for each in next_sessions([nyse()], 20240702)] == [(20240703, True)]
    assert [each.day for each in holidays([nyse()], 20240703, "daily")] == [20240704]
    assert holidays([nyse()], 20240701, "daily") == ()
    assert [each.day for each in holidays([nyse()], 20240628, "weekly")] == [20240704]
    early = msgspec.structs.replace(built(measured(changed(period(), day=20240702), "en", INDEX), Audience("en", "Asia/Seoul")))
    assert "Wed, Jul 3, 2024 22:30-02:00 +1 Seoul (NYSE), early close" in plain(whole_text(early, INDEX))


def test_a_briefing_is_begun_after_the_close_and_for_twelve_hours() -> None:
    assert last_closed([nyse()], NOW + 599_000) is None or last_closed([nyse()], NOW + 599_000).day == 20240628  # type: ignore[union-attr]
    found = last_closed([nyse()], NOW + 600_000)
    assert found is not None
    assert (found.day, found.close, found.ends_week) == (20240701, NOW, False)
    assert last_closed([nyse()], NOW + 13 * HOUR) is None
    friday = last_closed([nyse()], closes_at(20240705) + HOUR)
    assert friday is not None
    assert friday.ends_week


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_briefing_fits_a_message_and_a_caption_for_all_values(language: str) -> None:
    names = {f"{'Q' * 20}{i}": KnownInstrument(f"{'Q' * 20}{i}", "<b>" * 60, "가" * 200, "KRW", "stock") for i in range(40)}
    universe = Universe(
        (US,),
        {symbol: Listed(symbol, "NASDAQ", "stock") for symbol in names},
        {f"i{i}": Names("<i>" * 60, "나" * 200) for i in range(20)},
        {f"i{i}": frozenset(names) for i in range(20)},
    )
    of = period(
        universe=universe,
        bars={symbol: [bar(DAYS[-2], 1e-9), bar(DAYS[-1], 1e14)] for symbol in names},
        signals=[fired(DAYS[-1], symbol, rule="x" * 48, params={}) for symbol in names],
        earlier=[fired(DAYS[-3], symbol, rule="x" * 48, params={}) for symbol in names],
        stories=[story(i / 9, next(iter(names)), title="&<" * 150, title_ko="&" * 300) for i in range(9)],
    )
    index = InstrumentIndex(names.values())
    for audience in (Audience(language, "UTC"), Audience(language, "Asia/Seoul", tuple(names))):
        found = msgspec.structs.replace(built(measured(of, language, index), audience), replayed=True)
        assert parsed_length(whole_text(found, index)) <= 4096
        short = caption(found, index)
        assert parsed_length(short) <= 1024
        assert plain(short).splitlines()[0] == f"📊 {title(found)}", "the heading stays"
        assert "⏪" in short


def test_nothing_is_invented_where_nothing_is_stored() -> None:
    found = built(
        measured(period(bars={}, index_closes=(), signals=[], earlier=[], stories=[]), "en", INDEX), Audience("en", "UTC")
    )
    assert (found.indices, found.industries, found.breadth.median_move, found.outcomes.mean_move) == ((), (), None, None)
    lines = plain(whole_text(found, INDEX)).splitlines()
    assert lines[1:] == ["Next session", "Tue, Jul 2, 2024 13:30-20:00 UTC (NYSE)", "Not investment advice"]
    assert briefing_chart(found, "x", dark=False) is None


def test_every_glyph_of_the_picture_exists() -> None:
    found = built(measured(period(), "ko", INDEX), Audience("ko", "Asia/Seoul"))
    chart = briefing_chart(found, title(found), dark=True)
    assert chart is not None
    figure = briefing_figure(chart)
    figure.canvas.draw()
    texts = {str(each.get_text()) for each in figure.findobj(Text)}
    assert {"미국 시장: 2024년 7월 1일 (월)", "휴대폰", "+0.93%", "S&P 500", "산업별 등락률 중앙값"} <= texts
    assert not any("?" in text for text in texts), "no glyph is missing"
    with pytest.raises(ValueError, match="finite"):
        briefing_figure(BriefingChart(title="", index="", closes=(1.0, float("nan")), industries=(), heading=""))


async def store_market(database: Database, *, days: tuple[int, ...] = DAYS) -> None:
    """The US market with an index and two stocks, their bars, a signal and a story."""
    rows = [
        APPLE | {"symbol": symbol, "name_en": name, "name_ko": name, "kind": kind, "aliases": "[]"}
        for symbol, name, kind in (("^GSPC", "S&P 500", "index"), ("MSFT", "Microsoft", "stock"))
    ]
    market = {"market": "us", "place": 0, "name_en": "US market", "name_ko": "미국 시장", "suffix": ""}
    lists = {"exchanges": '["NYSE","NASDAQ"]', "benchmarks": '["^GSPC"]'}
    one, told = fired(20240624, "AAPL"), story(0.8, "AAPL")
    fired_row = {"id": one.id, "symbol": "AAPL", "timeframe": "1d", "rule": one.rule, "direction": "up", "ts_event": one.ts_event}
    story_row = {"id": told.id, "revision": 1, "first_seen": told.first_seen, "language": "en", "category": "company"}
    story_row |= {"importance": 0.8, "search": "", "body": encoding.encode(told).decode(), "pending": False}
    async with database.begin() as connection:
        await connection.execute(instruments.insert(), rows)
        await connection.execute(markets.insert(), [market | lists])
        await connection.execute(signals.insert(), [fired_row | {"body": encoding.encode(one).decode()}])
        await connection.execute(stories.insert(), [story_row])
    await store_days(database, days)


async def store_days(database: Database, days: tuple[int, ...]) -> None:
    rows = [
        {"symbol": symbol, "timeframe": "1d", "ts_close": closes_at(day), "ts_open": opens_at(day), "session": day, "open": price,
         "high": price, "low": price, "close": price + DAYS.index(day), "volume": 1.0, "price_factor": 1.0, "split_factor": 1.0,
         "source": "test", "replayed": False}
        for symbol, price in (("^GSPC", 5_400.0), ("AAPL", 100.0), ("MSFT", 50.0))
        for day in days
    ]  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(bar_table.insert(), rows)


def schedule(parts: Parts, clock: ManualClock) -> BriefingSchedule:
    return BriefingSchedule(
        parts.briefings, parts.calendars, parts.chats, parts.deliveries, "telegram", clock.clock(), parts.sender.wake
    )


async def stored(parts: Parts) -> list[Any]:
    async with parts.database.connect() as connection:
        return list((await connection.execute(briefing_table.select().order_by(briefing_table.c.audience))).all())


async def test_each_briefing_is_built_once_and_each_chat_gets_one(database_url: str) -> None:
    async with bot_user(database_url) as user:
        parts, clock = user.parts, ManualClock(3600.0)
        await list_industries(parts.database)
        await store_market(parts.database, days=DAYS[:-1])
        await parts.instruments.refresh()
        for number, more in (
            (1, {}),
            (2, {}),
            (3, {"muted_until": NOW + 9 * HOUR}),
            (4, {"briefings": "weekly"}),
            (5, {"active": False}),
        ):
            chosen: dict[str, Any] = {"language": "en", "zone": "UTC", "briefings": "daily", "briefing_thread_id": number} | more
            await parts.chats.save(Chat("telegram", f"{number}", **chosen), NOW)
        await parts.chats.watch(Chat("telegram", "2").address, ["AAPL"], NOW)
        await schedule(parts, clock).once()
        assert await stored(parts) == [], "the bars of the session are not stored yet"
        await store_days(parts.database, DAYS[-1:])
        for _ in range(2):  # a process that began again
            await schedule(parts, clock).once()
            rows = await stored(parts)
            assert sorted((row.language, row.audience == "") for row in rows) == [("en", False), ("en", True), ("ko", True)]
            sent = {row.chat_id: (row.kind, row.status, row.thread_id) for row in await parts.rows()}
            assert sent == {"1": ("briefing", "pending", 1), "2": ("briefing", "pending", 2), "3": ("briefing", "muted", 3)}
        personal = msgspec.json.decode(rows[-1].body)
        assert personal["text"].startswith("📊 US market: Mon, Jul 1, 2024\nS&P 500 5,409.00 (+0.02%)")
        assert (
            "Signals of the week before: 1\nSince the next open: mean +9.00% in the signal's direction, 1 of 1 above zero"
            in personal["text"]
        )
        assert "• Chips & phones" in personal["text"]


@on_sqlite
async def test_a_briefing_on_demand_and_after_the_close(database_url: str) -> None:
    clock, renderer = ManualClock(3600.0), CountingRenderer()
    async with bot_user(database_url, clock=clock.clock(), renderer=renderer) as user:
        await list_industries(user.parts.database)
        await user.ask("/lang en")
        assert "no session is stored" in await user.ask("/brief")
        await store_market(user.parts.database)
        await user.parts.instruments.refresh()
        await user.ask("/watch AAPL")
        assert "US market: Mon, Jul 1, 2024" in await user.ask("/brief")
        weekly = await user.press("🗓 Of the week")
        assert "US market: the week to Mon, Jul 1, 2024" in weekly.text
        assert "There are no briefings of 'mars'. There are: US market (<code>us</code>)" in await user.ask("/brief mars")
        assert "📊" in await user.ask("/brief 미국"), "without the word market"
        await user.ask("/lang ko")
        assert "미국 시장: 2024년 7월 1일" in await user.ask("/brief 미국 시장")
        assert (await user.press("📄 전체 보기")).method == "sendMessage"
        await choose(user)
        async with user.parts.sending():
            before = len(user.telegram.accepted)
            await schedule(user.parts, clock).once()
            await until(lambda: len(user.telegram.accepted) > before, 10, "the briefing")
        message = user.telegram.accepted[-1]
        assert message.method == "sendPhoto"
        assert "brief us daily whole" in message.actions
        assert "관심 종목\n애플 109.00 USD (+0.93%)" in plain(message.text)
        assert "다음 거래일\n2024년 7월 2일 (화) 22:30-05:00 +1 서울" in plain(message.text)
        assert len({each.title for each in renderer.requests}) == 3, "the week and the day, in English and Korean"
        assert len(renderer.requests) == len(set(map(repr, renderer.requests))), "each is drawn once"


async def choose(user: BotUser) -> None:
    """Which briefings, and of which markets, by buttons; each screen leads back."""
    await user.ask("/settings")
    shown = await user.press("settings briefings")
    assert "settings" in shown.actions
    assert "✅ 매일" in (await user.press("매일")).labels
    assert "✅ 미국 시장" in (await user.press("미국 시장")).labels
    found = await user.parts.chats.get("telegram", "7")
    assert found is not None
    assert (found.briefings, found.briefing_markets) == ("daily", "us")
    assert "✅ 관심 종목의 시장" in (await user.press("미국 시장")).labels
