"""Reads series from a folder of CSV or Parquet files, one file an instrument, named by its symbol."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.adapters.listed import instrument
from services.analysis.research.domain.aggregation import aggregated
from services.analysis.research.domain.bar_checks import ADJUSTED, PRICES, check_bars
from services.analysis.research.domain.data_request import MOST_SYMBOL, DataProblem, DataRequestError
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from shared.calendars import ZONES
from shared.events import Timeframe
from shared.events.timeframe import DAY_MS

COLUMNS: Final = ("date", *PRICES, "volume")
SUFFIXES: Final = (".csv", ".parquet")
MOST_BYTES: Final = 512 * 1024 * 1024
MOST_FILES: Final = 10_000
DATES: Final = ("date", "datetime", "timestamp", "")
"""Names of the column of dates; an index without a name has none."""
TWO_MORE_HEADS: Final = "price"
"""The first field of a file that yfinance wrote: the second line has the symbol, the third the name of the dates."""
MOST_HEAD: Final = 4096
"""Characters of the head that are read."""
MORE_FIELDS: Final = 4
"""Fields beyond those of the head that make a row invalid; more make the file invalid."""
MOST_PROBLEMS: Final = 20
"""Rows of a file that are reported one by one; the rest is a number."""


class _RefusedFileError(Exception):
    """A file as a whole is left out."""


def folder_series(
    folder: Path, symbols: Collection[str], timeframe: Timeframe, also: Collection[Timeframe], problems: list[DataProblem]
) -> Iterator[ResearchSeries]:
    """The series of a folder, one at a time, by symbol. ``symbols``: empty for all. What is left out is added to ``problems``.

    Kind, exchange and industries are those of the bundled list; another symbol is a stock of an exchange that is not known.
    ``date`` of daily bars is the session, their close the end of that day in UTC; of others the open of the bar, in UTC unless it
    has an offset. Weeks and months among ``also`` are built from daily bars; no other timeframe is.

    Raises:
        DataRequestError: the folder cannot be read, or lacks a symbol.
    """
    files = _files(folder, problems)
    if missing := [symbol for symbol in symbols if symbol not in files]:
        raise DataRequestError(
            f"symbols: the folder {folder} has no file for {missing[0]!r}; it has {', '.join(list(files)[:20])}",
            "name-unknown",
            value=missing[0],
            known=", ".join(list(files)[:20]),
        )
    for symbol in sorted(symbols or files):
        path = files[symbol]
        try:
            found = _series(symbol, path, timeframe, problems)
        except _RefusedFileError as error:
            problems.append(DataProblem(path.name, f"the file is not used: {error}"))
        else:
            longer = {each for each in also if each.row.period is not None and timeframe == Timeframe.D1}
            raw = found.raw
            built = {each: aggregated(raw, each, raw["ts_open"], raw["ts_close"]) for each in longer}
            yield replace(found, bars={**built, timeframe: raw})


def _files(folder: Path, problems: list[DataProblem]) -> dict[str, Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    except OSError as error:
        raise DataRequestError(f"data: the folder {folder} cannot be read: {error.strerror}") from error
    if not paths:
        raise DataRequestError(f"data: the folder {folder} has no file that ends in .csv or .parquet")
    if len(paths) > MOST_FILES:
        raise DataRequestError(f"data: the folder {folder} has {len(paths)} files, at most {MOST_FILES} are read")
    found: dict[str, Path] = {}
    for path in paths:
        symbol = path.stem.upper()
        if not (len(symbol) <= MOST_SYMBOL and symbol.isascii() and symbol.isprintable()):
            problems.append(DataProblem(path.name[:80], f"the file is not used: {symbol[:MOST_SYMBOL]!r} is no symbol"))
        elif symbol in found:
            problems.append(DataProblem(path.name, f"the file is not used: {found[symbol].name} is the same symbol"))
        else:
            found[symbol] = path
    return found


def _series(symbol: str, path: Path, timeframe: Timeframe, problems: list[DataProblem]) -> ResearchSeries:
    about, table = instrument(symbol), _table(path)
    text = {name: table[name] for name in table.columns}
    numbers = {name: _numbers(text[name]) for name in (*PRICES, "volume")}
    if ADJUSTED in text:
        numbers[ADJUSTED] = _numbers(text[ADJUSTED])
    numbers["volume"][_blank(text["volume"])] = 0.0  # as providers leave it out of indices and currencies
    opens = _times(text["date"], timeframe)
    lines = np.arange(len(table)) + 2
    if len(opens) > 1 and np.all(np.diff(opens) < 0):  # newest first
        opens, lines = opens[::-1].copy(), lines[::-1].copy()
        numbers = {name: values[::-1].copy() for name, values in numbers.items()}
    good, bad = check_bars(opens, numbers, negative=about.negative)
    empty = np.logical_and.reduce([_blank(table[name]) for name in COLUMNS])[lines - 2]
    bad = {row: reason for row, reason in bad.items() if not empty[row]}
    if not good.any():
        if not bad:
            raise _RefusedFileError("it has no rows")
        row = min(bad, key=lambda each: int(lines[each]))
        column, reason = bad[row]
        raise _RefusedFileError(f"no row is a bar; line {lines[row]}: {column}={_cell(text[column], int(lines[row]))!r} {reason}")
    for row in sorted(bad)[:MOST_PROBLEMS]:
        column, reason = bad[row]
        value = _cell(text[column], int(lines[row])) if column in text else ""
        problems.append(DataProblem(path.name, reason, int(lines[row]), column, value))
    if len(bad) > MOST_PROBLEMS:
        problems.append(DataProblem(path.name, f"{len(bad) - MOST_PROBLEMS} more rows were left out"))
    bars = _records(opens[good], {name: values[good] for name, values in numbers.items()}, timeframe, about.exchange)
    return ResearchSeries(
        symbol,
        about.kind,
        about.exchange,
        timeframe,
        {timeframe: bars},
        about.industries,
        about.currency,
        about.negative,
        path.name,
    )


def _table(path: Path) -> pd.DataFrame:
    """The rows as texts (CSV) or as stored (Parquet), with the names of the columns in lower case."""
    if path.stat().st_size > MOST_BYTES:
        raise _RefusedFileError(f"it has {path.stat().st_size} bytes, at most {MOST_BYTES} are read")
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except _RefusedFileError:
        raise
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise _RefusedFileError(str(error).strip()[:200]) from error
    names = [str(name).strip().lower().replace(" ", "_") for name in table.columns]
    dates = next((name for name in DATES if name in names), "date")
    table.columns = pd.Index(["date" if name == dates else name for name in names])
    if twice := [name for name in (*COLUMNS, ADJUSTED) if list(table.columns).count(name) > 1]:
        raise _RefusedFileError(f"the column {twice[0]} is there twice")
    if missing := [name for name in COLUMNS if name not in table.columns]:
        line = "" if path.suffix.lower() == ".parquet" else " in line 1"
        raise _RefusedFileError(f"it has no column {missing[0]}{line}; it has {', '.join(map(str, table.columns[:12]))}"[:300])
    return table


def _csv(path: Path) -> pd.DataFrame:
    """All texts, a row a line, so that a row's number is that of its line. A line with more fields than the head has no date."""
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline(MOST_HEAD)
    delimiter = max(",;\t", key=first.count)
    head = [name.strip().strip('"') for name in first.rstrip("\r\n").split(delimiter)]
    names = list(range(len(head) + MORE_FIELDS))
    with warnings.catch_warnings(action="ignore", category=pd.errors.ParserWarning):  # such fields are counted
        table = pd.read_csv(
            path, sep=delimiter, names=names, header=None, skiprows=1, index_col=False, dtype=str, keep_default_na=False,
            encoding="utf-8-sig", skip_blank_lines=False,
        ).fillna("")  # fmt: skip
    table.loc[(table[names[len(head) :]] != "").any(axis=1), 0] = "too many fields"
    table = table[names[: len(head)]]
    if head[0].lower() == TWO_MORE_HEADS and len(table) > 1 and str(table.iloc[1, 0]).lower() == "date":
        head[0] = "date"
        table.iloc[:2] = ""
    table.columns = pd.Index(head)
    return table


