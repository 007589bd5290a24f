"""The result of a grid as rows of text for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.analysis.research.grid.ranges import shown as number
from services.analysis.research.metrics.table import Unit
from services.analysis.research.report.figures import UNDEFINED, shown

UNITS: Final[Mapping[str, Unit]] = {
    "sharpe": "ratio", "sortino": "ratio", "calmar": "ratio", "total_return": "return", "max_drawdown": "return", "trades": "count",
}  # fmt: skip
LABELS: Final = {
    "sharpe": "Sharpe ratio", "sortino": "Sortino ratio", "calmar": "Calmar ratio", "total_return": "Total return",
    "max_drawdown": "Maximum drawdown", "trades": "Trades",
}  # fmt: skip


def set_text(chosen: Mapping[str, float] | None) -> str:
    """A set in words.

    >>> set_text({"fast": 10.0, "slow": 50.0}), set_text(None)
    ('fast 10, slow 50', '–')
    """
    return UNDEFINED if chosen is None else ", ".join(f"{name} {number(float(value))}" for name, value in chosen.items())


def head_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was searched and on which bars."""
    split, parts = facts["split"], [facts["split"][name] for name in ("development", "test")]
    excluded = facts["excluded_by_constraints"]
    return [
        ("Entry", facts["entry"]),
        ("Exit", facts["exit"] or "by orders alone"),
        ("Parameters", "; ".join(_parameter(each) for each in facts["parameters"])),
        ("Sets", f"{facts['sets']:,}" + (f"; {excluded:,} left out by constraints" if excluded else "")),
        ("Objective", f"{facts['objective']}, with at least {facts['minimum_trades']} trades"),
        *((name, f"{each['bars']:,} bars, {each['first']} to {each['last']}")
          for name, each in zip(("Development", "Test"), parts, strict=True)),
        ("Split", f"{split['kind']}; {split['holding']} bars purged, {split['embargo']} embargoed"),
        ("Instruments", f"{facts['instruments']['count']}, each with an equal part of the money"),
    ]  # fmt: skip


def part_rows(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The plateau beside the peak and buy and hold, on the part that they were chosen on and on the newest bars."""
    pairs = [(facts[name], part) for name in ("chosen", "peak") for part in ("development", "test")]
    held = facts["buy_and_hold"]["test"]
    head = ("Set", set_text(facts["chosen"]["set"]), "", set_text(facts["peak"]["set"]), "", "")
    return [head, *(
        (LABELS[name], *(shown(each[part][name], unit) for each, part in pairs), shown(held[name], unit) if name in held else "")
        for name, unit in UNITS.items()
    )]  # fmt: skip


def fold_rows(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Each fold: what was chosen, and its objective on train and on test."""
    unit = UNITS[facts["objective"]]
    return [
        (
            f"{each['tested']['first']} to {each['tested']['last']}", set_text(each["set"]), shown(each["train_objective"], unit),
            shown(each["objective"], unit), str(each["trades"]),
        )
        for each in facts["folds"]
    ]  # fmt: skip


def worth_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The statistics of the choice."""
    one, validation, unit = facts["overfitting"], facts["validation"], UNITS[facts["objective"]]
    parts = "paths" if facts["split"]["kind"] == "combinatorial" else "folds"
    failing = ", ".join(map(str, validation["failing"]))
    instruments = facts["instruments"]
    return [
        ("Trials", f"{one['trials']:,}, worth {one['effective_trials']:.1f} independent ones"),
        ("Sharpe ratio, development", shown(one["sharpe"], "ratio")),
        ("Expected of the best trial without skill", shown(one["expected_maximum_sharpe"], "ratio")),
        ("Deflated Sharpe ratio", f"{shown(one['deflated_sharpe'], 'share')} likely above that"),
        ("with the independent trials alone", shown(one["deflated_sharpe_effective"], "share")),
        ("Probability of overfitting", one["not_computed"] or _halves(one)),
        ("Validated objective", f"{shown(validation['pooled'], unit)}; worst of the {parts} {shown(validation['worst'], unit)}"),
        (f"Failing {parts}", failing or "none"),
        ("Losing instruments, test", f"{instruments['losing']} of {instruments['count']}"),
        ("Instruments without trades, test", str(instruments["without_trades"])),
    ]  # fmt: skip


def best_rows(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The best sets of the development part."""
    unit, names = UNITS[facts["objective"]], [each["name"] for each in facts["parameters"]]
    return [
        (
            set_text({name: each[name] for name in names}), shown(each["objective"], unit), shown(each["neighbourhood"], unit),
            str(each["trades"]),
        )
        for each in facts["best"][:10]
    ]  # fmt: skip


def _halves(one: Mapping[str, Any]) -> str:
    return f"{shown(one['probability_of_overfitting'], 'share')} of {one['halves']:,} halves"


def _parameter(each: Mapping[str, Any]) -> str:
    return f"{each['name']}: {each['values']} from {number(float(each['least']))} to {number(float(each['most']))}"
