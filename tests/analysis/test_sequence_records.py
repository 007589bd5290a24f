"""A sequence that was found is followed with one command, and its signals carry the record of the search."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.quality_table import QualityTable
from services.analysis.research.discovery.run import Finding
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_record import RunRecord, canonical, hashed
from services.analysis.sequences import main
from shared.db import open_database
from shared.events import SignalQuality, Timeframe
from shared.quality.stored_records import QualityRecords
from shared.sequences import parse
from tests.analysis.test_signal_records import AT, signal

ONE, TWO = "rsi_oversold up then macd_cross up within 10 bars on 1d", "golden_cross up then gap up within 3 bars on 1d"
FOUND = Finding(
    signal=ONE, sequence=True, direction="up", horizon_bars=5, first_n=40, first_edge=0.02, n=84, dates=80, effective_n=60,
    win_rate=0.61, win_rate_low=0.5, win_rate_high=0.7, mean_return=0.021, base_rate=0.002, worst=-0.07, adverse=-0.02, years=5.0,
    p_value=0.0001, q_value=0.02, tried=200, validated=True,
)  # fmt: skip


def saved(folder: Path, name: str, found: Any = (FOUND,), kind: str = "discovery", **data: Any) -> None:
    body = canonical(found)
    record = RunRecord(
        id=name, kind=kind, data=DataRequest(**data), parameters={}, data_hash="", parameters_hash="", plan_version="",
        code_version="", summary={"as_of": AT}, artefacts={"candidates.json": hashed(found)},
    )  # fmt: skip
    RunFiles(str(folder)).save(name, record, {"candidates.json": body})


async def carried(url: str, text: str) -> SignalQuality | None:
    async with open_database(url) as database:
        records = QualityRecords(database)
        await records.read()
        return records.current.of(signal(rule="sequence", params={}, sequence=text))


async def replaced(url: str) -> None:
    """The records of the rules are computed again."""
    async with open_database(url) as database:
        await QualityTable(database).replace(Timeframe.D1, [], AT - 1)


def test_a_found_sequence_is_followed_with_its_record(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    saved(tmp_path, "found")
    assert main(["add", TWO]) == 0
    assert asyncio.run(carried(database_url, TWO)) is None, "a sequence of which nothing is known has no record"
    assert main(["add", ONE, "--result", "fou"]) == 0
    quality = asyncio.run(carried(database_url, ONE))
    assert quality is not None
    assert (quality.n, quality.q_value, quality.validated, quality.tried, quality.as_of) == (84, 0.02, True, 200, AT)
    assert asyncio.run(carried(database_url, TWO)) is None, "sequences do not share a record"
    asyncio.run(replaced(database_url))
    assert asyncio.run(carried(database_url, ONE)) == quality
    assert main(["add", ONE, "--result", "found"]) == 0
    assert main(["remove", parse(ONE).id]) == 0
    assert asyncio.run(carried(database_url, ONE)) is None
    assert "no longer followed" in capsys.readouterr().out


REFUSED = (
    ("absent", ONE, "result: no runs in"),
    ("found", TWO, f"result: found has not judged '{TWO}'"),
    ("grid", ONE, "result: grid is a grid of bars of the source stored"),
    ("tape", ONE, "result: tape is a discovery of bars of the source tape"),
    ("old", ONE, "result: old: candidates.json cannot be read"),
)


def test_a_result_without_a_record_is_refused(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    saved(tmp_path, "found")
    saved(tmp_path, "grid", kind="grid")
    saved(tmp_path, "tape", source="tape", place="daily")
    saved(tmp_path, "old", [{"signal": ONE}])
    for name, text, message in REFUSED:
        assert main(["add", text, "--result", name]) == 1
        assert message in capsys.readouterr().err
    assert main(["list"]) == 0
    assert "0 sequences" in capsys.readouterr().out, "nothing is followed then"