def _parquet(path: Path) -> pd.DataFrame:
    if find_spec("pyarrow") is None:
        raise _RefusedFileError("Parquet is read with the package pyarrow, which is not installed: run `make setup-research`")
    table = pd.read_parquet(path)
    return table.reset_index() if table.index.name else table


def _cell(column: pd.Series[Any], line: int) -> str:
    return str(column.iloc[line - 2])[:40]


def _numbers(values: pd.Series[Any]) -> Floats:
    return pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan).copy()


def _blank(values: pd.Series[Any]) -> Any:
    return (values.isna() | (values.astype(str).str.strip() == "")).to_numpy(bool)


def _times(values: pd.Series[Any], timeframe: Timeframe) -> Int64s:
    """The open of each row in milliseconds; -1 where it is no date. Only ISO dates: 01/02/2020 is another day elsewhere."""
    text = values.astype(str).str.strip()
    if not timeframe.row.length_ms:
        text = text.str.slice(0, 10)
    found = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    known = found.notna().to_numpy(bool) & (text.str.len() >= len("2020-01-02")).to_numpy(bool)
    times = found.to_numpy("datetime64[ms]").astype(np.int64)
    return np.where(known & (times > 0), times, -1)


def _records(opens: Int64s, numbers: dict[str, Floats], timeframe: Timeframe, exchange: str) -> Any:
    found = np.zeros(len(opens), SERIES_RECORD)
    for name in (*PRICES, "volume"):
        found[name] = numbers[name]
    length = timeframe.row.length_ms
    days = pd.to_datetime(opens, unit="ms", utc=True)
    days = days.tz_convert(ZONES.get(exchange, "UTC")) if length else days
    found["session"] = np.asarray(days.year * 10_000 + days.month * 100 + days.day)
    found["ts_open"], found["ts_close"] = opens, opens + (length or DAY_MS)
    found["split_factor"] = 1.0
    found["price_factor"] = numbers[ADJUSTED] / numbers["close"] if ADJUSTED in numbers else 1.0
    return found
