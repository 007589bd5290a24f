"""The functions of the language."""

from __future__ import annotations

from typing import Final

from shared.conditions.lexicon import FUNCTIONS

ARITY: Final = {"prev": 1, "abs": 1, "bars_since": 1} | dict.fromkeys(
    (
        *("crosses_above", "crosses_below", "min", "max", "lag", "highest", "lowest", "sum", "sma", "ema", "stdev"),
        *("change", "change_pct", "percent_rank", "rising", "falling", "count", "held", "within"),
    ),
    2,
)
"""Every function with the number of its values."""
OF_TRUTHS: Final = frozenset({"bars_since", "count", "held", "within"})
"""Functions whose first value is true or false."""
DEFAULTS: Final = {"highest": "high", "lowest": "low"}
"""The series of a function that is called with the number of bars alone."""
ONE_BAR: Final = frozenset({"change", "change_pct", "rising", "falling", "lag"})
"""Functions whose number of bars is 1 where none is given."""


def example(name: str) -> str:
    """A call of a function; of ``cross``, which has no direction, upwards."""
    if name in {"crosses_above", "crosses_below", "cross"}:
        return f"{'crosses_above' if name == 'cross' else name}(close, sma_200)"
    if name in {"min", "max"}:
        return f"{name}(open, close)"
    values = "rsi_14 < 30" if name in OF_TRUTHS else "close"
    return f"{name}({values}, 20)" if ARITY[name] > 1 else f"{name}({values})"


def is_function(name: str) -> bool:
    """Whether a word before a parenthesis names a function."""
    return name in ARITY or name in FUNCTIONS


def known() -> str:
    """All functions, for an error."""
    return ", ".join(sorted(ARITY))
