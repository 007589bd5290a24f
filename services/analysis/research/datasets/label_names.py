"""Reads the names of labels: ``forward_return(5)``, ``triple_barrier(10, up=2, down=1)``, ``trend_scanning(20)``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from services.analysis.research.datasets import forward_return, trend_scanning, triple_barrier
from services.analysis.research.datasets.label_columns import LabelColumns, Prices
from services.analysis.research.domain.run_record import RunError

USUAL: Final = ("forward_return(1)", "forward_return(5)", "forward_return(20)", "triple_barrier(10)", "trend_scanning(20)")
MOST_LABELS: Final = 50
LONGEST_HORIZON: Final = 250
"""Bars."""
MOST_WIDTH: Final = 100.0
KINDS: Final[Mapping[str, Callable[..., LabelColumns]]] = MappingProxyType(
    {
        "forward_return": forward_return.label,
        "triple_barrier": triple_barrier.label,
        "trend_scanning": trend_scanning.label,
    }
)
"""The first argument is prices, the second the horizon in bars; others are named, and have defaults."""
PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"forward_return": (), "triple_barrier": ("up", "down"), "trend_scanning": ()}
)
LEAST_HORIZON: Final[Mapping[str, int]] = MappingProxyType({"forward_return": 1, "triple_barrier": 1, "trend_scanning": 3})


@dataclass(frozen=True)
class Label:
    """A label with its parameters."""

    text: str
    kind: str
    horizon: int
    """Bars after a bar that it may read."""
    parameters: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(self.columns(Prices(*(np.ones(1),) * 4)).columns)

    def columns(self, prices: Prices) -> LabelColumns:
        """Its columns, by name: (bars,) each."""
        return KINDS[self.kind](prices, self.horizon, **self.parameters)


def read_labels(texts: Sequence[str]) -> tuple[Label, ...]:
    """The labels that texts name; without any the usual ones. Raises RunError."""
    found = tuple(dict.fromkeys(map(read_label, texts or USUAL)))
    if len(found) > MOST_LABELS:
        raise RunError(
            f"labels: {len(found)} are too many, at most {MOST_LABELS} can be written",
            "count-most",
            count=len(found),
            most=MOST_LABELS,
        )
    return found


def read_label(text: str) -> Label:
    """One label. Raises RunError.

    >>> read_label("triple_barrier(10, down=1)").text
    'triple_barrier(10, down=1)'
    """
    name, given = _call(text)
    horizon, *more = given.pop("", [None])
    least = LEAST_HORIZON[name]
    if more or not isinstance(horizon, int) or not least <= horizon <= LONGEST_HORIZON:
        raise RunError(
            f"labels: {text[:80]!r}: the horizon must be a whole number of bars from {least} to {LONGEST_HORIZON}",
            "label-horizon",
            value=text[:80],
            least=least,
            most=LONGEST_HORIZON,
        )
    for parameter, value in given.items():
        if parameter not in PARAMETERS[name]:
            raise RunError(
                f"labels: {name} has no parameter {parameter[:24]!r}: it has {', '.join(PARAMETERS[name]) or 'none'}",
                "parameter-unknown-of",
                name=name,
                parameter=parameter[:24],
                known=", ".join(PARAMETERS[name]) or "-",
            )
        if not isinstance(value, int | float) or not 0 < value <= MOST_WIDTH:
            raise RunError(
                f"labels: {name}: {parameter}={value!r} is not above 0 and at most {MOST_WIDTH:g}",
                "parameter-between",
                name=name,
                parameter=parameter,
                value=value,
                least=0,
                most=f"{MOST_WIDTH:g}",
            )
    shown = ", ".join([str(horizon), *(f"{parameter}={value:g}" for parameter, value in given.items())])
    return Label(f"{name}({shown})", name, horizon, _Hashed({key: float(value) for key, value in given.items()}))


class _Hashed(dict[str, float]):
    """Parameters of a frozen label."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def _call(text: str) -> tuple[str, dict[str, Any]]:
    """The name and the arguments of a call: those without a name under the empty one."""
    known = ", ".join(f"{name}(BARS)" for name in KINDS)
    wrong = RunError(f"labels: {text[:80]!r} is no label; write one of {known}", "name-unknown", value=text[:80], known=known)
    try:
        call = ast.parse(text.strip()[:200].lower(), mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in KINDS:
            raise wrong
        named = {each.arg or "**": ast.literal_eval(each.value) for each in call.keywords}
        return call.func.id, {**named, "": [ast.literal_eval(each) for each in call.args]}
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise wrong from error
