"""``research quality [RULE]``: what followed past signals, out of sample; with ``--store`` the records that alerts show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import InputError, input_errors, print_json, print_table
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.domain.data_request import DataRequest
    from services.analysis.research.quality.run import QualityRow

Rule = Annotated[str, typer.Argument(metavar="RULE", help="A rule or chart pattern; without it all.")]
Level = Annotated[str, typer.Option("--level", metavar="LEVEL", help="instrument, industry or all; without it every level.")]
Horizon = Annotated[int, typer.Option("--horizon", metavar="BARS", help="Of 1, 5 and 20 bars one; 0: every one.")]
Validated = Annotated[bool, typer.Option("--validated", help="Only records that are validated.")]
Cost = Annotated[float, typer.Option("--cost", metavar="BPS", help="Fees and slippage of a side, basis points.")]
Store = Annotated[
    bool,
    typer.Option("--store", help="Save the records of stored bars for alerts, or those of --tape before its start."),
]


def main(
    rule: Rule = "",
    symbols: Symbols = "",
    data: Data = "",
    tape: Tape = "",
    timeframe: TimeframeText = "1d",
    start: Start = "",
    end: End = "",
    level: Level = "",
    horizon: Horizon = 0,
    cost_bps: Cost = 10.0,
    validated: Validated = False,
    store: Store = False,
    as_json: AsJson = False,
) -> int:
    """What followed past signals of each rule and chart pattern, out of sample, beside any other day."""
    import msgspec

    from services.analysis.research.quality.run import QualityRow

    request = data_request(symbols, data, tape, timeframe, start, end)
    if store:
        return _store(request)
    asked = {"rule": rule, "level": level or None, "horizon": horizon, "cost_bps": cost_bps}
    found, _ = run_here("quality", request, asked)
    given = msgspec.json.decode(found.artefacts["records.json"], type=list[QualityRow])
    chosen = [each for each in given if each.quality.validated or not validated]
    if as_json:
        print_json(chosen)
    else:
        _print(chosen, found.record.summary)
    return 0


def _print(chosen: list[QualityRow], summary: Mapping[str, Any]) -> None:
    columns = ("rule", "", "of", "bars", "n", "dates", "eff. n", "won", "mean", "any day", "worst", "q", "")
    lines = []
    for each in chosen:
        q = each.quality
        parameters = ",".join(f"{value:g}" for value in each.params.values())
        name = f"{each.rule}({parameters})" if parameters else each.rule
        of = "all" if each.level == "all" else each.group
        shares = (q.win_rate, q.mean_return, q.base_rate, q.worst)
        won, mean, base, worst = (f"{value:.0%}" if value is q.win_rate else f"{value:+.2%}" for value in shares)
        mark = "validated" if q.validated else ""
        lines.append(
            (
                name,
                each.direction,
                of,
                q.horizon_bars,
                q.n,
                q.dates,
                q.effective_n,
                won,
                mean,
                base,
                worst,
                f"{q.q_value:.2f}",
                mark,
            )
        )
    title = f"{summary['validated']} of {summary['tried']} tests validated; {summary['cost_bps']:g} bp a side"
    print_table(title, columns, lines)


def _store(request: DataRequest) -> int:
    """Save the records of stored bars, or of a tape's history; prints what changed as JSON, or how many were saved."""
    from services.analysis.research.adapters.quality_store import store, store_tape
    from services.analysis.research.settings import ResearchSettings
    from shared.settings import read_settings

    if request.source == "folder" or request.symbols or request.start or request.end:
        raise InputError(
            "--store: the records of alerts are those of all stored bars, or of a tape's history; leave out --symbols, --data and "
            "dates"
        )
    with input_errors():
        if request.source == "tape":
            print_json({"stored": store_tape(request.place, read_settings(ResearchSettings))})
            return 0
        changes = store(request, read_settings(ResearchSettings))
    print_json(changes)
    return 0
