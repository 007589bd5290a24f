"""The kind of run ``quality``: the records of all rules and chart patterns on some bars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.run_record import RunError, canonical
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.forked import forked
from services.analysis.research.quality.machine_code import load_quality
from services.analysis.research.quality.panel import instrument, signal_keys, signal_kinds
from services.analysis.research.quality.records import LEVELS, Level, records
from services.analysis.research.quality.rows import StoredQuality, stored
from services.analysis.research.quality.windows import HORIZONS
from shared.events import SignalQuality, Timeframe


class QualityParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""

    horizons: tuple[Annotated[int, msgspec.Meta(ge=1, le=250)], ...] = HORIZONS
    """Bars that a position is held."""
    cost_bps: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 10.0
    """Fees and slippage of a side, in basis points of the price."""
    levels: tuple[Level, ...] = LEVELS


class QualityRow(msgspec.Struct, frozen=True):
    """An element of ``records.json``."""

    rule: str
    params: dict[str, float]
    direction: str
    level: str
    group: str
    quality: SignalQuality


def computed(asked: QualityParameters, data: RunData, progress: Progress) -> tuple[list[StoredQuality], int]:
    """The rows, and the close of the newest bar that was read."""
    if not asked.horizons or len(set(asked.horizons)) < len(asked.horizons):
        raise RunError(f"horizons: {list(asked.horizons)} must be different numbers of bars, at least one")
    read, as_of = list[Instrument](), 0
    for series in data.series(every_rule(data.request.timeframe)):
        read.append(instrument(data.kernels, series))
        as_of = max(as_of, int(series.ts_close[-1]) if len(series) else 0)
        progress(len(read), 0, series.symbol)
    return rated(asked, read, data.kernels.code.folder, data.request.timeframe, as_of), as_of


def rated(
    asked: QualityParameters, read: Sequence[Instrument], kernels: Path, timeframe: Timeframe, as_of: int
) -> list[StoredQuality]:
    """The rows of some instruments; ``kernels``: the folder of the compiled loops. Raises ``OSError`` when it cannot be written."""
    found = records(
        read, signal_keys(), load_quality(kernels), horizons=asked.horizons, cost=asked.cost_bps / 10_000, levels=asked.levels,
        run=forked,
    )  # fmt: skip
    return list(stored(found, signal_kinds(), timeframe, as_of))


def run(asked: QualityParameters, data: RunData, progress: Progress) -> RunResult:
    """All records as a file, and how many there are."""
    rows, as_of = computed(asked, data, progress)
    listed = [QualityRow(each.rule, each.params, each.direction, each.level, each.group, each.quality) for each in rows]
    validated = [each for each in rows if each.quality.validated]
    summary = {
        "records": len(rows),
        "tried": rows[0].quality.tried if rows else 0,
        "validated": len(validated),
        "as_of": as_of,
        "cost_bps": asked.cost_bps,
    }
    return RunResult(summary, {"records.json": canonical(listed)})


QUALITY: Final = RunKind("quality", QualityParameters, run)
