"""The records of a bundled tape's history: those of the bars before its first tick, there before its first alert."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from services.analysis.kernels.machine_code import kernel_fingerprint
from services.analysis.research.adapters.quality_store import store_tape
from services.analysis.research.adapters.tape_records import WITH_HISTORY, is_current, made, read
from services.analysis.research.adapters.tape_series import TAPES
from services.analysis.research.domain.data_request import DataRequestError
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.events import Signal, Timeframe, signal_id
from shared.migrations.command import upgrade
from shared.quality.stored_records import QualityRecords

CACHE = Path(__file__).parents[3] / ".cache"


@pytest.mark.parametrize("tape", WITH_HISTORY)
def test_the_file_of_a_tape_is_of_its_present_bars_and_rules_and_ends_before_its_start(tape: str) -> None:
    assert is_current(tape), "run `make docs` and commit the file"
    found = read(tape)
    assert found is not None
    start = msgspec.json.decode((TAPES / f"{tape}.json").read_bytes())["start"]
    assert {each.quality.as_of for each in found.rows} == {found.as_of}
    assert start - 4 * 86_400_000 < found.as_of <= start
    assert all(each.shown for each in found.rows)
    assert len({each.id for each in found.rows}) == len(found.rows) > 100


def test_the_records_serve_under_every_version_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.python_version", lambda: "3.14.9")
    kernel_fingerprint.cache_clear()
    assert read("demo") is not None
    monkeypatch.undo()
    kernel_fingerprint.cache_clear()


def test_a_fresh_computation_gives_the_same_records() -> None:
    kept, fresh = read("seconds"), made("seconds", ResearchSettings(cache=CACHE))
    assert kept is not None
    assert (fresh.tape, fresh.as_of, len(fresh.rows)) == (kept.tape, kept.as_of, len(kept.rows))
    for one, other in zip(kept.rows, fresh.rows, strict=True):
        assert (one.id, one.quality.n, one.quality.validated) == (other.id, other.quality.n, other.quality.validated)
        assert one.quality.mean_return == pytest.approx(other.quality.mean_return)
        assert one.quality.q_value == pytest.approx(other.quality.q_value)


def test_the_first_signal_of_a_replay_has_a_record_and_later_ones_are_not_replaced(tmp_path: Path) -> None:
    settings = ResearchSettings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    with pytest.raises(DataRequestError, match=r"there are no tables yet in .*: start Finstage first"):
        store_tape("demo", settings)
    asyncio.run(upgrade(settings.database_url))
    assert store_tape("crypto", settings) == 0, "it has no history"
    assert store_tape("demo", settings) > 100
    assert store_tape("seconds", settings) == 0, "there are records already"
    kept = read("demo")
    assert kept is not None

    async def records() -> QualityRecords:
        async with open_database(settings.database_url) as database:
            found = QualityRecords(database)
            await found.read()
            return found

    current = asyncio.run(records()).current
    rule, params, at = "sma_breakout_up", {"period": 200.0}, 1_381_125_600_000  # 2013-10-07 06:00 UTC
    signal = Signal(
        id=signal_id(rule, 1, params, "up", "005930.KS", Timeframe.D1, at), rule=rule, params=params, symbol="005930.KS",
        direction="up", timeframe=Timeframe.D1, price=1.0, level=1.0, evidence={}, ts_event=at, ts_init=at, rule_version=1,
    )  # fmt: skip
    quality = current.of(signal)
    assert quality is not None
    assert (quality.as_of, quality.n > 30, quality.validated) == (kept.as_of, True, False)
    before = msgspec.structs.replace(signal, ts_event=kept.as_of - 1)
    assert current.of(before) is None, "a record never knows more than the signal"
