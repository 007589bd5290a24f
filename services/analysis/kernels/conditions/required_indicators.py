"""The indicators that conditions need."""

from __future__ import annotations

from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import Wish
from shared.conditions import Condition, resolve

_KINDS = {kind.name: kind for kind in KINDS}


def wishes(condition: Condition) -> tuple[Wish, ...]:
    """The indicators whose columns a condition names.

    Raises:
        ValueError: no indicator of this version makes such a column; the message says which.
    """
    found = dict.fromkeys(wish(column) for column in condition.columns)
    return tuple(found)


def wish(column: str) -> Wish:
    """The indicator that makes a column; its kind has the last word on the parameters. Raises as ``wishes``.

    >>> wish("bb_upper_20"), wish("rsi_21")
    (('bollinger', (20.0, 2.0)), ('rsi', (21.0,)))
    """
    wanted = resolve(column)
    kind = _KINDS.get(wanted.kind)
    if kind is None:
        raise ValueError(f"{column}: there is no indicator {wanted.kind}")
    kind.prepare(*wanted.parameters)
    if wanted.column not in kind.names(wanted.parameters):
        raise ValueError(f"{column}: {wanted.kind} has no such column")
    return wanted.kind, wanted.parameters
