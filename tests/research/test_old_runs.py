"""Runs that ended long ago go with their files; those that wait, run or are not reported stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.run_table import RunTable
from services.analysis.research.app import old_runs_task
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_record import RunError, RunRecord
from services.analysis.research.domain.run_rows import NIGHTLY, RunRequest, RunRow, RunState
from services.analysis.research.handlers import old_runs
from services.analysis.research.handlers.old_runs import DAY_MS, OldRuns
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.failures import TransientError
from shared.runtime import Lifecycle
from shared.tables import research_runs

NOW = 1_000 * DAY_MS


def row(name: str, state: RunState, days: float, requested_by: str = "key") -> RunRow:
    ended = None if state in {"queued", "running"} else NOW - int(days * DAY_MS)
    return RunRow(
        id=name, request=RunRequest(kind="grid", data=DataRequest()), requested_by=requested_by, state=state,
        created_at=NOW - int(days * DAY_MS), finished_at=ended,
    )  # fmt: skip


def record(name: str) -> RunRecord:
    return RunRecord(
        id=name, kind="grid", data=DataRequest(), parameters={}, data_hash="", parameters_hash="", plan_version="",
        code_version="", summary={},
    )  # fmt: skip


async def test_only_what_ended_long_ago_goes(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_runs, "AT_A_TIME", 2)
    files = RunFiles(str(tmp_path))
    async with open_database(database_url) as database:
        table = RunTable(database)
        for name in ("done", "young"):
            place = files.save(f"{name}-folder", record(name), {"card.md": b"#"})
            await table.add_done(record(name), place, "command", NOW, NOW - (91 if name == "done" else 89) * DAY_MS)
        kept = [
            row("waits", "queued", 200),
            row("runs", "running", 200),
            row("night", "done", 200, NIGHTLY),
            row("recent", "failed", 89),
        ]
        gone = [row("refused", "refused", 91), row("failed", "failed", 91), row("cancelled", "cancelled", 300)]
        for each in (*kept, *gone, row("unreported", "failed", 200)):
            assert await table.add(each)
        async with database.begin() as connection:
            await connection.execute(update(research_runs).where(research_runs.c.id != "unreported").values(to_report=False))
        await OldRuns(table, files, 90, lambda: NOW).look()
        assert {each.id for each in await table.newest(50)} == {"waits", "runs", "night", "recent", "unreported", "young"}
        assert files.record("young")[0] == "young-folder"
        with pytest.raises(RunError, match="no run"):
            files.record("done")


async def test_a_run_whose_files_cannot_be_removed_stays(database_url: str, tmp_path: Path) -> None:
    class Stuck:
        def remove(self, folder: str) -> None:
            raise PermissionError(folder)

    async with open_database(database_url) as database:
        table = RunTable(database)
        await table.add_done(record("done"), str(tmp_path / "done"), "command", 0, 0)
        with pytest.raises(TransientError, match="the files of done cannot be removed"):
            await OldRuns(table, Stuck(), 90, lambda: NOW).look()
        assert await table.row("done") is not None
        assert [*old_runs_task(ResearchSettings(research_artefacts=str(tmp_path)), table, Lifecycle())] == ["old runs"]
        assert old_runs_task(ResearchSettings(research_workers=0), table, Lifecycle()) == {}
