"""Writes the rows of a year as Parquet, with pandas and pyarrow."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import pandas as pd

from services.analysis.kernels.groups.aligned import days_of
from services.analysis.research.datasets.parts import PARTS
from services.analysis.research.datasets.rows import Block, Column
from services.analysis.research.domain.run_record import RunError

PACKAGES: Final = ("pyarrow", "mlcroissant")


def check_packages() -> None:
    """Raises RunError when a package that data sets need is not installed."""
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise RunError(
            f"data sets are written with {' and '.join(missing)}, not installed here: run `make setup-research`",
            "package-missing",
            name=", ".join(missing),
        )


def writer() -> str:
    """The versions that decide the bytes of a file."""
    return ", ".join(f"{name} {version(name)}" for name in ("pandas", *PACKAGES))


def frame(places: Sequence[tuple[Block, slice]], columns: Sequence[Column]) -> pd.DataFrame:
    """The rows of some instruments in the order of close times, then symbols. Columns as ``columns``; NaN where not known."""
    ts_close = np.concatenate([block.ts_close[at] for block, at in places])
    names = np.concatenate([np.full(at.stop - at.start, place) for place, (_, at) in enumerate(places)])
    order = np.lexsort((names, ts_close))  # blocks are in the order of their symbols
    found: dict[str, Any] = {}
    for column in columns:
        values = _joined(places, column, names)
        found[column.name] = values[order]
    return pd.DataFrame(found)


def content_hash(table: pd.DataFrame) -> str:
    """SHA-256 of the values, whatever wrote the file."""
    found = hashlib.sha256()
    for name in table.columns:
        values = table[name]
        if values.dtype.kind in "iuf":
            body = np.ascontiguousarray(values.to_numpy()).tobytes()
        elif values.dtype.kind == "M":
            body = values.astype("int64").to_numpy().tobytes()
        else:
            body = "\0".join(values.fillna("").astype(str)).encode()
        found.update(f"{name}:{len(body)}\0".encode() + body)
    return found.hexdigest()


def parquet_bytes(table: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """A file with zstd. The same rows give the same bytes with the same ``writer()``."""
    import pyarrow as pa  # an optional package

    types = {
        "string": pa.string(), "timestamp": pa.timestamp("ms", tz="UTC"), "date": pa.date32(), "int8": pa.int8(),
        "float64": pa.float64(),
    }  # fmt: skip
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    body = io.BytesIO()
    table.to_parquet(body, engine="pyarrow", index=False, compression="zstd", schema=schema)
    return body.getvalue()


def _joined(places: Sequence[tuple[Block, slice]], column: Column, names: np.ndarray) -> Any:
    """The values of a column, block after block."""
    match column.name:
        case "symbol":
            return np.array([block.symbol for block, _ in places], object)[names]
        case "kind":
            return np.array([block.kind for block, _ in places], object)[names]
        case "industries":
            return np.array([" ".join(block.industries) for block, _ in places], object)[names]
        case "part":
            return np.array(PARTS, object)[np.concatenate([block.part[at] for block, at in places])]
        case "fold":
            years = np.concatenate([block.fold[at] for block, at in places])
            named = {year: str(year) if year else None for year in np.unique(years).tolist()}
            return np.array([named[year] for year in years.tolist()], object)
        case "session":
            return (
                days_of(np.concatenate([block.session[at] for block, at in places])).astype("datetime64[D]").astype("datetime64[s]")
            )
        case "ts_close" | "label_end":
            times = np.concatenate([getattr(block, column.name)[at] for block, at in places]).astype("datetime64[ms]")
            if column.name == "label_end":
                times[times == np.datetime64(0, "ms")] = np.datetime64("NaT")
            return pd.DatetimeIndex(times, tz="UTC")
    return np.concatenate([(block.labels if column.role == "label" else block.features)[column.name][at] for block, at in places])
