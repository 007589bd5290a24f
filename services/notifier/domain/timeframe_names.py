"""Names of timeframes, by language and value."""

from __future__ import annotations

from typing import Final

from shared.events import Timeframe

TIMEFRAMES: Final = {
    "ko": {timeframe.value: f"{timeframe.row.ko}봉" for timeframe in Timeframe},
    "en": {timeframe.value: timeframe.row.en for timeframe in Timeframe},
}
