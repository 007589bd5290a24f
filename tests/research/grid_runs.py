"""Grids on the bundled tape. ``python -m tests.research.grid_runs MARKER``: one that stops in the middle, to be killed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_parts import P, S, Work, Workers
from services.analysis.research.runs.execution import Execution, execute
from services.analysis.research.runs.grid import KIND
from services.analysis.research.settings import ResearchSettings
from tests.research.role import ROOT

CROSSES: dict[str, Any] = {
    "entry": "sma_{fast} crosses above sma_{slow}", "exit": "sma_{fast} crosses below sma_{slow}",
    "ranges": {"fast": "5:24:1", "slow": "30:125:5"}, "minimum_trades": 10, "blocks": 10,
}  # fmt: skip
"""400 sets: four batches."""
STOP_AFTER = 200


def grid_data(folder: Path, symbols: tuple[str, ...] = ("AAPL", "SPY"), workers: Workers | None = None) -> SeriesData:
    """Two instruments; finished batches are kept in the folder."""
    settings = ResearchSettings(cache=ROOT / ".cache", research_artefacts=str(folder), research_threads=1)
    return SeriesData(DataRequest(source="tape", place="daily", symbols=symbols), settings, workers)


def done(folder: Path, symbols: tuple[str, ...] = ("AAPL", "SPY"), workers: Workers | None = None, **parameters: Any) -> Execution:
    return execute(KIND, {**CROSSES, **parameters}, grid_data(folder, symbols, workers), lambda *_: None)


class Recorded:
    """Workers that say what they are given."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.given: list[str] = []

    def each(self, work: Work[S, P], shared: S, parts: Mapping[str, P]) -> Iterator[tuple[str, bytes]]:
        self.given += parts
        yield from self._workers.each(work, shared, parts)


if __name__ == "__main__":
    marker = Path(sys.argv[1])

    def stop(done: float, total: float, note: str = "") -> None:
        if done >= STOP_AFTER:
            marker.touch()
            signal.pause()

    execute(KIND, CROSSES, grid_data(marker.parent), stop)
