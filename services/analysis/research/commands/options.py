"""The options that commands share, and what they mean together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from services.analysis.research.commands.output import InputError, input_errors

if TYPE_CHECKING:
    from services.analysis.research.domain.data_request import DataRequest

Symbols = Annotated[str, typer.Option("--symbols", metavar="A,B", help="Instruments; without it all that the source has.")]
Data = Annotated[str, typer.Option("--data", metavar="FOLDER", help="Read CSV or Parquet files, one an instrument.")]
Tape = Annotated[str, typer.Option("--tape", metavar="NAME", help="Read a bundled tape: daily, demo, seconds or crypto.")]
TimeframeText = Annotated[str, typer.Option("--timeframe", metavar="1d", help="1m 5m 15m 30m 1h 4h 1d 1w 1mo")]
Start = Annotated[str, typer.Option("--start", metavar="YYYY-MM-DD", help="First session; without it ten years before the last.")]
End = Annotated[str, typer.Option("--end", metavar="YYYY-MM-DD", help="Last session; without it the newest.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def data_request(symbols: str, data: str, tape: str, timeframe: str, start: str, end: str) -> DataRequest:
    """What the options ask for. Without --data and --tape the bars are those that are stored. Raises InputError."""
    from services.analysis.research.domain.data_request import DataRequest
    from shared.events import Timeframe

    if data and tape:
        raise InputError("--data and --tape: name one of them")
    try:
        frame = Timeframe.of_word(timeframe.strip().lower())
    except ValueError as error:
        raise InputError(f"--timeframe: {error}") from error
    names = tuple(dict.fromkeys(name.strip().upper() for name in symbols.split(",") if name.strip()))
    if symbols and not names:
        raise InputError(f"--symbols: {symbols[:32]!r} names no instrument; without the option all that the source has are read")
    request = DataRequest(
        source="folder" if data else "tape" if tape else "stored",
        place=data or tape,
        symbols=names,
        timeframe=frame,
        start=_day("--start", start),
        end=_day("--end", end),
    )
    with input_errors():
        request.check()
    return request


def _day(option: str, text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{option}: {text[:32]!r} is no day; write it as 2020-12-31") from error
