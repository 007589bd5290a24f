"""Figures as text for people: percent, numbers, money, and a dash for what is not defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.analysis.research.metrics.table import METRICS, Unit

UNDEFINED: Final = "–"


def shown(value: float | None, unit: Unit) -> str:
    """A figure with its unit.

    >>> shown(0.1234, "return"), shown(0.5, "share"), shown(None, "ratio"), shown(1234567.8, "money"), shown(12.0, "bars")
    ('+12.3 %', '50.0 %', '–', '1,234,568', '12 bars')
    """
    if value is None:
        return UNDEFINED
    match unit:
        case "return" | "return a year" | "return of a bar":
            return f"{value * 100:+.1f} %" if abs(value) >= 0.001 or value == 0 else f"{value * 100:+.3f} %"
        case "share" | "share a year":
            return f"{value * 100:.1f} %"
        case "bars":
            return f"{value:.0f} bars"
        case "count":
            return f"{value:.0f}"
        case "money":
            return f"{value:,.0f}"
        case "a year":
            return f"{value:.1f} a year"
    return f"{value:.2f}"


def metric_rows(facts: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Label, strategy, interval, buy and hold of each metric of a backtest's summary."""
    rows = []
    for metric in METRICS:
        ends: Sequence[float] | None = facts["intervals"].get(metric.name)
        interval = f"{shown(ends[0], metric.unit)} to {shown(ends[1], metric.unit)}" if ends else ""
        other = facts["buy_and_hold"]
        beside = shown(other[metric.name], metric.unit) if metric.name in other else ""
        rows.append((metric.label, shown(facts["metrics"][metric.name], metric.unit), interval, beside))
    return rows


def conditions(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a result depends on, in words: signals, orders, size, costs, bars."""
    orders = {name: value for name, value in facts["orders"].items() if value is not None}
    sizing = {name: value for name, value in facts["sizing"].items() if value is not None}
    skipped = {name: n for name, n in facts["skipped"].items() if n}
    rows = [
        ("Entry", facts["entry"]),
        ("Exit", facts["exit"] or "by orders alone"),
        ("Orders", _listed(orders)),
        ("Size", _listed(sizing)),
        ("Costs", facts["costs"]),
        ("Account", f"{facts['cash']:,.0f}, {facts['account']}; prices {facts['prices']}"),
        ("Bars", f"{facts['bars']:,} from {facts['first']} to {facts['last']}, {facts['bars_a_year']:g} a year"),
        ("Entries not taken", _listed(skipped) or "none"),
    ]
    widened = sum(each["widened_bars"] for each in facts["instruments"])
    return rows + ([("Bars with a range that was widened", str(widened))] if widened else [])


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in values.items())
