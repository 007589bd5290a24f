"""The signal that stands for all rules and chart patterns of a timeframe, where only their bars are asked for."""

from __future__ import annotations

from services.analysis.kernels.rules.table import RULES
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_names import SignalSpec, read_signal
from shared.events import Timeframe


def every_rule(timeframe: Timeframe) -> SignalSpec:
    """One of the rules that run on the timeframe: each reads the bars of all of them.

    Raises:
        RunError: none runs on it.
    """
    name = next((rule.name for rule in RULES if timeframe.value in rule.timeframes), "")
    if not name:
        raise RunError(f"timeframe: no rule runs on {timeframe.word}", "timeframe-none", timeframe=timeframe.word)
    return read_signal(name, timeframe)
