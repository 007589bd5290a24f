"""``research dataset``: features and labels of history as files for machine learning."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from services.analysis.research.commands.options import AsJson, Data, End, Start, Symbols, Tape, TimeframeText, data_request
from services.analysis.research.commands.output import print_json, print_table
from services.analysis.research.commands.running import run_here

Features = Annotated[
    list[str] | None,
    typer.Option("--feature", metavar="NAME", help="A group, 'close / sma_50 - 1', a condition or a signal; several times."),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--label", metavar="NAME", help="As 'forward_return(5)', 'triple_barrier(10)' or 'trend_scanning(20)'; several times."
    ),
]
Train = Annotated[float, typer.Option("--train", metavar="SHARE", help="Of the time.")]
Validation = Annotated[float, typer.Option("--validation", metavar="SHARE", help="Of the time; the rest is test.")]
Embargo = Annotated[
    int | None, typer.Option("--embargo", metavar="BARS", help="Without it as many bars as the longest label reads.")
]
ScalingKind = Annotated[Literal["standard", "robust"], typer.Option("--scaling", help="How centre and scale are fitted on train.")]


def main(
    features: Features = None, labels: Labels = None, train: Train = 0.7, validation: Validation = 0.15, embargo: Embargo = None,
    scaling: ScalingKind = "standard", symbols: Symbols = "", data: Data = "", tape: Tape = "", timeframe: TimeframeText = "1d",
    start: Start = "", end: End = "", as_json: AsJson = False,
) -> int:  # fmt: skip
    """Write features and labels as Parquet, with manifest, data card and Croissant metadata."""
    request = data_request(symbols, data, tape, timeframe, start, end)
    parameters = {
        "features": features or [], "labels": labels or [], "train": train, "validation": validation, "embargo": embargo,
        "scaling": scaling,
    }  # fmt: skip
    found, place = run_here("dataset", request, parameters)
    facts = found.record.summary
    if as_json:
        print_json({"id": found.record.id, "data_hash": found.record.data_hash, "files": place, **facts})
        return 0
    rows = [
        ("instruments", facts["instruments"]), ("rows", f"{facts['rows']:,}"), ("sessions", f"{facts['first']} to {facts['last']}"),
        ("features", len(facts["features"])), ("labels", ", ".join(facts["labels"])),
        *((name, f"{count:,}") for name, count in facts["parts"].items()), ("content", facts["content_hash"]),
    ]  # fmt: skip
    print_table("", ("Data set", found.record.id[:12]), rows)
    print_table("", ("File", "Bytes"), ((name, f"{size:,}") for name, size in facts["sizes"].items()))
    typer.echo(f"Files: {place}. card.md describes them; docs/datasets.md shows how to load them.")
    return 0
