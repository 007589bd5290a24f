"""The record that a signal carries: the most specific with enough evidence, never one of bars after it."""

from __future__ import annotations

from typing import Any

import msgspec

from shared.db import Database, open_database
from shared.events import Signal, SignalQuality, Timeframe
from shared.quality.signal_records import SignalRecords
from shared.quality.stored_records import QualityRecords
from shared.tables import signal_quality

KEY = ("golden_cross", "fast=50,slow=200", "up", "1d")
AT = 1_700_000_000_000


def quality(level: str, group: str, effective: int, **fields: Any) -> SignalQuality:
    given: dict[str, Any] = {
        "n": 99, "years": 8.0, "horizon_bars": 5, "win_rate": 0.5, "win_rate_low": 0.4, "win_rate_high": 0.6, "mean_return": 0.01,
        "worst": -0.1, "base_rate": 0.0, "q_value": 1.0, "validated": False, "as_of": AT, "level": level, "group": group,
        "effective_n": effective,
    }  # fmt: skip
    return SignalQuality(**(given | fields))


def signal(symbol: str = "NVDA", ts_event: int = AT, **fields: Any) -> Signal:
    given: dict[str, Any] = {
        "id": "1", "rule": "golden_cross", "rule_version": 1, "params": {"slow": 200.0, "fast": 50.0}, "direction": "up",
        "symbol": symbol, "timeframe": Timeframe.D1, "ts_event": ts_event, "ts_init": ts_event, "price": 1.0, "evidence": {},
    }  # fmt: skip
    return Signal(**(given | fields))


def test_the_most_specific_level_with_enough_evidence_counts() -> None:
    whole = quality("all", "*", 500)
    chips, ai = quality("industry", "chips", 40), quality("industry", "ai", 90, validated=True, q_value=0.02)
    industries = {"NVDA": ["ai", "chips"], "AMD": ["chips"], "XOM": ["oil"]}
    records = SignalRecords([(KEY, each) for each in (quality("instrument", "NVDA", 29), whole, chips, ai)], industries)
    assert records.of(signal("NVDA")) == ai
    assert records.of(signal("AMD")) == chips
    assert records.of(signal("XOM")) == whole
    own = quality("instrument", "NVDA", 30)
    assert SignalRecords([(KEY, own), (KEY, ai)], industries).of(signal("NVDA")) == own
    assert len(records) == 4


def test_a_record_belongs_to_one_rule_its_parameters_direction_and_timeframe() -> None:
    records = SignalRecords([(KEY, quality("all", "*", 500))])
    assert records.of(signal()) is not None
    for other in ({"rule": "x"}, {"params": {"fast": 50.0, "slow": 100.0}}, {"direction": "down"}, {"timeframe": Timeframe.H1}):
        assert records.of(signal(**other)) is None


def test_a_record_of_later_bars_is_not_shown() -> None:
    records = SignalRecords([(KEY, quality("all", "*", 500))])
    assert records.of(signal(ts_event=AT - 1)) is None
    assert records.of(signal(ts_event=AT)) is not None


def test_only_the_annotation_changes() -> None:
    records = SignalRecords([(KEY, quality("all", "*", 500))])
    (made,) = records.annotated([signal()])
    assert made.quality == quality("all", "*", 500)
    assert msgspec.structs.replace(made, quality=None) == signal()
    assert SignalRecords().annotated([signal()]) == [signal()]


async def test_the_table_is_read_again_when_it_has_changed(database_url: str) -> None:
    async with open_database(database_url) as database:
        records = QualityRecords(database)
        await records.read()
        assert records.current.of(signal()) is None
        await insert(database, "1", quality("all", "*", 500), shown=True)
        await insert(database, "2", quality("all", "*", 500, horizon_bars=20), shown=False)
        await insert(database, "3", None, shown=True)  # damaged: it stops no other
        await records.read()
        assert records.current.of(signal()) == quality("all", "*", 500)
        before = records.current
        await records.read()
        assert records.current is before


async def insert(database: Database, id_: str, what: SignalQuality | None, *, shown: bool) -> None:
    row = {
        "id": id_, "rule": KEY[0], "params": KEY[1], "direction": KEY[2], "timeframe": KEY[3], "level": "all", "group_name": "*",
        "horizon": 5, "shown": shown, "validated": False, "as_of": AT, "updated_at": 1,
        "quality": msgspec.json.encode(what).decode() if what else "{",
    }  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(signal_quality.insert(), [row])
