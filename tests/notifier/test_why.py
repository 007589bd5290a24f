"""The buttons under an alert: why it came, and the record with a chart."""

from __future__ import annotations

from msgspec.structs import replace

from services.notifier.domain.build_replies import value_step
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.recipients import Chat
from services.notifier.domain.why_replies import why_text
from shared.tables import signal_quality
from tests.databases import on_sqlite
from tests.notifier.parts import signal
from tests.notifier.test_bot import bot_user, quality_row
from tests.notifier.test_setup import list_industries, store_signal
from tests.notifier.test_texts import QUALITY


@on_sqlite
async def test_why_an_alert_came(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await user.ask("/lang en")
        await store_signal(user.parts.database, evidence={"close": 182.5, "sma_50": 181.25, "sma_200": None})
        asked = f"/why {signal().id}"
        assert "you do not watch it now" in await user.ask(asked)
        await user.ask("/watch phones")
        answer = await user.ask(asked)
        assert "you watch the industry phones" in answer
        assert "SMA 50 crossed above SMA 200" in answer
        assert "50-bar average: 181.25" in answer
        assert "sma_200" not in answer, "an unknown value is not shown"
        await user.ask("/watch AAPL")
        assert "Reason: you watch it" in await user.ask(asked)
        await user.ask("/rules on golden_cross")
        assert "a signal that you switched on" in await user.ask(asked)
        assert "not stored any more" in await user.ask("/why 0")


@on_sqlite
async def test_the_record_of_an_alert(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        await store_signal(user.parts.database)
        assert "No record has been computed" in await user.ask(f"/record {signal().id}")
        own = replace(QUALITY, level="all", group="*", effective_n=100)
        async with user.parts.database.begin() as connection:
            await connection.execute(signal_quality.insert(), [quality_row("1", own)])
        assert "61% of 84" in await user.ask(f"/record {signal().id}")


def test_values_have_the_decimals_of_their_instrument() -> None:
    euro = KnownInstrument("EURUSD=X", "Euro", "유로", "USD", "fx")
    values = {"close": 1.08432, "sma_50": 1.0, "rsi_14": 27.345, "volume_sma_20": 1_234_567.0}
    text = why_text(signal(symbol="EURUSD=X", evidence=values), euro, Chat("telegram", "7", language="en"), [], [])
    for shown in ("close: 1.08432", "50-bar average: 1.00000", "RSI(14): 27.35", "20-bar average volume: 1.2M"):
        assert shown in text
    won = KnownInstrument("005930.KS", "Samsung", "삼성전자", "KRW", "stock")
    assert "종가: 71,500\n" in why_text(signal(evidence={"close": 71_500.4, "low": 1.0}), won, Chat("telegram", "7"), [], [])
    (buttons, _) = value_step(Chat("telegram", "7"), "EURUSD=X", "above", ("1.10601",), euro).buttons
    assert [button.label for button in buttons] == ["1.10601"]
