"""The API's names of timeframes (Alpaca's names) and the timeframes of events."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from shared.events import Timeframe

if TYPE_CHECKING:
    TimeframeName = str
else:
    TimeframeName = Literal[*(timeframe.row.api for timeframe in Timeframe)]

TIMEFRAME_BY_NAME: Final[Mapping[TimeframeName, Timeframe]] = MappingProxyType({each.row.api: each for each in Timeframe})
NAME_BY_TIMEFRAME: Final[Mapping[Timeframe, TimeframeName]] = MappingProxyType({each: each.row.api for each in Timeframe})
