"""Makes the signal of a rule that fired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.analysis.kernels.plan import RuleInstance
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.state import PartitionState
from shared.events import Signal, signal_id

BarValues = tuple[Mapping[str, float], Mapping[str, float]]
"""Columns and fields of the bar, and the same at the closed bar before."""


def signal_of(instance: RuleInstance, fired: int, state: PartitionState, x: Any, values: BarValues) -> Signal:
    """The signal of an instance that returned ``fired`` (+1 or -1) on ``x``, a closed or provisional bar (dtype CLOSED)."""
    now, was = values
    direction, params, provisional = instance.direction(fired), dict(instance.params), bool(x["provisional"])
    symbol, timeframe, close_at = state.symbols[x["row"]], TIMEFRAMES[x["timeframe"]], int(x["close_at"])
    evidence = {}
    for name in instance.evidence:
        evidence[name], evidence[f"{name}.prev"] = finite_or_none(now[name]), finite_or_none(was[name])
    return Signal(
        id=signal_id(instance.name, instance.version, params, direction, symbol, str(timeframe), close_at, provisional=provisional),
        rule=instance.name,
        rule_version=instance.version,
        params=params,
        direction=direction,
        symbol=symbol,
        timeframe=timeframe,
        ts_event=int(x["known_at"]),
        ts_init=int(x["ts_init"]),
        price=now["close"],
        level=finite_or_none(instance.level(now, direction)),
        evidence=evidence,
        provisional=provisional,
        bar_close=close_at if provisional else None,
        source=state.source_names[x["source"]],
        replayed=bool(x["replayed"]),
    )


def finite_or_none(value: float | None) -> float | None:
    """The value, or None if it is not a finite number."""
    return float(value) if value is not None and np.isfinite(value) else None
