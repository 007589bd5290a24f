"""A data set a night, once for all processes, on both databases; old ones are removed."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import msgspec
import pytest

from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.run_table import RunTable
from services.analysis.research.app import nightly_task
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_record import EncodedRecord, RunRecord
from services.analysis.research.domain.run_rows import NIGHTLY
from services.analysis.research.handlers.nightly_datasets import NightlyDatasets
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.runtime import Lifecycle

DAY_MS = 86_400_000


def moment(day: int, time: str) -> int:
    return int(dt.datetime.fromisoformat(f"2024-03-{day:02} {time}+00:00").timestamp() * 1000)


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


def kept(folder: Path) -> list[str]:
    return sorted(path.name[:16] for path in folder.iterdir() if path.is_dir())


async def test_each_night_has_one_and_old_ones_go(database_url: str, tmp_path: Path) -> None:
    clock, woken, files = Clock(), list[str](), RunFiles(str(tmp_path))
    async with open_database(database_url) as database:
        table = RunTable(database)
        two = [
            NightlyDatasets(table, files, dt.time(2, 0), {"features": ["returns"]}, 2, clock, lambda: woken.append("x"))
            for _ in range(2)
        ]

        async def looked(day: int, time: str) -> list[str]:
            clock.now = moment(day, time)
            for each in two:
                await each.look()
            return sorted(row.id for row in await table.newest(50) if row.requested_by == NIGHTLY)

        async def finished(run_id: str) -> None:
            row = await table.claim(clock.now, 1000)
            assert row is not None
            assert row.id == run_id
            record = RunRecord(
                id=row.id, kind="dataset", data=DataRequest(), parameters={}, data_hash="", parameters_hash="", plan_version="",
                code_version="", summary={},
            )  # fmt: skip
            place = files.save(f"{row.id}-{row.claim[:8]}", record, {"card.md": b"#"})
            assert await table.finish(row, EncodedRecord.of(record), place, clock.now)
            await table.reported(row.id)

        assert await looked(5, "01:59") == ["nightly-20240304"]
        assert await looked(5, "02:00") == ["nightly-20240304", "nightly-20240305"]
        assert await looked(5, "23:00") == ["nightly-20240304", "nightly-20240305"]
        assert len(woken) == 2
        row = await table.row("nightly-20240305")
        assert row is not None
        assert msgspec.structs.asdict(row.request) == {
            "kind": "dataset",
            "data": DataRequest(),
            "parameters": {"features": ["returns"]},
        }
        for day in (4, 5):
            await finished(f"nightly-202403{day:02}")
        assert await looked(9, "03:00") == ["nightly-20240304", "nightly-20240305", "nightly-20240309"]
        await finished("nightly-20240309")
        assert await looked(9, "04:00") == ["nightly-20240305", "nightly-20240309"]
        assert kept(tmp_path) == ["nightly-20240305", "nightly-20240309"]


def test_a_folder_that_is_no_run_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    files = RunFiles(str(tmp_path / "kept"))
    for folder in ("..", ".", "", "a/b", "/"):
        with pytest.raises(ValueError, match="is no folder of a run"):
            files.remove(folder)
    files.remove("absent")
    assert (tmp_path / "kept").exists()


async def test_it_is_off_by_default_and_bad_settings_are_named(database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url) as database:
        given = RunTable(database), asyncio.Event(), Lifecycle()
        assert nightly_task(ResearchSettings(), *given) == {}
        assert [*nightly_task(ResearchSettings(research_dataset_at="02:30", research_artefacts=str(tmp_path)), *given)] == [
            "nightly data set"
        ]
    for wrong in ("25:00", "2:00", "02:60", "night"):
        with pytest.raises(ValueError, match="research_dataset_at"):
            ResearchSettings(research_dataset_at=wrong)
