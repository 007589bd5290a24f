"""The indicators that conditions need."""

from __future__ import annotations

from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import IndicatorSpec
from shared.conditions import Condition, resolve

_KINDS = {kind.name: kind for kind in KINDS}


def required_indicators(condition: Condition) -> tuple[IndicatorSpec, ...]:
    """The indicators whose columns a condition names.

    Raises:
        ValueError: no indicator has such a column; the message names it.
    """
    found = dict.fromkeys(required_indicator(column) for column in condition.columns)
    return tuple(found)


def required_indicator(column: str) -> IndicatorSpec:
    """The indicator that has a column; its kind checks the parameters. Raises as ``required_indicators``.

    >>> required_indicator("bb_upper_20"), required_indicator("rsi_21")
    (('bollinger', (20.0, 2.0)), ('rsi', (21.0,)))
    """
    resolved = resolve(column)
    kind = _KINDS.get(resolved.kind)
    if kind is None:
        raise ValueError(f"{column}: there is no indicator {resolved.kind}")
    kind.prepare(*resolved.parameters)
    if resolved.column not in kind.names(resolved.parameters):
        raise ValueError(f"{column}: {resolved.kind} has no such column")
    return resolved.kind, resolved.parameters
