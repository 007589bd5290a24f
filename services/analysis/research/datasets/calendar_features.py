"""Numbers of the session date, which are known before the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.groups.aligned import days_of
from services.analysis.kernels.indicators.kind import Int64s

CALENDAR: Final[Mapping[str, Callable[[Int64s], Int64s]]] = MappingProxyType(
    {
        "day_of_week": lambda session: (days_of(session) + 3) % 7 + 1,
        "day_of_month": lambda session: session % 100,
        "month_of_year": lambda session: session // 100 % 100,
    }
)
"""By name: 1 (Monday) to 7; 1 to 31; 1 to 12. The argument is yyyymmdd: (bars,)."""


def calendar_values(name: str, session: Int64s) -> npt.NDArray[np.int8]:
    """One of them at each bar: (bars,).

    >>> calendar_values("day_of_week", np.array([20240229]))
    array([4], dtype=int8)
    """
    return CALENDAR[name](np.asarray(session)).astype(np.int8)
