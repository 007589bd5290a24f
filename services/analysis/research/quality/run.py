"""The kind of run ``quality``: the records of all rules and chart patterns on some bars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.run_record import RunError, canonical
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.forked import forked
from services.analysis.research.quality.machine_code import load_quality
from services.analysis.research.quality.panel import instrument, signal_keys, signal_kinds
from services.analysis.research.quality.parameters import QualityParameters
from services.analysis.research.quality.records import LEVELS, records
from services.analysis.research.quality.rows import StoredQuality, stored
from shared.events import SignalQuality, Timeframe

MOST_LISTED: Final = 200
"""Records in the summary; the file has all."""


class QualityRow(msgspec.Struct, frozen=True):
    """An element of ``records.json``."""

    rule: str
    params: dict[str, float]
    direction: str
    level: str
    group: str
    quality: SignalQuality


def computed(asked: QualityParameters, data: RunData, progress: Progress) -> tuple[list[StoredQuality], int]:
    """All rows, whichever are asked for, and the close of the newest bar that was read. Raises RunError."""
    asked.check(data.request.timeframe)
    read, as_of = list[Instrument](), 0
    for series in data.series(every_rule(data.request.timeframe)):
        read.append(instrument(data.kernels, series))
        as_of = max(as_of, int(series.ts_close[-1]) if len(series) else 0)
        progress(len(read), len(data.request.symbols), series.symbol)
    progress(len(read), len(read), "records")
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
    """The records that are asked for as a file, the first of them, and how many tests they were corrected for."""
    rows, as_of = computed(asked, data, progress)
    if asked.rule and not any(each.rule == asked.rule for each in rows):
        raise RunError(
            f"rule: {asked.rule} has no signal on these bars, or too short a past of them", "no-signals", name=asked.rule
        )
    given = [
        QualityRow(each.rule, each.params, each.direction, each.level, each.group, each.quality)
        for each in rows
        if asked.wants(each)
    ]
    summary = {
        "records": len(given),
        "tried": rows[0].quality.tried if rows else 0,
        "validated": sum(each.quality.validated for each in rows),
        "listed": sorted(given, key=_place)[:MOST_LISTED],
        "as_of": as_of,
        "cost_bps": asked.cost_bps,
    }
    return RunResult(summary, {"records.json": canonical(given)})


def _place(row: QualityRow) -> tuple[bool, int]:
    """Validated records stand first, then those of the widest level; of these the order of the rules is kept."""
    return not row.quality.validated, -LEVELS.index(row.quality.level)


QUALITY: Final = RunKind("quality", QualityParameters, run)
