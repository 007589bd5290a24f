"""Settings of ``analysis live``, read from the environment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.conditions import BAR_FIELDS, resolve
from shared.settings import MeshSettings


class LiveSettings(MeshSettings):
    """Settings of ``python -m services.analysis live``."""

    probe_port: int = Field(default=9102, ge=0, le=65535)
    """Port for the probes."""
    analysis_group: str = "analysis-live"
    """Consumer group: its members share the partitions."""
    checkpoint_seconds: float = Field(default=1.0, gt=0)
    """How often the state of a partition is written."""
    checkpoint_rows: int = Field(default=5000, gt=0)
    """Most bars and signals that wait for a checkpoint; more force one."""
    batch_ticks: int = Field(default=2000, gt=0, le=20_000)
    """Messages taken from Kafka at a time."""
    catalogue_seconds: float = Field(default=30.0, gt=0)
    """How often the table of instruments is read again."""
    indicators: Annotated[tuple[str, ...], NoDecode] = ()
    """Columns that run in addition to the default ones, comma-separated: ``rsi_21, wma_30``. Any of docs/indicators.md."""
    quality_read_seconds: float = Field(default=10.0, gt=0)
    """How often is looked whether there are newer records of past signals."""
    conditions_seconds: float = Field(default=5.0, gt=0)
    """How often users' conditions, and the sequences to follow, are read again."""
    rebuild_bars: int = Field(default=100_000, gt=0)
    """Newest stored bars of a symbol and timeframe that a rebuild or a load of history reads."""
    bar_revision_days: int = Field(default=3650, ge=1)
    """How long is kept what a stored bar was before it was replaced. For earlier moments ``as_of`` of the API has a warning."""
    calendar_start: dt.date = dt.date(1998, 1, 1)
    """First day whose sessions are known; ticks before it change quotes alone."""
    calendar_corrections: Path | None = None
    """File of corrections of exchange calendars (docs/calendars.md), applied after the project's own. Ingest and analysis must use
    the same file."""

    @field_validator("indicators", mode="before")
    @classmethod
    def _columns(cls, value: str | tuple[str, ...]) -> tuple[str, ...]:
        names = value.replace(",", " ").lower().split() if isinstance(value, str) else value
        for name in names:
            if name in BAR_FIELDS:
                raise ValueError(f"{name} is a field of every bar and always there; name indicators only, as in rsi_21")
            resolve(name)
        return tuple(names)

    @property
    def kernels(self) -> Path:
        """Folder of the compiled kernels."""
        return self.cache / "kernels"
