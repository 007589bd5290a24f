"""Alerts of one's own: by a short form, by buttons; listed, changed, deleted and taken back."""

from __future__ import annotations

import pytest

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.alert_builder import KINDS, built, parse_value, short_form
from services.notifier.domain.conditions import ConditionAlert, parse_alert
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from shared.conditions import parse
from shared.events import Quote
from shared.kafka import Record
from tests.databases import on_sqlite
from tests.notifier.parts import NOW
from tests.notifier.test_bot import BotUser, bot_user

INDEX = InstrumentIndex([KnownInstrument("AAPL", "Apple Inc.", "애플"), KnownInstrument("005930.KS", "Samsung", "삼성 전자")])


async def alerts_of(user: BotUser) -> list[ConditionAlert]:
    return await ConditionTable(user.parts.database).for_chat("telegram", "7")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("AAPL above 200", "once crosses_above(close, 200) on 1m for AAPL"),
        ("apple inc < 180.5", "once crosses_below(close, 180.5) on 1m for AAPL"),
        ("삼성 전자 71,000 이상", "once crosses_above(close, 71000) on 1m for 005930.KS"),
        ("애플 +5%", "once_per_bar change_pct(close, 1) >= 5 on 1d for AAPL"),
        ("애플 -2.5%", "once_per_bar change_pct(close, 1) <= -2.5 on 1d for AAPL"),
        ("rsi_14 < 30", None),
        ("close > 200", None),
        ("AAPL above nothing", None),
        ("above 200", None),
        ("", None),
        ("AAPL %", None),
    ],
)
def test_the_short_form_of_a_price_alert(line: str, expected: str | None) -> None:
    assert short_form(line, INDEX) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_valid_condition(kind: str) -> None:
    for value in KINDS[kind].values:
        request = parse_alert(built(kind, abs(value) if KINDS[kind].of_price else value, "AAPL"))
        assert request.frequency == KINDS[kind].frequency
        assert request.names == "AAPL"
        assert parse(request.condition).timeframe


@pytest.mark.parametrize("text", ["", "0", "-5", "1e9", "inf", "nan", "1.2.3", ".", "1" * 40, "٣", "5 %%x"])
def test_no_value(text: str) -> None:
    assert parse_value(text) is None


@on_sqlite
async def test_an_alert_by_buttons(database_url: str) -> None:
    async with bot_user(database_url) as user:
        quote = Quote(symbol="AAPL", last_price=200.0, ts_event=NOW, ts_init=NOW, source="x")
        await user.quotes.handle([Record("market.quotes.v1", 0, 0, NOW, "AAPL", quote, None)])
        await user.ask("/lang en")
        await user.ask("/watch AAPL")
        await user.ask("/build")
        assert "which alert" in (await user.press("build AAPL")).text
        step = await user.press("build AAPL above")
        assert "202.00" in step.labels, "one percent above the current price"
        assert "Your alert is set" in (await user.press("build AAPL above 210.00")).text
        await user.press("⚙️ Change")
        await user.ask("/build ㅅㅅㅈㅈ")
        await user.press("build 005930.KS below")
        assert "Your alert is set" in await user.ask("70,000")
        await user.press("build 005930.KS above")
        assert "'abc' cannot be used" in await user.ask("abc")
        await user.press("build 005930.KS rsi-high")
        assert "at most 99" in await user.ask("500"), "an RSI is never above 100: it would never fire"
        await user.press("build 005930.KS average-up")
        assert "whole number from 2 to 500" in await user.ask("33.3")
        assert "know no instrument" in await user.ask("/build XYZQ")
        assert "which alert" in await user.ask("apple")
        first, second = await alerts_of(user)
        assert (first.text, first.frequency, first.targets) == ("crosses_above(close, 210) on 1m", "once", ("AAPL",))
        assert (second.text, second.targets) == ("crosses_below(close, 70000) on 1m", ("005930.KS",))


@on_sqlite
async def test_an_alert_is_listed_changed_deleted_and_taken_back(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "Your alert is set" in await user.ask("/alert AAPL above 200")
        await user.ask("/alert rsi_14 < 30 for AAPL")
        await user.ask("/alerts")
        assert "crosses_above" in (await user.press("#1")).text
        assert "Paused" in (await user.press("alerts 1 pause")).text
        assert not (await alerts_of(user))[0].enabled
        assert "Paused" not in (await user.press("alerts 1 resume")).text
        assert "At least 4 hours" in (await user.press("alerts 1 cooldown 4h")).text
        assert "Ends:" in (await user.press("alerts 1 expires 7d")).text
        await user.press("alerts 1 frequency once_per_bar_close")
        found = (await alerts_of(user))[0]
        assert (found.enabled, found.frequency, found.cooldown, found.stopped) == (True, "once_per_bar_close", 14_400_000, "")
        assert found.expires_at > NOW
        await user.press("alerts 1 edit")
        assert "rsi_14 &lt; &lt; 5" in await user.ask("rsi_14 < < 5")
        assert [alert.number for alert in await alerts_of(user)] == [1, 2], "a text that is no condition changes nothing"
        assert (await alerts_of(user))[0].enabled
        assert "Your alert is set" in await user.ask("/alerts 1 edit close > 250 for AAPL")
        assert [alert.text for alert in await alerts_of(user)] == ["rsi_14 < 30 on 1d", "close > 250 on 1d"]
        await user.ask("/alerts 2")
        await user.press("🗑 Delete")
        assert [alert.number for alert in await alerts_of(user)] == [3]
        await user.press("↩️ Undo")
        assert [alert.number for alert in await alerts_of(user)] == [2, 3]
        assert "removed" in await user.ask("/unalert all")
        assert await alerts_of(user) == []


@on_sqlite
@pytest.mark.parametrize(
    "line", ["/alerts 1 cooldown soon", "/alerts 1 frequency daily", "/alerts 1 dance", "/alerts 1 expires 9999d"]
)
async def test_a_wrong_change_gets_the_list_of_changes(database_url: str, line: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        await user.ask("/alert AAPL above 200")
        before = await alerts_of(user)
        assert "cooldown 4h" in await user.ask(line)
        assert await alerts_of(user) == before
        assert "no alert with that number" in await user.ask(line.replace(" 1 ", " 7 "))
