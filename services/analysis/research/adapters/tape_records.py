"""The records of a bundled tape's history as they were before its first tick, in a file beside the tape that ``make docs`` writes.

Without it the first alerts of a replay would come before the records of its history are computed.
"""

from __future__ import annotations

import datetime as dt
import lzma
from pathlib import Path
from typing import Final

import msgspec

from services.analysis.kernels.machine_code import kernel_source_hash
from services.analysis.kernels.plan import plan
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.adapters.tape_series import TAPES, names
from services.analysis.research.domain.data_request import DataRequest, DataRequestError
from services.analysis.research.quality.parameters import QualityParameters
from services.analysis.research.quality.rows import StoredQuality
from services.analysis.research.quality.run import computed
from services.analysis.research.settings import ResearchSettings
from shared.events import Timeframe

TIMEFRAME: Final = Timeframe.D1
"""The timeframe of these records."""
WITH_HISTORY: Final = ("daily", "demo", "seconds")
"""Bundled tapes with years of daily bars before their first tick."""


class TapeRecords(msgspec.Struct, frozen=True, kw_only=True):
    """The records that alerts show."""

    tape: str
    """SHA-256 of the tape's data."""
    plan_version: str
    """Of the rules and indicators, without their code: users have other versions of Python and numba."""
    code: str = ""
    """Of the sources of the kernels that computed it."""
    as_of: int
    """Close of the newest bar that was read, in milliseconds since the epoch."""
    rows: tuple[StoredQuality, ...]


class _Header(msgspec.Struct, frozen=True):
    start: int
    sha256: str


def file_of(tape: str) -> Path:
    """The file of a tape's records."""
    return TAPES / f"{tape}.records.json.xz"


def made(tape: str, settings: ResearchSettings) -> TapeRecords:
    """The records, computed from the bars that closed before the tape begins: about 5 seconds. Raises DataRequestError."""
    header = _header(tape)
    before = dt.datetime.fromtimestamp(header.start / 1000, dt.UTC).date() - dt.timedelta(days=1)
    data = SeriesData(DataRequest(source="tape", place=tape, timeframe=TIMEFRAME, end=before), settings)
    rows, as_of = computed(QualityParameters(), data, lambda *_: None)
    if as_of > header.start:
        raise RuntimeError(f"the history of the tape {tape} ends after its start")
    shown = tuple(each for each in rows if each.shown)
    return TapeRecords(tape=header.sha256, plan_version=plan().version, code=kernel_source_hash(), as_of=as_of, rows=shown)


def write(tape: str, records: TapeRecords) -> None:
    """Write the file of a tape."""
    file_of(tape).write_bytes(lzma.compress(msgspec.json.encode(records, order="deterministic"), preset=9))


def read(tape: str) -> TapeRecords | None:
    """The records of a tape; None if it has none, or if they are of other rules or of another edition of the tape.

    Raises:
        DataRequestError: there is no such tape.
    """
    header, path = _header(tape), file_of(tape)
    if not path.exists():
        return None
    found = msgspec.json.decode(lzma.decompress(path.read_bytes()), type=TapeRecords)
    return found if (found.tape, found.plan_version) == (header.sha256, plan().version) else None


def is_current(tape: str) -> bool:
    """Whether its records are of the present rules and code. Raises as ``read``."""
    found = read(tape)
    return found is not None and found.code == kernel_source_hash()


def _header(tape: str) -> _Header:
    if tape not in names():
        raise DataRequestError(
            f"tape: {tape!r} is no tape; there are {', '.join(names())}", "name-unknown", value=tape, known=", ".join(names())
        )
    return msgspec.json.decode((TAPES / f"{tape}.json").read_bytes(), type=_Header)
