"""The functions of the language, and what other programs call them."""

from __future__ import annotations

from typing import Final

ARITY: Final = {
    "prev": 1, "abs": 1, "bars_since": 1,
    "crosses_above": 2, "crosses_below": 2, "min": 2, "max": 2, "lag": 2, "highest": 2, "lowest": 2, "sum": 2, "sma": 2, "ema": 2,
    "stdev": 2, "change": 2, "change_pct": 2, "rising": 2, "falling": 2, "count": 2, "held": 2, "within": 2,
}  # fmt: skip
"""Every function with the number of its values."""
OF_TRUTHS: Final = frozenset({"bars_since", "count", "held", "within"})
"""Functions whose first value is true or false."""
DEFAULTS: Final = {"highest": "high", "lowest": "low"}
"""The series of a function that is called with the number of bars alone."""
ONE_BAR: Final = frozenset({"change", "change_pct", "rising", "falling", "lag"})
"""Functions whose number of bars is 1 where none is given."""
OTHERS: Final = {
    "crossover": "crosses_above", "cross_above": "crosses_above", "crossed_above": "crosses_above", "crosses_over": "crosses_above", "crossup": "crosses_above",
    "cross_over": "crosses_above", "crossunder": "crosses_below", "cross_below": "crosses_below", "crossed_below": "crosses_below",
    "crosses_under": "crosses_below", "cross_under": "crosses_below", "crossdown": "crosses_below", "cross": "cross", "crosses": "cross",
    "hhv": "highest", "llv": "lowest", "highest_high": "highest", "lowest_low": "lowest", "maximum": "highest", "minimum": "lowest",
    "barssince": "bars_since", "bars_ago": "lag", "ref": "lag", "shift": "lag", "offset": "lag", "ago": "lag", "delay": "lag", "previous": "prev",
    "std": "stdev", "stddev": "stdev", "ma": "sma", "avg": "sma", "average": "sma", "mean": "sma", "moving_average": "sma", "sma_of": "sma",
    "pct_change": "change_pct", "percent_change": "change_pct", "pctchange": "change_pct", "changepct": "change_pct", "change_percent": "change_pct",
    "diff": "change", "delta": "change", "absolute": "abs", "fabs": "abs", "all": "held", "any": "within", "every": "held", "isrising": "rising", "isfalling": "falling",
    "increasing": "rising", "decreasing": "falling", "total": "sum", "rolling_sum": "sum", "rolling_max": "highest", "rolling_min": "lowest",
}  # fmt: skip
"""What other programs call them."""
EXAMPLES: Final = {name: f"{name}(rsi_14 < 30{', 10' if count > 1 else ''})" if name in OF_TRUTHS else f"{name}({('close', 'close, 20')[count - 1]})" for name, count in ARITY.items()} | {
    name: f"{name}({values})" for name, values in {"crosses_above": "close, sma_200", "crosses_below": "close, sma_200", "min": "open, close", "max": "open, close", "prev": "close"}.items()
}  # fmt: skip


def is_function(name: str) -> bool:
    """Whether a word before a parenthesis names a function."""
    return name in ARITY or name in OTHERS


def known() -> str:
    """All functions, for an error."""
    return ", ".join(sorted(ARITY))
