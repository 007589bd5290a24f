"""The API's names of timeframes (Alpaca's names) and the timeframes of events."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from shared.events import Timeframe

TimeframeName = Literal["1Min", "5Min", "15Min", "1Hour", "1Day", "1Week"]

TIMEFRAME_BY_NAME: Final[Mapping[TimeframeName, Timeframe]] = MappingProxyType(
    {
        "1Min": Timeframe.M1,
        "5Min": Timeframe.M5,
        "15Min": Timeframe.M15,
        "1Hour": Timeframe.H1,
        "1Day": Timeframe.D1,
        "1Week": Timeframe.W1,
    }
)
NAME_BY_TIMEFRAME: Final[Mapping[Timeframe, TimeframeName]] = MappingProxyType(
    {timeframe: name for name, timeframe in TIMEFRAME_BY_NAME.items()}
)
