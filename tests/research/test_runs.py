"""Runs: what a result says, where it is stored, and that it can be run again bit by bit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.commands.line import main
from services.analysis.research.commands.options import data_request
from services.analysis.research.commands.output import InputError
from services.analysis.research.commands.running import run_here
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_record import RunError, RunRecord
from services.analysis.research.runs import table
from services.analysis.research.runs.execution import Execution, differences, execute
from services.analysis.research.settings import ResearchSettings
from shared.migrations.command import upgrade
from tests.research.kinds import COUNT, KINDS
from tests.research.role import ROOT
from tests.run_store import run_store

SETTINGS = ResearchSettings(cache=ROOT / ".cache")


def done(**parameters: Any) -> Execution:
    data = SeriesData(DataRequest(source="tape", place="daily", symbols=("SPY", "AAPL")), SETTINGS)
    return execute(COUNT, {"entry": "macd_cross", **parameters}, data, lambda *_: None)


def test_the_same_run_has_the_same_record() -> None:
    first, again = done(), done()
    assert first == again
    assert msgspec.json.encode(first.record) == msgspec.json.encode(again.record)
    record = first.record
    assert record.summary["fired"]["SPY"] > 50
    assert record.summary["mean"] is None, "not a number is null"
    assert record.parameters == {"entry": "macd_cross", "exit": "", "direction": "long", "wait_for": "", "began": ""}
    assert record.data.symbols == ("AAPL", "SPY")
    assert differences(record, again.record) == []
    other = done(entry="macd_zero").record
    assert [each.split(":")[0] for each in differences(record, other)] == ["parameters changed", "result changed", "file changed"]
    assert other.id != record.id
    assert "data changed: " in differences(record, msgspec.structs.replace(record, data_hash="x"))[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"entry": 5}, "entry: 5 does not fit: expected `str`, got `int`"),
        ({"entrance": "x"}, "unknown field `entrance`"),
        ({"entry": "refuse"}, "entry: 'refuse' is refused"),
    ],
)
def test_parameters_that_are_wrong_are_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        done(**parameters)
    with pytest.raises(RunError, match="kind: 'grid' is not known; there are backtest"):
        table.run_kind("grid", KINDS)


def test_files_of_a_run_are_found_and_checked(tmp_path: Path) -> None:
    found, files = done(), RunFiles(str(tmp_path / "runs"))
    place = files.save(found.record.id, found.record, found.artefacts)
    assert place == f"{tmp_path}/runs/{found.record.id}"
    assert sorted(path.name for path in Path(place).iterdir()) == ["counts.json", "result.json"]
    folder, record = files.record(found.record.id[:6])
    assert record == found.record
    body = files.artefact(folder, "counts.json", record.artefacts["counts.json"])
    assert json.loads(body) == record.summary["fired"]
    Path(place, "counts.json").write_bytes(b"{}")
    with pytest.raises(RunError, match=r"counts.json of .* is damaged"):
        files.artefact(folder, "counts.json", record.artefacts["counts.json"])
    Path(place, "result.json").write_bytes(b"{")
    with pytest.raises(RunError, match="it is no record of a run"):
        files.record(record.id)
    for name in ("", "..", "nothing"):
        with pytest.raises(RunError, match="no runs in"):
            files.record(name)


async def test_files_of_a_run_are_written_to_a_url_and_read_from_it(tmp_path: Path) -> None:
    found = await asyncio.to_thread(done)
    async with run_store(tmp_path / "runs") as store:
        files = RunFiles(store.url)
        place = await asyncio.to_thread(files.save, "one-1", found.record, found.artefacts)
        assert place == f"{store.url}/one-1"
        assert await asyncio.to_thread(files.record, "one") == ("one-1", found.record)
        body = await asyncio.to_thread(files.artefact, "one-1", "counts.json", found.record.artefacts["counts.json"])
        assert json.loads(body) == found.record.summary["fired"]
        store.mode = "fails"
        with pytest.raises(RunError, match=r"research_artefacts: http://.* cannot be read: "):
            await asyncio.to_thread(files.record, "one")


def test_a_url_that_nothing_can_write_is_named() -> None:
    with pytest.raises(RunError, match=r"research_artefacts: nowhere://"):
        RunFiles("nowhere://bucket/folder")


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, RunRecord]:
    """A run that was saved, and the environment of the command line that finds it."""
    monkeypatch.setattr(table, "RUN_KINDS", KINDS)
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    found = done()
    RunFiles(str(tmp_path)).save(found.record.id, found.record, found.artefacts)
    return tmp_path / found.record.id / "result.json", found.record


def test_rerun_gives_the_same_and_says_what_differs(saved: tuple[Path, RunRecord], capsys: pytest.CaptureFixture[str]) -> None:
    path, record = saved
    assert main(["rerun", record.id[:8]]) == 0
    assert capsys.readouterr().out == f"backtest {record.id}: equal, bit by bit\n"
    changed = msgspec.structs.replace(
        record, code_version="0123", data_hash="4567", summary={**record.summary, "mean": 1.0}, artefacts={"counts.json": "89"}
    )
    path.write_bytes(msgspec.json.encode(changed))
    assert main(["rerun", str(path), "--json"]) == 3
    out = json.loads(capsys.readouterr().out)
    assert out["equal"] is False
    assert [each.split(":")[0] for each in out["differences"]] == ["data changed", "code changed", "result changed", "file changed"]
    assert "mean: 1.0 -> null" in out["differences"][2]
    assert main(["rerun", "zzz"]) == 2
    assert "RESULT: no runs in" in capsys.readouterr().err
    assert main(["rerun", str(path.with_name("other.json"))]) == 2
    assert "RESULT: " in capsys.readouterr().err


def test_a_run_of_the_command_line_is_saved_and_listed(saved: tuple[Path, RunRecord], capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{saved[0].parents[1] / 'test.db'}"))
    request = data_request("SPY,AAPL", "", "daily", "1d", "2012-01-03", "")
    parameters = {"entry": "macd_cross"}
    found, place = run_here("backtest", request, parameters)
    again, _ = run_here("backtest", request, parameters)
    assert again == found
    assert (Path(place) / "result.json").exists()
    assert main(["jobs", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["queued"] == 0
    (row,) = listed["runs"]
    assert (row["id"], row["state"], row["location"], row["requested_by"]) == (found.record.id, "done", place, "command")
    assert main(["jobs", "show", found.record.id]) == 0
    out = capsys.readouterr().out
    assert "macd_cross" in out
    assert found.record.data_hash[:20] in out
    assert main(["jobs", "cancel", found.record.id]) == 0
    assert capsys.readouterr().out == f"{found.record.id}: done\n"
    assert main(["jobs", "show", "nothing"]) == 2
    assert capsys.readouterr().err == "error: ID: there is no run 'nothing'\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "x", "tape": "y"}, "--data and --tape: name one of them"),
        ({"timeframe": "2d"}, "--timeframe: '2d' is no timeframe; there are 1m, 5m"),
        ({"start": "01/02/2020"}, "--start: '01/02/2020' is no day; write it as 2020-12-31"),
        ({"start": "2021-01-01", "end": "2020-01-01"}, "start: 2021-01-01 is after end"),
        ({"symbols": "A" * 33}, "is no symbol"),
    ],
)
def test_options_that_are_wrong_are_named(options: dict[str, str], message: str) -> None:
    given = dict.fromkeys(("symbols", "data", "tape", "start", "end"), "") | {"timeframe": "1d"} | options
    with pytest.raises(InputError) as raised:
        data_request(**given)
    assert message in str(raised.value)
