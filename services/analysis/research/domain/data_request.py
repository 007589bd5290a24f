"""Which bars a run of research uses."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

import msgspec

from services.analysis.research.domain.refusals import RefusedError
from shared.events import Timeframe

MOST_SYMBOLS: Final = 1_000
MOST_SYMBOL: Final = 32
MOST_PLACE: Final = 1024
DataSource = Literal["stored", "tape", "folder"]


class DataRequestError(RefusedError):
    """Data cannot be used as requested; the message names the field, the value and the remedy."""


class DataProblem(msgspec.Struct, frozen=True):
    """A row or a file that was left out."""

    file: str
    reason: str
    line: int = 0
    """From 1; 0: the whole file."""
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = f":{self.line}" if self.line else ""
        about = f" {self.column}={self.value!r}" if self.column else ""
        return f"{self.file}{place}:{about} {self.reason}"


class DataRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The instruments, the timeframe and the range of a run, and where its bars are read."""

    source: DataSource = "stored"
    place: str = ""
    """The name of a tape, or a folder; empty for stored bars."""
    symbols: tuple[str, ...] = ()
    """Empty: all that the source has."""
    timeframe: Timeframe = Timeframe.D1
    start: dt.date | None = None
    """First session; None: ``years`` before the last one of each instrument."""
    years: float = 0.0
    """0: that of the setting ``research_years``."""
    end: dt.date | None = None
    """Last session; None: the newest."""

    def check(self) -> None:
        """Raises DataRequestError."""
        if len(self.symbols) > MOST_SYMBOLS:
            raise DataRequestError(
                f"symbols: at most {MOST_SYMBOLS} are read, not {len(self.symbols)}",
                "count-most",
                count=len(self.symbols),
                most=MOST_SYMBOLS,
            )
        for symbol in self.symbols:
            if not (1 <= len(symbol) <= MOST_SYMBOL and symbol.isascii() and symbol.isprintable()):
                raise DataRequestError(f"symbols: {symbol[:MOST_SYMBOL]!r} is no symbol", "value-form", value=symbol[:MOST_SYMBOL])
        if len(set(self.symbols)) < len(self.symbols):
            raise DataRequestError("symbols: one is named twice", "symbol-twice")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise DataRequestError(
                f"start: {self.start} is after end, {self.end}", "start-after-end", value=self.start, end=self.end
            )
        if len(self.place) > MOST_PLACE:
            raise DataRequestError(
                f"place: it has {len(self.place)} characters, at most {MOST_PLACE} are read", "text-long", bound=MOST_PLACE
            )
        if (self.source == "stored") == bool(self.place):
            raise DataRequestError(
                f"place: {self.place!r}: a tape or a folder is named for the sources tape and folder alone", "options-wrong"
            )
