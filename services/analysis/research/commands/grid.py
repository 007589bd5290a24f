"""``research grid``: search the parameters of an entry and an exit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import InputError, input_errors, print_json, print_table
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.domain.run_record import RunRecord

Entry = Annotated[str, typer.Option("--entry", metavar="SIGNAL", help="With parameters in braces: 'rsi_{a} < {b}'.")]
Exit = Annotated[str, typer.Option("--exit", metavar="SIGNAL", help="The same; without it the options below end a position.")]
Ranges = Annotated[
    list[str], typer.Option("--range", metavar="NAME=5:50:5", help="Values of a parameter, or NAME=5,10,20; once for each.")
]
Constraints = Annotated[list[str], typer.Option("--constraint", metavar="'a < b'", help="Sets without it are left out.")]
Direction = Annotated[str, typer.Option("--direction", help="long, short or both.")]
StopLoss = Annotated[float | None, typer.Option("--stop-loss", metavar="SHARE", help="Or --range stop_loss=0.02:0.1:0.02.")]
TakeProfit = Annotated[float | None, typer.Option("--take-profit", metavar="SHARE", help="Or a range, likewise.")]
Trailing = Annotated[float | None, typer.Option("--trailing", metavar="SHARE", help="Or a range, likewise.")]
TimeExit = Annotated[int | None, typer.Option("--time-exit", metavar="BARS", help="Or a range, likewise.")]
BothHit = Annotated[str, typer.Option("--both-hit", help="stop or target: which counts when a bar holds both.")]
Commission = Annotated[float, typer.Option("--commission-bp", metavar="BP", help="Basis points of each fill.")]
Slippage = Annotated[float, typer.Option("--slippage-bp", metavar="BP", help="Basis points by which a fill is worse.")]
Borrow = Annotated[float, typer.Option("--borrow", metavar="SHARE", help="Cost a year of borrowed shares.")]
Objective = Annotated[str, typer.Option("--objective", help="sharpe, sortino, calmar or total_return.")]
Minimum = Annotated[int, typer.Option("--minimum-trades", metavar="N", help="Of all instruments, on the bars that are chosen on.")]
Radius = Annotated[int, typer.Option("--radius", metavar="STEPS", help="To each side, of the plateau.")]
Split = Annotated[str, typer.Option("--split", help="anchored, rolling or combinatorial.")]
Folds = Annotated[int, typer.Option("--folds", metavar="N", help="Parts that are tested; groups of combinatorial splits.")]
Window = Annotated[int, typer.Option("--window", metavar="N", help="Parts that a rolling split trains on.")]
Tested = Annotated[int, typer.Option("--tested", metavar="N", help="Groups that a combinatorial split tests at a time.")]
Holding = Annotated[int | None, typer.Option("--holding", metavar="BARS", help="Purged; without it as long as positions are held.")]
Embargo = Annotated[
    int | None, typer.Option("--embargo", metavar="BARS", help="After a tested part; without it as many as purged.")
]
Test = Annotated[float, typer.Option("--test", metavar="SHARE", help="Newest bars on which nothing is chosen.")]
Blocks = Annotated[int, typer.Option("--blocks", metavar="N", help="Of the cross-validation for the probability of overfitting.")]
Earlier = Annotated[int, typer.Option("--earlier-trials", metavar="N", help="Sets tried before on these bars.")]
Cluster = Annotated[
    str, typer.Option("--cluster", metavar="tcp://HOST:8786", help="Trade on a Dask cluster; the result is the same.")
]


def main(
    entry: Entry, ranges: Ranges, exit_: Exit = "", constraints: Constraints = [],  # noqa: B006 - typer reads the default
    direction: Direction = "long", stop_loss: StopLoss = None, take_profit: TakeProfit = None, trailing: Trailing = None,
    time_exit: TimeExit = None, both_hit: BothHit = "stop", commission_bp: Commission = 5.0, slippage_bp: Slippage = 5.0,
    borrow: Borrow = 0.01, objective: Objective = "sharpe", minimum_trades: Minimum = 30, radius: Radius = 1,
    split: Split = "anchored", folds: Folds = 5, window: Window = 2, tested: Tested = 2, holding: Holding = None,
    embargo: Embargo = None, test: Test = 0.2, blocks: Blocks = 16, earlier_trials: Earlier = 0, cluster: Cluster = "",
    symbols: Symbols = "", data: Data = "", tape: Tape = "", timeframe: TimeframeText = "1d", start: Start = "", end: End = "",
    as_json: AsJson = False,
) -> int:  # fmt: skip
    """Search the parameters of an entry and an exit: the plateau, its result on other bars, and what that is worth."""
    from services.analysis.research.adapters.dask_workers import DaskWorkers

    request = data_request(symbols, data, tape, timeframe, start, end)
    parameters = {
        "entry": entry, "exit": exit_, "direction": direction, "ranges": _ranges(ranges), "constraints": constraints,
        "stop_loss": stop_loss, "take_profit": take_profit, "trailing": trailing, "time_exit": time_exit, "both_hit": both_hit,
        "commission_bp": commission_bp, "slippage_bp": slippage_bp, "borrow": borrow, "objective": objective,
        "minimum_trades": minimum_trades, "radius": radius, "split": split, "folds": folds, "window": window, "tested": tested,
        "holding": holding, "embargo": embargo, "test": test, "blocks": blocks, "earlier_trials": earlier_trials,
    }  # fmt: skip
    with input_errors():
        workers = DaskWorkers(cluster) if cluster else None
    found, place = run_here("grid", request, parameters, workers=workers)
    if as_json:
        print_json({"id": found.record.id, "files": place, **found.record.summary})
    else:
        _print(found.record, place)
    return 0


def _ranges(given: list[str]) -> dict[str, str]:
    """``NAME=VALUES`` of each option. Raises InputError."""
    found: dict[str, str] = {}
    for each in given:
        name, sign, values = each.partition("=")
        if not sign or not name.strip():
            raise InputError(f"--range: {each[:48]!r}: write it as NAME=5:50:5 or NAME=5,10,20")
        if name.strip() in found:
            raise InputError(f"--range: {name.strip()[:32]} is given twice")
        found[name.strip()] = values.strip()
    return found


def _print(record: RunRecord, place: str) -> None:
    from services.analysis.research.report.grid_tables import best_rows, fold_rows, head_rows, part_rows, worth_rows

    facts: Mapping[str, Any] = record.summary
    print_table("", ("Grid", record.id[:12]), head_rows(facts))
    print_table(
        "", ("Figure", "Plateau, development", "Plateau, test", "Peak, development", "Peak, test", "Hold, test"), part_rows(facts)
    )
    print_table("", ("Tested", "Set", "Train", "Test", "Trades"), fold_rows(facts))
    print_table("", ("What it is worth", ""), worth_rows(facts))
    print_table("", ("Best sets", "Objective", "Neighbourhood", "Trades"), best_rows(facts))
    typer.echo(f"Costs: {facts['costs']}.\nAll sets, heat map and instruments: {place}")
