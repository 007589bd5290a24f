"""The process that does runs is replaced when it ends in the middle of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.analysis.research.adapters import run_process
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_messages import ProcessEndedError, RunTask
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.settings import ResearchSettings


async def outcome(process: run_process.RunProcess) -> object:
    """What ``process`` says first: a new one says nothing until it has started."""
    while (message := await process.next(60)) is None:
        continue
    return message


async def test_a_process_whose_pipe_has_ended_takes_no_other_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_process, "JOIN_SECONDS", 0.2)
    settings = ResearchSettings(database_url="sqlite+aiosqlite:///:memory:", research_artefacts=str(tmp_path))
    process = run_process.RunProcess(settings, {"backtest": "tests.research.unplugged_run:KIND"})
    task = RunTask("run", "folder", RunRequest(kind="backtest", data=DataRequest(symbols=("SPY",))))
    try:
        for _ in range(2):
            await process.begin(task)
            with pytest.raises(ProcessEndedError, match=r"its process ended \(exit code None\)"):
                await outcome(process)
    finally:
        await process.close()
