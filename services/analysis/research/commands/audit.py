"""``research audit NAME``: whether what a signal says of a bar depends on later bars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import print_json, print_table
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.audit.difference import Difference

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A rule, chart pattern, sequence or condition; all: all rules and patterns.")
]
Bars = Annotated[int, typer.Option("--bars", min=1, metavar="N", help="Random bars of each instrument, besides those of signals.")]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Chooses the random bars.")]
SHOWN = 50


def main(
    signal: Name,
    symbols: Symbols = "",
    data: Data = "",
    tape: Tape = "",
    timeframe: TimeframeText = "1d",
    start: Start = "",
    end: End = "",
    bars: Bars = 1000,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Compute history again as it was known at each bar; the exit code is 3 if anything differs from the whole series."""
    import msgspec

    from services.analysis.research.audit.difference import Difference

    request = data_request(symbols, data, tape, timeframe, start, end)
    found, place = run_here("audit", request, {"signal": signal, "bars": bars, "seed": seed})
    summary = found.record.summary
    listed = msgspec.json.decode(found.artefacts["differences.json"], type=list[Difference])
    if as_json:
        print_json({**summary, "id": found.record.id, "location": place, "listed": listed})
    else:
        if listed:
            columns = ("signal", "symbol", "bar", "known at its close", "whole series")
            print_table("", columns, (_cells(each) for each in listed[:SHOWN]))
        if (more := summary["differences"] - SHOWN) > 0:
            typer.echo(f"and {more} more: {place}/differences.json")
        result = f"{_values(summary['differences'])} on later bars" if listed else "no look-ahead"
        typer.echo(f"{summary['signal']}: {result}; {summary['bars']} bars of {_instruments(summary['instruments'])}")
    return 3 if listed else 0


def _values(count: int) -> str:
    return "1 value depends" if count == 1 else f"{count:,} values depend"


def _instruments(count: int) -> str:
    return "1 instrument" if count == 1 else f"{count:,} instruments"


def _cells(each: Difference) -> tuple[str, ...]:
    bar = dt.datetime.fromtimestamp(each.bar / 1000, dt.UTC).isoformat(" ", "minutes").replace("+00:00", " UTC")
    return each.signal, each.symbol, bar, _value(each.before), _value(each.after)


def _value(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"
