"""The sessions for which values are wanted, and the sessions of other exchanges that had ended when they opened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.aligned import Int64s


@dataclass(frozen=True, eq=False)
class SessionOpens:
    """The opens of the sessions of an exchange, ascending: (rows,), milliseconds."""

    exchange: str
    opens: Int64s

    def ended(self, times: ExchangeTimes) -> Int64s:
        """The date of the newest session of an exchange that had ended when each session opened; 0 where none had. (rows,)."""
        at = np.searchsorted(times.close, self.opens, side="right") - 1
        return np.where(at >= 0, times.date[at], 0) if len(times.date) else np.zeros(len(self.opens), np.int64)


def session_opens(exchange: str, times: ExchangeTimes, since: int) -> SessionOpens:
    """The sessions of the calendar that open at ``since`` (milliseconds) or later."""
    return SessionOpens(exchange, times.open[np.searchsorted(times.open, since) :])
