"""``research discover``: sequences and combinations of signals with an edge out of sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import print_json, print_table
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.discovery.run import Finding
    from services.analysis.research.domain.run_record import RunRecord

Within = Annotated[int, typer.Option("--within", metavar="BARS", help="A signal follows another one within so many bars.")]
Size = Annotated[int, typer.Option("--size", metavar="N", help="Parts besides the signal that fires: 1 to 3.")]
Least = Annotated[int, typer.Option("--least", metavar="N", help="Signals that a candidate has in the first part.")]
Share = Annotated[float, typer.Option("--share", metavar="0.5", help="Of all dates, those of the first part.")]
Most = Annotated[int, typer.Option("--most", metavar="N", help="Candidates that are judged on the rest.")]
Horizon = Annotated[int, typer.Option("--horizon", metavar="BARS", help="Bars held; 0: of 1, 5 and 20 the best of the first part.")]
Cost = Annotated[float, typer.Option("--cost", metavar="BPS", help="Fees and slippage of a side, basis points.")]
Index = Annotated[str, typer.Option("--index", metavar="SYMBOL", help="Its trend and volatility are the market's; or none.")]
BEST = 10
"""Candidates that are printed where none is validated."""
COLUMNS = ("signal", "", "bars", "n", "eff. n", "won", "mean", "any day", "worst", "q")


def main(
    symbols: Symbols = "",
    data: Data = "",
    tape: Tape = "",
    timeframe: TimeframeText = "1d",
    start: Start = "",
    end: End = "",
    within: Within = 10,
    size: Size = 2,
    least: Least = 30,
    share: Share = 0.5,
    most: Most = 200,
    horizon: Horizon = 0,
    cost_bps: Cost = 10.0,
    index: Index = "",
    as_json: AsJson = False,
) -> int:
    """Search combinations of signals in the first part of the past, and judge them on the rest."""
    import msgspec

    from services.analysis.research.discovery.run import Finding

    request = data_request(symbols, data, tape, timeframe, start, end)
    asked = {
        "within": within, "size": size, "least": least, "share": share, "most": most, "horizon": horizon, "cost_bps": cost_bps,
        "index": index.strip().upper() if index.strip().lower() not in {"none", "benchmark"} else index.strip().lower(),
    }  # fmt: skip
    found, place = run_here("discovery", request, asked)
    listed = msgspec.json.decode(found.artefacts["candidates.json"], type=list[Finding])
    if as_json:
        print_json({**found.record.summary, "id": found.record.id, "location": place, "candidates": listed})
    else:
        _print(found.record, listed, place)
    return 0


def _print(record: RunRecord, listed: list[Finding], place: str) -> None:
    summary = record.summary
    validated = [each for each in listed if each.validated]
    title = (
        f"{summary['validated']} of {summary['tried']} candidates validated from {summary['split']} on;"
        f" {summary['frequent']} were frequent before; {summary['cost_bps']:g} bp a side"
    )
    print_table(title, COLUMNS, (_cells(each) for each in validated or listed[:BEST]))
    if not summary["states"]:
        typer.echo("no states of the market: name an index with --index")
    if not validated:
        typer.echo("none is better than chance; the table has the best ones")
    for each in validated:
        typer.echo(follow(each, record.id if record.data.source == "stored" else ""))
    typer.echo(f"all candidates: {place}/candidates.json")


def follow(each: Finding, run: str) -> str:
    """The command that switches a finding on; ``run``: the id of the run whose record its signals shall carry, or empty."""
    if each.sequence:
        return f"follow it: python -m services.analysis.sequences add '{each.signal}'{f' --result {run}' if run else ''}"
    return f"follow it, in the bot: /alert {each.signal}"


def _cells(each: Finding) -> tuple[object, ...]:
    shares = (f"{value:+.2%}" for value in (each.mean_return, each.base_rate, each.worst))
    numbers = (each.horizon_bars, each.n, each.effective_n, f"{each.win_rate:.0%}")
    return each.signal, each.direction, *numbers, *shares, f"{each.q_value:.2f}"
