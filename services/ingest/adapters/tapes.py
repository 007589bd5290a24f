"""Reads and writes tapes: ``NAME.json`` is the header, ``NAME.npz`` holds the arrays. See docs/tapes.md."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from services.ingest.domain.tape import Floats, RecordedBars, RecordedHistory, Recording, Resolution, Tape, TapeError
from services.ingest.domain.universe import Universe
from shared.events import Timeframe

FORMAT: Final = 1
SeriesDescriptions = dict[tuple[str, str, str], str]
"""(use, symbol, resolution or timeframe) -> source and processing of a series; use is ``ticks`` or ``history``."""
_COLUMNS: Final = ("start", "end", "open", "high", "low", "close", "volume")


class SeriesHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One series of bars, as listed in the header."""

    symbol: str
    exchange: str
    use: Literal["ticks", "history"]
    resolution: str
    """Ticks: ``1s``, ``1m`` or ``1d``. History: a timeframe."""
    bars: int
    first: int
    last: int
    volume: float
    """Sum of the volumes."""
    about: str
    """Its source and processing."""


class TapeHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of ``NAME.json``."""

    format: int
    name: str
    title: str
    source: str
    licence: str
    start: int
    end: int
    speed: float
    sha256: str
    """Of ``NAME.npz``."""
    series: tuple[SeriesHeader, ...]


def read_tape(folder: Path, name: str, universe: Universe) -> Tape:
    """Read a tape and check it.

    Raises:
        TapeError: it is missing, damaged, of another format, or has a symbol that the universe lacks or lists on another
        exchange.
    """
    header = _header(folder, name)
    numbers = folder / f"{name}.npz"
    try:
        body = numbers.read_bytes()
    except OSError as error:
        raise TapeError(f"tape {name!r}: cannot read {numbers}: {error.strerror}") from error
    found = hashlib.sha256(body).hexdigest()
    if found != header.sha256:
        raise TapeError(f"tape {name!r}: {numbers} is damaged: {len(body)} bytes with SHA-256 {found}, not {header.sha256}")
    recordings: list[Recording] = []
    history: list[RecordedHistory] = []
    try:
        with np.load(numbers, allow_pickle=False) as arrays:
            for i, series in enumerate(header.series):
                _check_instrument(name, series, universe)
                bars = RecordedBars(*(arrays[f"{i}/{column}"] for column in _COLUMNS))
                if len(bars) != series.bars:
                    raise TapeError(f"tape {name!r}: series {i} ({series.symbol}) has {len(bars)} bars, not {series.bars}")
                if series.use == "ticks":
                    recordings.append(Recording(series.symbol, series.exchange, _resolution(name, series), bars))
                else:
                    history.append(
                        RecordedHistory(series.symbol, series.exchange, _timeframe(name, series), bars, arrays[f"{i}/factor"])
                    )
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, TapeError):
            raise
        raise TapeError(f"tape {name!r}: {numbers} does not match its header: {error}") from error
    return Tape(name, header.title, header.start, header.end, header.speed, header.sha256[:16], tuple(recordings), tuple(history))


def _header(folder: Path, name: str) -> TapeHeader:
    path = folder / f"{name}.json"
    try:
        text = path.read_bytes()
    except OSError as error:
        there = ", ".join(sorted(each.stem for each in folder.glob("*.npz"))) or "none"
        raise TapeError(f"tape {name!r}: cannot read {path}: {error.strerror}; tapes there: {there}") from error
    try:
        version = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get("format", msgspec.Raw(b"null"))
        if bytes(version) != str(FORMAT).encode():
            raise TapeError(f"tape {name!r}: format {bytes(version).decode()} of {path} is not {FORMAT}, which this program reads")
        return msgspec.json.decode(text, type=TapeHeader)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TapeError(f"tape {name!r}: {path}: {error}") from error


def _check_instrument(name: str, series: SeriesHeader, universe: Universe) -> None:
    instrument = universe.find(series.symbol)
    if instrument is None:
        raise TapeError(f"tape {name!r}: symbol {series.symbol!r} is not in the universe; add it there, or play another tape")
    if instrument.exchange != series.exchange:
        raise TapeError(
            f"tape {name!r}: {series.symbol} is of {series.exchange!r} here, of {instrument.exchange!r} in the universe"
        )


def _resolution(name: str, series: SeriesHeader) -> Resolution:
    known: Resolution
    for known in ("1s", "1m", "1d"):
        if series.resolution == known:
            return known
    raise TapeError(f"tape {name!r}: {series.symbol}: resolution {series.resolution!r} is none of 1s, 1m, 1d")


def _timeframe(name: str, series: SeriesHeader) -> Timeframe:
    try:
        return Timeframe(series.resolution)
    except ValueError as error:
        raise TapeError(f"tape {name!r}: {series.symbol}: {series.resolution!r} is no timeframe") from error


def write_tape(folder: Path, tape: Tape, source: str, licence: str, about: SeriesDescriptions) -> TapeHeader:
    """Write a tape and return its header. The same content gives the same bytes and digest."""
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
    headers: list[SeriesHeader] = []
    series: tuple[Recording | RecordedHistory, ...] = (*tape.recordings, *tape.history)
    for i, each in enumerate(series):
        arrays |= {f"{i}/{column}": getattr(each.bars, column) for column in _COLUMNS}
        if isinstance(each, RecordedHistory):
            arrays[f"{i}/factor"] = each.price_factor
        headers.append(_series_header(each, about))
    numbers = folder / f"{tape.name}.npz"
    _write_numbers(numbers, arrays)
    header = TapeHeader(
        format=FORMAT,
        name=tape.name,
        title=tape.title,
        source=source,
        licence=licence,
        start=tape.start,
        end=tape.end,
        speed=tape.speed,
        sha256=hashlib.sha256(numbers.read_bytes()).hexdigest(),
        series=tuple(headers),
    )
    (folder / f"{tape.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(header), indent=1) + b"\n")
    return header


def _series_header(each: Recording | RecordedHistory, about: SeriesDescriptions) -> SeriesHeader:
    use: Literal["ticks", "history"] = "ticks" if isinstance(each, Recording) else "history"
    resolution = each.resolution if isinstance(each, Recording) else each.timeframe.value
    bars: RecordedBars = each.bars
    volume: Floats = bars.volume
    return SeriesHeader(
        symbol=each.symbol,
        exchange=each.exchange,
        use=use,
        resolution=resolution,
        bars=len(bars),
        first=int(bars.start[0]),
        last=int(bars.end[-1]),
        volume=float(volume.sum()),
        about=about[use, each.symbol, resolution],
    )


def _write_numbers(path: Path, arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]) -> None:
    """As ``np.savez_compressed``, but without timestamps, so that the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_LZMA
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
