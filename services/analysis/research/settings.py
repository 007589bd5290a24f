"""Settings of ``analysis research``, read from the environment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import msgspec
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from shared.events import Timeframe
from shared.settings import MeshSettings, Place, data_folder


class ResearchSettings(MeshSettings):
    """Settings of ``python -m services.analysis research`` and ``explain``."""

    probe_port: int = Field(default=9106, ge=0, le=65535)
    """Port for the probes."""
    research_group: str = "analysis-research"
    """Consumer group: its members share the jobs."""
    job_seconds: float = Field(default=5.0, gt=0)
    """Time limit of a job; a slower one is answered with an error. Later jobs may wait as long as this."""
    job_most_age_seconds: float = Field(default=60.0, gt=0)
    """Older jobs are answered with an error: nobody waits for them."""
    research_threads: int = Field(default=2, ge=1, le=64)
    """Instruments of a condition, or batches of a grid, that are evaluated at the same time."""
    rebuild_bars: int = Field(default=100_000, gt=0)
    """Newest stored bars of an instrument and timeframe that are evaluated."""
    calendar_start: dt.date = dt.date(1998, 1, 1)
    """First day whose sessions are known."""
    calendar_corrections: Path | None = None
    """File of corrections of exchange calendars (docs/calendars.md), the same as that of analysis live."""

    research_years: float = Field(default=10.0, gt=0, le=100)
    """Years before the newest bar that a run uses where it names no start."""
    research_artefacts: Place = Field(default_factory=lambda given: str(data_folder(given["var"]) / "research"))
    """Folder of the files of runs, or a URL such as s3://BUCKET/FOLDER if the package fsspec and that of its scheme are installed.
    Unset: ``research`` beside the database of the newest ``make run`` under VAR, or in VAR itself."""

    research_workers: int = Field(default=1, ge=0, le=64)
    """Runs at the same time, each in a process of its own at low priority; 0: this process takes runs, but others do them."""
    research_run_seconds: float = Field(default=1800.0, gt=0)
    """Time limit of a run; a slower one is ended."""
    research_run_most_age_seconds: float = Field(default=86_400.0, gt=0)
    """Older requests of runs are refused: a new consumer group begins with the oldest message of the topic."""
    research_lease_seconds: float = Field(default=30.0, gt=2)
    """A run whose process has not reported for this long is begun again by another one."""
    research_process_runs: int = Field(default=20, ge=1)
    """Runs after which a process is replaced by a new one, so that its memory does not grow."""
    research_runs_per_key: int = Field(default=5, ge=1)
    """Runs that one requester may have waiting or running; a further one is refused."""
    research_most_queued: int = Field(default=200, ge=1)
    """Runs that may wait; a further one is refused."""

    research_run_days: int = Field(default=90, ge=1)
    """Days for which a run that has ended is kept, with its files."""

    quality_timeframes: Annotated[tuple[Timeframe, ...], NoDecode] = (Timeframe.D1,)
    """Timeframes whose signals get a record; JSON as ["1d", "1h"]. A record needs more than two years of bars."""
    quality_seconds: float = Field(default=120.0, gt=0)
    """How often is looked whether bars have closed; then the records are computed again."""
    quality_limit_seconds: float = Field(default=600.0, gt=0)
    """Time limit of one computation of all records."""

    research_dataset_at: str = Field(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    """Time in UTC, as ``02:00``, at which a data set of all stored instruments is asked for each day; empty: never."""
    research_dataset_parameters: Annotated[dict[str, Any], NoDecode] = Field(default_factory=dict)
    """Its parameters as JSON (docs/datasets.md); empty: the usual ones."""
    research_dataset_keep: int = Field(default=7, ge=1)
    """Data sets of this kind that are kept; older ones are removed with their files."""

    @field_validator("quality_timeframes", "research_dataset_parameters", mode="before")
    @classmethod
    def _decoded(cls, value: object, about: ValidationInfo) -> object:
        empty = "{}" if about.field_name == "research_dataset_parameters" else ""
        try:
            return msgspec.json.decode(value or empty) if isinstance(value, str) else value
        except msgspec.DecodeError as error:
            raise ValueError(f"not JSON: {error}") from None

    @property
    def kernels(self) -> Path:
        """Folder of the compiled kernels."""
        return self.cache / "kernels"
