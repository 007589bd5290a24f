"""User conditions in the bot: replies, stored alerts, and who receives a signal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from services.analysis.live.adapters.warm_ups import WarmUpTable
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.condition_times import ResearchConditionTimes
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.parsing.parser import ProcessParser
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain import condition_replies, rule_texts
from services.notifier.domain.address import Address
from services.notifier.domain.alert_text import alert_text
from services.notifier.domain.condition_words import condition_words
from services.notifier.domain.conditions import ConditionAlert, parse_alert
from services.notifier.domain.formatting import format_time
from services.notifier.domain.instruments import InstrumentIndex, unknown_instrument
from services.notifier.domain.ports.conditions import HistoryError
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import CAPTION_LIMIT, plain, visible
from shared.conditions import PROBLEMS, ConditionError, parse
from shared.conditions.user_limits import MAX_EXTRA_TOTAL, MAX_PER_OWNER
from shared.db import Database, open_database
from shared.events import Signal, SymbolHistory
from shared.tables import industries, instrument_industries
from tests.notifier.parts import NOW, list_instruments, records, signal, wire
from tests.notifier.test_bot import bot_user
from tests.research.recorded import conditions, fill, recorded
from tests.research.role import client, job, started
from tests.research.role import running as research
from tests.servers import Broker
from tests.until import until

DAY_MS = 86_400_000
CONDITION = "rsi_14 < 30 and close > sma_200 on 1d"


def fired(number: int = 0, condition: str = CONDITION, **more: Any) -> Signal:
    return signal(number, rule="condition", params={}, level=None, condition=condition, **more)


async def test_a_condition_is_stored_listed_and_removed(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "rsi_14 &lt; 30" in await user.ask("/alert")
        answer = plain(await user.ask("/alert RSI_14<30 AND (close > sma_200) on 1D for 애플, 005930.KS"))
        assert "등록" in answer
        assert f"#1 {condition_words(CONDITION, 'ko')}\n" in answer
        assert f"\n{CONDITION}" in answer
        assert "애플, 삼성전자 · 봉 마감마다" in answer
        assert "이미" in await user.ask("/alert 30 > rsi_14 and close > sma_200 for AAPL, 삼성전자")
        assert "관심 종목이 없어" in await user.ask("/alert once_per_bar crosses_above(close, rsi_21) on 15m")
        await user.ask("/lang en")
        listed = plain(await user.ask("/alerts"))
        assert "Your alerts: 2" in listed
        assert "#2 the close crosses above RSI(21), on 15-minute bars\n    what you watch · once a bar (forming too)" in listed
        assert "no alert with that number" in await user.ask("/unalert 7")
        assert "removed" in await user.ask("/unalert #1")
        assert "Which number" in await user.ask("/unalert the first")
        kept = await ConditionTable(user.parts.database).for_chat("telegram", "7")
        assert [(one.number, one.frequency, one.scope, one.extra) for one in kept] == [(2, "once_per_bar", "watched", ("rsi_21",))]
        assert "removed" in await user.ask("/unalert all")
        assert "no alerts" in await user.ask("/alerts")


def test_an_alert_is_warming_up_while_an_expression_of_it_is() -> None:
    text = "close > highest(close, 20) and close[1] > open on 1d"
    alert = ConditionAlert("telegram", "7", 1, "id", text, "1d")
    for names, shown in (
        ({"highest(close, 20)"}, True),
        ({"close[1]"}, True),
        ({"highest(close, 5)", "close"}, False),
        ((), False),
    ):
        line = condition_replies.alert_line(alert, "en", InstrumentIndex(()), names)
        assert ("warming up" in line) is shown, names


async def test_the_reply_mentions_indicators_that_are_warming_up(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "warming up" not in await user.ask("/alert rsi_14 < 30")
        assert "warming up" in await user.ask("/alert rsi_21 < 30")  # requested for the first time
        assert "warming up" not in await user.ask("/alerts")
        table = WarmUpTable(user.parts.database)
        await table.report(3, ["rsi_21", "wma_30"], 12, NOW)
        first, second = plain(await user.ask("/alerts")).split("#")[1:]
        assert "warming up" not in first
        assert "warming up" in second
        await table.report(3, ["rsi_21"], 0, NOW)
        assert "warming up" in await user.ask("/alerts")
        await table.report(3, [], 0, NOW)
        assert "warming up" not in await user.ask("/alerts")


WRONG = [
    ("smaa_50 < 30", "혹시 sma_50", "did you mean sma_50", "smaa_50 < 30", 0),
    ("macd crosses signal", "macd crosses above signal", "write macd crosses above signal", "macd crosses signal", 5),
    ("close >", "빠졌습니다", "missing", "close >", 7),
    ("close > 3 on 2d for AAPL", "봉 주기", "no timeframe", "close > 3 on 2d", 13),
    ("close <bx> 3", "없는 지표", "no column", "close <bx> 3", 7),
]


async def test_a_condition_is_explained_in_the_language_of_the_chat(database_url: str) -> None:
    async with bot_user(database_url, parser=ProcessParser()) as user:
        assert "/explain rsi_14" in await user.ask("/explain")
        korean = plain(await user.ask("/explain 종가가 200일선 이상이고 RSI 30 이하"))
        assert korean == "일봉 기준: 종가가 200봉 이동평균 이상 그리고 RSI(14)가 30 이하\nclose >= sma_200 and rsi_14 <= 30 on 1d"
        await user.ask("/lang en")
        english = plain(await user.ask("/explain rsi_14 < 30 for 3 bars on 1h"))
        assert english == "(RSI(14) is below 30) on each of the last 3 bars, on 1-hour bars\nheld(rsi_14 < 30, 3) on 1h"
        assert "did you mean sma_50" in await user.ask("/explain smaa_50 > 3")
        assert "XYZZY" in await user.ask("/explain close > 3 for XYZZY")
        assert "is below 30" in await user.ask("/alert rsi_14 < 30 for AAPL")
        assert len(await ConditionTable(user.parts.database).for_chat("telegram", "7")) == 1


class KnownTimes:
    """A past in which a condition was true twice for one instrument."""

    def __init__(self, error: HistoryError | None = None) -> None:
        self.error = error
        self.stored = True
        self.asked: list[tuple[str, ...]] = []

    async def histories(self, condition: str, symbols: Sequence[str], most: int) -> tuple[SymbolHistory, ...]:
        if self.error is not None:
            raise self.error
        self.asked.append(tuple(symbols))
        return tuple(self.of(condition, symbol, most) for symbol in symbols)

    def of(self, condition: str, symbol: str, most: int) -> SymbolHistory:
        first = NOW - 5 * DAY_MS
        if not self.stored:
            return SymbolHistory(symbol=symbol, bars=0, held=0, unknown=0)
        held = (NOW, NOW - DAY_MS)[:most] if (condition, symbol) == ("close > 3 on 1d", "AAPL") else ()
        return SymbolHistory(symbol=symbol, bars=6, first_bar=first, last_bar=NOW, held=len(held), unknown=0, newest=held)


async def test_an_explanation_says_when_the_condition_was_true_last(database_url: str) -> None:
    times, first = KnownTimes(), format_time(NOW - 5 * DAY_MS)
    async with bot_user(database_url, condition_times=times) as user:
        assert "참이었던" not in await user.ask("/explain close > 3"), "nothing is watched"
        korean = plain(await user.ask("/explain close > 3 for AAPL, 005930.KS"))
        assert f"마지막으로 참이었던 때 {format_time(NOW)}, {format_time(NOW - DAY_MS)} · {first}부터 봉 6개 중 2개" in korean
        assert f"{first}부터 봉 6개 중 참이었던 적 없음" in korean
        await user.ask("/lang en")
        await user.ask("/watch 005930.KS, AAPL")
        answer = plain(await user.ask("/explain close > 3"))
        assert f"last true {format_time(NOW)}, {format_time(NOW - DAY_MS)} · on 2 of 6 bars since {first}" in answer
        assert f"never true on 6 bars since {first}" in answer
        times.stored = False
        assert "not known yet" in plain(await user.ask("/explain close > 3 for AAPL"))
        await user.ask("/lang ko")
        assert "아직 알 수 없음" in plain(await user.ask("/explain close > 3 for AAPL"))
        await user.ask("/lang en")
        assert times.asked == [("AAPL", "005930.KS"), ("005930.KS", "AAPL"), ("AAPL",), ("AAPL",)]
        times.error = HistoryError("unavailable")
        assert "is above 3" in (late := await user.ask("/explain close > 3"))
        assert "cannot be looked at now" in late
        times.error = HistoryError("unsupported")
        assert "cannot be evaluated over the past yet" in await user.ask("/explain close > 3")


async def test_the_bot_asks_analysis_when_a_condition_was_true_last(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url) as database:
        await fill(database)
    text = conditions()[0]
    closes = await recorded().fired(text, "AAA")
    with research(kafka.bootstrap, database_url, tmp_path):
        await started(tmp_path)
        async with client(kafka.bootstrap) as jobs:
            assert (await jobs.request(job(text, "AAA"), 90)).error is None  # loads the kernels
            times = ResearchConditionTimes(jobs, TimeAndRandom().now)
            async with bot_user(database_url, condition_times=times) as user:
                await user.ask("/lang en")
                answer = plain(await user.ask(f"/explain {text} for AAA"))
                assert "RSI(14) is below 45" in answer
                assert f"last true {format_time(closes[-1])}" in answer
                assert f"on {len(closes)} of " in answer

                async def past_of_industry() -> str:
                    answer = plain(await user.ask("/explain industry.breadth_50 > 0.5 for AAA"))
                    return "" if "cannot be looked at now" in answer else answer

                no_industry = await until(past_of_industry, 90, "an answer within the limit of a chat")
                assert "last true" not in no_industry
                assert "never true on " in no_industry, "its values are unknown"


async def test_errors_are_marked_in_the_text_in_both_languages(database_url: str) -> None:
    async with bot_user(database_url, parser=ProcessParser()) as user:
        for language in ("ko", "en"):
            await user.ask(f"/lang {language}")
            for text, korean, english, shown, place in WRONG:
                answer = await user.ask(f"/alert {text}")
                assert (korean if language == "ko" else english) in plain(answer)
                marked = re.search(r"<pre>(.*)\n( *)\^</pre>", answer)
                assert marked is not None
                assert (plain(marked[1]), len(marked[2])) == (shown, place)
        assert await ConditionTable(user.parts.database).for_chat("telegram", "7") == []


async def test_unknown_instruments_and_industries_are_named(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await add_industry(user.parts.database)
        assert "XYZZY" in await user.ask("/alert close > 1 for XYZZY")
        assert "semiconductors" in await user.ask("/alert close > 1 for industry:chips")
        assert "산업 반도체" in await user.ask("/alert close > 1 for industry: 반도체")
        assert [one.targets for one in await ConditionTable(user.parts.database).for_chat("telegram", "7")] == [("semiconductors",)]


async def test_alerts_and_indicators_are_limited(database_url: str) -> None:
    async with bot_user(database_url) as user:
        table = ConditionTable(user.parts.database)
        others = [wanted(parse(f"close > {n}").text, "8", extra=(f"sma_{n}",)) for n in range(MAX_EXTRA_TOTAL)]
        for other in others[: MAX_EXTRA_TOTAL - 1]:
            await table.add(other, NOW)
        await user.ask("/alert rsi_21 < 30")
        assert "더 받을 수 없습니다" in await user.ask("/alert rsi_22 < 30")
        assert "등록" in await user.ask("/alert rsi_21 < 31 and close > sma_200")
        await table.remove("telegram", "8", None)
        assert "10개까지" in await user.ask("/alert " + " or ".join(f"rsi_{n} < 30" for n in range(22, 32)))
        for n in range(MAX_PER_OWNER - 2):
            await table.add(wanted(parse(f"close > {n}").text, "7"), NOW)
        assert "20개까지" in await user.ask("/alert close > 100")
        assert "이미" in await user.ask("/alert rsi_21 < 30")


async def test_in_a_group_only_administrators_make_alerts(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "관리자" in await user.ask("/alert close > 1", -5, 1, "supergroup")
        assert "관리자" in await user.ask("/unalert 1", -5, 1, "supergroup")
        assert "조건 알림이 없습니다" in await user.ask("/alerts", -5, 1, "supergroup")


def wanted(text: str, chat_id: str = "7", **more: Any) -> ConditionAlert:
    condition = parse(text)
    return replace(ConditionAlert("telegram", chat_id, 0, condition.id, condition.text, str(condition.timeframe)), **more)


async def add_industry(database: Database) -> None:
    async with database.begin() as connection:
        row = {"industry": "semiconductors", "name_en": "Semiconductors", "name_ko": "반도체"}
        await connection.execute(industries.insert(), [row])
        await connection.execute(instrument_industries.insert(), [{"symbol": "005930.KS", "industry": "semiconductors"}])


class Telegram:
    """A channel that must not be used."""

    name, pictures, one_server = "telegram", False, True

    async def send(self, to: object, alert: object) -> Any:
        raise NotImplementedError


async def test_only_owners_of_the_condition_receive_its_signal_and_once(database_url: str) -> None:
    async with open_database(database_url) as database:
        await list_instruments(database)
        await add_industry(database)
        parts, table = wire(database, [Telegram()]), ConditionTable(database)
        chats = {
            "everything": Chat("telegram", "1", watch_all=True),  # watches all, has no alert
            "list": Chat("telegram", "2", rules={"*": False}, unvalidated=False),  # settings for rules do not apply to conditions
            "symbol": Chat("telegram", "3"),
            "industry": Chat("telegram", "4"),
            "forming": Chat("telegram", "5", watch_all=True),
            "off": Chat("telegram", "6", active=False, watch_all=True),
            "quiet": Chat("telegram", "7", watch_all=True, muted_until=10**15),
            "other condition": Chat("telegram", "8", watch_all=True),
            "not enabled": Chat("telegram", "9", watch_all=True),
        }
        for chat in chats.values():
            await parts.chats.save(chat, NOW)
        await parts.chats.watch(Address("telegram", "2"), ["AAPL"], NOW)
        for alert in (
            wanted(CONDITION, "2"),
            wanted(CONDITION, "3", scope="symbols", targets=("005930.KS",)),
            wanted(CONDITION, "4", scope="industry", targets=("semiconductors",)),
            wanted(CONDITION, "5", frequency="once_per_bar"),
            wanted(CONDITION, "5", scope="symbols", targets=("AAPL",)),
            wanted(CONDITION, "6"),
            wanted(CONDITION, "7"),
            wanted("close > 1", "8"),
            wanted(CONDITION, "9", enabled=False),
        ):
            await table.add(alert, NOW)
        apple, samsung = fired(0, ts_init=NOW), fired(0, symbol="005930.KS", ts_init=NOW)
        forming = fired(1, provisional=True, ts_init=NOW)
        for _ in range(2):
            await parts.fan_out.handle(records([apple, samsung, forming, apple]))
        found = sorted((row.signal_id, row.chat_id, row.status) for row in await parts.rows())
        expected = [(apple.id, "2", "pending"), (apple.id, "5", "pending"), (apple.id, "7", "muted")]
        expected += [(samsung.id, "3", "pending"), (samsung.id, "4", "pending"), (samsung.id, "5", "pending")]
        expected += [(samsung.id, "7", "muted"), (forming.id, "5", "pending")]
        assert found == sorted(expected)


async def test_alerts_move_with_their_group(database_url: str) -> None:
    async with open_database(database_url) as database:
        chats, table = ChatTables(database), ConditionTable(database)
        await chats.save(Chat("telegram", "-1", kind="group"), NOW)
        await table.add(wanted(CONDITION, "-100"), NOW)
        for text in ("close > 1", "close > 2"):
            await table.add(wanted(text, "-1"), NOW)
        for _ in range(2):
            await chats.migrate("telegram", "-1", "-100", NOW)
        assert await table.for_chat("telegram", "-1") == []
        assert [(one.number, one.text) for one in await table.for_chat("telegram", "-100")] == [
            (1, CONDITION),
            (2, "close > 1 on 1d"),
            (3, "close > 2 on 1d"),
        ]


def test_an_alert_line_is_split_at_the_last_for() -> None:
    assert parse_alert("close > 1").names == ""
    assert (parse_alert("close > 1 FOR  AAPL").condition, parse_alert("close > 1 FOR AAPL").names) == ("close > 1", "AAPL")
    assert parse_alert("ONCE_PER_BAR close > 1 for industry : AI").frequency == "once_per_bar"
    assert parse_alert("close > 1 for industry : AI").industry == "AI"
    assert parse_alert("close for 1 for AAPL").condition == "close for 1"
    assert parse_alert("rsi_14 < 30 for 3 bars").names == ""
    assert parse_alert("rsi_14 < 30 for 3 bars").condition == "rsi_14 < 30 for 3 bars"
    assert parse_alert("rsi_14 < 30 for 3 days on 1d for AAPL").condition == "rsi_14 < 30 for 3 days on 1d"
    assert parse_alert("close > 1 for 3M").names == "3M"


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_error_has_a_message_in_both_languages(code: str) -> None:
    names = [name for _, name, _, _ in Formatter().parse(PROBLEMS[code]) if name]
    error = ConditionError(code, "", 0, **dict.fromkeys(names, "rsi_14"))
    assert condition_replies.error_text(error, "en") == error.message
    assert any("가" <= c <= "힣" for c in condition_replies.error_text(error, "ko"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_longest_condition_fits_a_caption(language: str) -> None:
    text = " and ".join(["close > 12345.678"] * 25)
    alert = alert_text(fired(0, text, replayed=True, provisional=True), unknown_instrument("AAPL"), language, repeat=True)
    assert visible(alert) <= CAPTION_LIMIT
    assert "close &gt; 12345.678 and" in alert
    assert rule_texts.name("condition", language) in alert
