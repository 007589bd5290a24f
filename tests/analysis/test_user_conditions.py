"""Users' conditions: read from the table, and from the bot's table to the owner's chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from services.analysis.kernels.closed_bars import BAR_RECORD
from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.live.adapters.conditions import StoredConditions
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from services.analysis.live.settings import LiveSettings
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.address import Address
from services.notifier.domain.conditions import ConditionAlert
from services.notifier.domain.recipients import Chat
from shared.conditions import parse
from shared.db import open_database
from shared.events import Timeframe
from shared.migrations.command import upgrade
from shared.tables import bars, conditions, industries, instrument_industries, instruments
from shared.topics import SIGNALS
from tests.analysis.expected import engine_of, listed
from tests.analysis.market import hours
from tests.analysis.running import Stage
from tests.analysis.tape import tape
from tests.analysis.test_live import settled
from tests.notifier.process import Notifier, environment, running
from tests.notifier.telegram import TOKEN, open_telegram
from tests.servers import Broker
from tests.until import until

CLOSED = "sma_5 > 0 and close > open on 1h"
FORMING = "rsi_9 >= 0 on 1d"


def alert(text: str, chat_id: str, **more: Any) -> ConditionAlert:
    found = parse(text)
    return ConditionAlert("telegram", chat_id, 0, found.id, found.text, str(found.timeframe), **more)


def test_an_operator_adds_columns_to_the_default_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDICATORS", "RSI_21, wma_30, rsi_14")
    named = [required_indicator(column) for column in LiveSettings(_env_file=None).indicators]
    found = condition_set([ConditionRequest("rsi_9 < 30", False, None)], always=named)
    assert set(found.requested) == {("rsi", (21.0,)), ("wma", (30.0,)), ("rsi", (9.0,))}  # rsi_14 runs anyway
    monkeypatch.setenv("INDICATORS", "rsi_21, rsj_9")
    with pytest.raises(ValidationError, match="rsj_9 is no column"):
        LiveSettings(_env_file=None)
    monkeypatch.setenv("INDICATORS", "rsi_21, Close")
    with pytest.raises(ValidationError, match="close is a field of every bar and always there"):
        LiveSettings(_env_file=None)


async def test_stored_conditions_are_read_with_their_instruments(database_url: str) -> None:
    async with open_database(database_url) as database:
        chats, table = ChatTables(database), ConditionTable(database)
        async with database.begin() as connection:
            for symbol in ("A", "B"):
                row = {"symbol": symbol, "name_en": "", "name_ko": "", "exchange": "NYSE", "currency": "USD", "kind": "stock"}
                await connection.execute(instruments.insert(), [row | {"sector": "", "aliases": "[]", "active": True}])
            await connection.execute(industries.insert(), [{"industry": "chips", "name_en": "", "name_ko": ""}])
            await connection.execute(instrument_industries.insert(), [{"symbol": "B", "industry": "chips"}])
        for number, chat in enumerate(
            [Chat("telegram", "1"), Chat("telegram", "2", watch_all=True), Chat("telegram", "3", active=False)]
        ):
            await chats.save(chat, number)
        await chats.watch(Address("telegram", "1"), ["A"], 0)
        rows = [
            alert("close > 1", "1"),
            alert("close > 2", "2", frequency="once_per_bar"),
            alert("close > 3", "3"),
            alert("close > 4", "1", scope="symbols", targets=("B", "ZZZ")),
            alert("close > 5", "1", scope="industry", targets=("chips",)),
            alert("close > 6", "1", enabled=False),
        ]
        for number, one in enumerate(rows):
            await table.add(one, number)
        async with database.begin() as connection:
            damaged = {"number": 99, "targets": "not json", "created_at": 98, "scope": "symbols", "chat_id": "2"}
            broken = damaged | {"channel": "telegram", "condition_id": "x", "condition_text": "nonsense", "timeframe": "1d"}
            await connection.execute(conditions.insert(), [broken | {"frequency": "", "enabled": True, "extra": "{"}])
        assert await StoredConditions(database).requests() == [
            ConditionRequest("close > 1 on 1d", False, frozenset({"A"})),
            ConditionRequest("close > 2 on 1d", True, None),
            ConditionRequest("close > 4 on 1d", False, frozenset({"B", "ZZZ"})),
            ConditionRequest("close > 5 on 1d", False, frozenset({"B"})),
            ConditionRequest("nonsense", False, frozenset()),
        ]


async def test_a_stored_condition_is_delivered_once_to_its_owner(empty_kafka: Broker, mariadb_url: str, tmp_path: Path) -> None:
    await upgrade(mariadb_url)
    symbols = ["ASK1", "ASK2"]
    stage = Stage(empty_kafka.bootstrap, mariadb_url, tmp_path, {"CONDITIONS_SECONDS": "0.1"})
    log = tape(symbols, 2, heartbeat_rounds=60, first=10)
    await stage.list_instruments(listed(symbols))
    past = await store_past(stage, symbols[0])
    engine = engine_of(symbols)
    engine.load(symbols[0], {Timeframe.D1: past}, 0, tail=0)
    running_conditions = condition_set(
        [ConditionRequest(CLOSED, False, frozenset({symbols[0]})), ConditionRequest(FORMING, True, frozenset(symbols))]
    )
    engine.request_indicators(running_conditions.requested)
    engine.warm_up(symbols[0], {Timeframe.D1: past})
    engine.set_conditions(running_conditions)
    due = [signal for signal in engine.apply(log).signals if signal.condition]
    assert {signal.condition for signal in due} == {parse(text).text for text in (CLOSED, FORMING)}
    async with open_database(mariadb_url) as database, open_telegram() as telegram:
        chats, table = ChatTables(database), ConditionTable(database)
        await chats.save(Chat("telegram", "7"), 0)
        await chats.save(Chat("telegram", "8", watch_all=True, rules={"*": False, "condition": True}), 0)
        await chats.save(Chat("telegram", "9", rules={"*": False}), 0)
        await chats.watch(Address("telegram", "9"), symbols, 0)
        await table.add(alert(CLOSED, "7", scope="symbols", targets=(symbols[0],)), 0)
        await table.add(alert(FORMING, "9", frequency="once_per_bar"), 0)
        more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API": telegram.base, "CHARTS": "false", "RATE_CHAT": "1000"}
        bot = environment(empty_kafka.bootstrap, mariadb_url, "asking", 25121, tmp_path, **more)
        try:
            live = stage.start("one")
            async with running(Notifier(bot, tmp_path / "notifier.log")) as notifier:
                await stage.feed(log[: len(log) // 2])
                await settled(stage, live)
                live.kill()
                live = stage.start("two")
                await stage.feed(log[len(log) // 2 :])
                await settled(stage, live)
                got = [signal for signal in await stage.read(SIGNALS) if signal.condition]
                assert {signal.id: signal for signal in got} == {signal.id: signal for signal in due}
                wanted = {
                    "7": [s for s in due if s.condition == parse(CLOSED).text],
                    "9": [s for s in due if s.condition == parse(FORMING).text],
                }
                await until(lambda: all(len(telegram.texts(chat)) >= len(each) for chat, each in wanted.items()), 60, "alerts")
                assert await notifier.stop() == 0
            assert {chat: len(telegram.texts(chat)) for chat in ("7", "8", "9")} == {
                "7": len(wanted["7"]),
                "8": 0,
                "9": len(wanted["9"]),
            }
            assert any(signal.provisional for signal in wanted["9"])
            assert "1시간봉 기준: 5봉 이동평균이 0 초과 그리고 종가가 시가 초과" in telegram.texts("7")[0]
            assert live.stop() == 0, live.text()[-3000:]
            assert "rebuilt from stored bars" in (tmp_path / "one.log").read_text()
            assert '"requested":2' in (tmp_path / "one.log").read_text()
            assert "indicators run for conditions" not in (tmp_path / "two.log").read_text()  # its checkpoint has them
        finally:
            stage.end()


async def store_past(stage: Stage, symbol: str) -> Any:
    """Daily bars that closed before the tape begins."""
    times, rows = hours("NYSE"), []
    for i in range(10):
        prices = (100.0, 110.0, 90.0, 100.0 + i, 5.0, 1.0, 1.0)
        rows.append((int(times.close[i]), int(times.open[i]), int(times.date[i]), *prices, True, "test", False))
    past = np.array(rows, BAR_RECORD)
    async with open_database(stage.database_url) as database, database.begin() as connection:
        named = [
            {"symbol": symbol, "timeframe": "1d"} | dict(zip(BAR_RECORD.names or (), row, strict=True)) for row in past.tolist()
        ]
        await connection.execute(bars.insert(), named)
    return past
