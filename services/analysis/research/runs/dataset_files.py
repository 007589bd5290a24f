"""The files of a data set and its summary, from its rows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from services.analysis.kernels.machine_code import kernel_fingerprint, pattern_fingerprint
from services.analysis.kernels.plan import plan
from services.analysis.research.datasets.card import card
from services.analysis.research.datasets.croissant import croissant
from services.analysis.research.datasets.folds import YearFold
from services.analysis.research.datasets.parquet import content_hash, frame, parquet_bytes, writer
from services.analysis.research.datasets.parts import Boundaries, counted
from services.analysis.research.datasets.rows import Block, Column, years
from services.analysis.research.datasets.transforms import fitted
from services.analysis.research.domain.run_record import canonical, hashed
from services.analysis.research.domain.runs import Progress, RunResult
from services.analysis.research.runs.dataset_parameters import DatasetParameters
from services.analysis.research.runs.versions import code_version

FORMAT: Final = 1
"""Of the manifest; a change that readers must know of raises it."""
IN_SUMMARY: Final = (
    "name", "timeframe", "source", "first", "last", "rows", "parts", "boundaries", "embargo_bars", "horizon_bars", "scaling",
    "content_hash", "writer",
)  # fmt: skip


def dataset_files(
    blocks: Sequence[Block],
    columns: Sequence[Column],
    boundaries: Boundaries,
    folds: Sequence[YearFold],
    asked: DatasetParameters,
    facts: Mapping[str, Any],
    hashes: Mapping[str, str],
    progress: Progress,
) -> RunResult:
    """``hashes``: of the bars of each instrument. Raises RunError where train or test is empty."""
    parts = counted(np.concatenate([block.part for block in blocks]))
    files, listed, contents = dict[str, bytes](), list[dict[str, Any]](), dict[str, str]()
    unknown = dict.fromkeys((column.name for column in columns), 0)
    whole = list(years(blocks))
    for done, (year, places) in enumerate(whole):
        table, name = frame(places, columns), f"year-{year}.parquet"
        files[name] = parquet_bytes(table, columns)
        contents[name] = content_hash(table)
        listed.append({"name": name, "rows": len(table), "bytes": len(files[name]), "sha256": _sha256(files[name])})
        for column, count in table.isna().sum().items():
            unknown[str(column)] += int(count)
        progress(len(whole) + done, len(whole) * 2, name)
    sessions = [int(block.session[at]) for block in blocks for at in (0, -1)]
    first, last = _date(min(sessions)), _date(max(sessions))
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": f"bars {facts['timeframe']} {first} to {last}",
        **facts,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "symbols": [block.symbol for block in blocks],
        "rows": sum(map(len, blocks)),
        "parts": parts,
        "boundaries": {"validation": _time(boundaries.validation), "test": _time(boundaries.test)},
        "folds": [{"year": each.year, "start": _time(each.start), "train": each.train, "test": each.test} for each in folds],
        "columns": [{**column._asdict(), "unknown": unknown[column.name]} for column in columns],
        "files": listed,
        "content_hash": hashed(contents),
        "data_hash": hashed(hashes),
        "parameters": msgspec.to_builtins(asked),
        "plan_version": plan(fingerprint=f"{kernel_fingerprint()} {pattern_fingerprint()}").version,
        "code_version": code_version(),
        "writer": writer(),
    }
    about = f"Features and labels of {len(blocks)} instruments, {facts['timeframe']} bars. card.md describes them."
    files["manifest.json"] = msgspec.json.format(canonical(manifest), indent=1)
    files["transforms.json"] = msgspec.json.format(canonical(_transforms(blocks, columns, asked)), indent=1)
    files["card.md"] = card(manifest)
    files["croissant.json"] = croissant(manifest["name"], about, columns, listed, f"1.0.0+{manifest['content_hash'][:12]}", last)
    summary = {name: manifest[name] for name in IN_SUMMARY} | {
        "instruments": len(blocks),
        "features": [column.name for column in columns if column.role == "feature"],
        "labels": [column.name for column in columns if column.role == "label" and column.type != "timestamp"],
        "sizes": {name: len(body) for name, body in sorted(files.items())},
    }
    return RunResult(summary, files)


def _transforms(blocks: Sequence[Block], columns: Sequence[Column], asked: DatasetParameters) -> dict[str, Any]:
    """Of numbers; signals and the calendar are left as they are."""
    found = {}
    for column in columns:
        if column.role == "feature" and column.type == "float64":
            train = np.concatenate([block.features[column.name][block.part == 0] for block in blocks])
            found[column.name] = fitted(train, asked.scaling)
    return {"scaling": asked.scaling, "fitted_on": "train", "features": found}


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _date(session: int) -> dt.date:
    return dt.date(session // 10_000, session // 100 % 100, session % 100)


def _time(ts: int) -> str:
    return dt.datetime.fromtimestamp(ts / 1000, dt.UTC).isoformat().replace("+00:00", "Z")
