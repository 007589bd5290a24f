"""``research backtest``: trade an entry and an exit on history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import print_json, print_table
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.domain.run_record import RunRecord

Entry = Annotated[str, typer.Option("--entry", metavar="SIGNAL", help="As golden_cross, 'rsi_oversold(14, 25)' or 'rsi_14 < 30'.")]
Exit = Annotated[str, typer.Option("--exit", metavar="SIGNAL", help="The same; without it the options below end a position.")]
Direction = Annotated[Literal["long", "short", "both"], typer.Option("--direction", help="Positions that may be opened.")]
StopLoss = Annotated[float | None, typer.Option("--stop-loss", metavar="SHARE", help="As 0.05, of the entry price.")]
TakeProfit = Annotated[float | None, typer.Option("--take-profit", metavar="SHARE", help="As 0.1, of the entry price.")]
Trailing = Annotated[float | None, typer.Option("--trailing", metavar="SHARE", help="As 0.1, of the best price so far.")]
TimeExit = Annotated[int | None, typer.Option("--time-exit", metavar="BARS", help="Leave after so many bars.")]
BothHit = Annotated[Literal["stop", "target"], typer.Option("--both-hit", help="Which counts when a bar holds both.")]
Size = Annotated[
    Literal["fraction", "amount", "volatility", "risk", "inverse_volatility"],
    typer.Option("--size", help="How large a position is; docs/research.md explains each."),
]
SizeValue = Annotated[float | None, typer.Option("--size-value", metavar="NUMBER", help="Of equity, or money for amount.")]
Shares = Annotated[Literal["fractional", "whole"], typer.Option("--shares", help="Parts of a share, or whole ones.")]
Leverage = Annotated[float, typer.Option("--leverage", metavar="NUMBER", help="Most value of all positions, of equity.")]
Most = Annotated[int | None, typer.Option("--max-positions", metavar="N", help="Positions at one time.")]
Window = Annotated[int, typer.Option("--window", metavar="BARS", help="Returns that volatility is measured on.")]
Commission = Annotated[float, typer.Option("--commission-bp", metavar="BP", help="Basis points of each fill.")]
Slippage = Annotated[float, typer.Option("--slippage-bp", metavar="BP", help="Basis points by which a fill is worse.")]
Borrow = Annotated[float, typer.Option("--borrow", metavar="SHARE", help="Cost a year of borrowed shares and cash.")]
Cash = Annotated[float, typer.Option("--cash", metavar="MONEY", help="At the start.")]
AccountKind = Annotated[
    Literal["shared", "separate"], typer.Option("--account", help="One for all instruments, or an equal part each.")
]
Page = Annotated[bool, typer.Option("--page/--no-page", help="Draw the pictures and the page.")]
PriceKind = Annotated[
    Literal["raw", "adjusted"], typer.Option("--prices", help="As traded, with dividends and splits, or adjusted.")
]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def main(
    entry: Entry, exit_: Exit = "", direction: Direction = "long", stop_loss: StopLoss = None, take_profit: TakeProfit = None,
    trailing: Trailing = None, time_exit: TimeExit = None, both_hit: BothHit = "stop", size: Size = "fraction",
    size_value: SizeValue = None, shares: Shares = "fractional", leverage: Leverage = 1.0, max_positions: Most = None,
    window: Window = 20, commission_bp: Commission = 5.0, slippage_bp: Slippage = 5.0, borrow: Borrow = 0.01,
    cash: Cash = 100_000.0, account: AccountKind = "shared", prices: PriceKind = "raw", page: Page = True,
    symbols: Symbols = "", data: Data = "", tape: Tape = "", timeframe: TimeframeText = "1d",
    start: Start = "", end: End = "", as_json: AsJson = False,
) -> int:  # fmt: skip
    """Trade an entry and an exit on history: figures, trades, charts and a page."""
    request = data_request(symbols, data, tape, timeframe, start, end)
    parameters = {
        "entry": entry, "exit": exit_, "direction": direction, "stop_loss": stop_loss, "take_profit": take_profit,
        "trailing": trailing, "time_exit": time_exit, "both_hit": both_hit, "size": size, "size_value": size_value,
        "shares": shares, "leverage": leverage, "max_positions": max_positions, "window": window,
        "commission_bp": commission_bp, "slippage_bp": slippage_bp, "borrow": borrow, "cash": cash, "account": account,
        "prices": prices, "page": page,
    }  # fmt: skip
    found, place = run_here("backtest", request, parameters)
    if as_json:
        print_json({**_identity(found.record), "files": place, **found.record.summary})
    else:
        _print(found.record, place)
    return 0


def _identity(record: RunRecord) -> dict[str, Any]:
    return {
        "id": record.id, "data_hash": record.data_hash, "parameters_hash": record.parameters_hash,
        "plan_version": record.plan_version, "code_version": record.code_version, "timeframe": record.data.timeframe.word,
    }  # fmt: skip


def _print(record: RunRecord, place: str) -> None:
    from services.analysis.research.report.figures import conditions, metric_rows, shown

    facts: Mapping[str, Any] = record.summary
    print_table("", ("Backtest", record.id[:12]), conditions(facts))
    print_table("", ("Figure", "Strategy", "95 % interval", "Buy and hold"), metric_rows(facts))
    print_table("", ("Instrument", "Trades", "Win rate", "Mean return", "Profit factor", "Profit"), (
        (each["symbol"], shown(each["trades"], "count"), shown(each["win_rate"], "share"), shown(each["expectancy"], "return"),
         shown(each["profit_factor"], "ratio"), shown(each["pnl"], "money")) for each in facts["instruments"]
    ))  # fmt: skip
    print_table("", ("Year", *MONTHS, "Total"), (
        (row["year"], *("" if month is None else f"{month * 100:+.0f}" for month in row["months"]), shown(row["total"], "return"))
        for row in facts["monthly"]
    ))  # fmt: skip
    typer.echo(f"Costs: {facts['costs']}.\nPage, pictures, trades and equity: {place}")
