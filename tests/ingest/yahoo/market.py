"""Market data in the format of Yahoo: made-up bars of every timeframe at the calendar's times. Sample data, no real prices."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from shared.calendars import Sessions
from tests.hours import sessions
from tests.ingest.yahoo.charts import chart, fault
from tests.ingest.yahoo.server import Reply

SECONDS = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600}


@dataclass
class Market:
    """Prices of one symbol on one exchange up to ``now`` (milliseconds); each bar has a different price."""

    now: int
    symbol: str = "AAPL"
    exchange: str = "NASDAQ"
    currency: str = "USD"
    listed: dt.date = dt.date(2024, 1, 2)
    splits: list[tuple[dt.date, float]] = field(default_factory=list)
    """Applied to the prices before them, as Yahoo does."""
    unapplied: bool = False
    """The newest split is listed, but not applied."""
    hidden: Callable[[str, int], bool] = field(default_factory=lambda: all_there)
    """True for bars (interval, start in seconds) that Yahoo does not deliver."""
    revised: Mapping[int, float] = field(default_factory=dict)
    """Start of a daily bar (seconds) -> what its prices are multiplied by."""
    refused_before: Mapping[str, int] = field(default_factory=dict)
    """Interval -> first second that Yahoo provides; older ranges give a 422."""

    def reply(self, symbol: str, query: Mapping[str, str]) -> Reply:
        """The response to a request for a chart."""
        if symbol != self.symbol:
            return Reply(404)
        interval, first, last = query["interval"], int(query["period1"]), int(query["period2"])
        if first < self.refused_before.get(interval, 0):
            return Reply(
                422, json.dumps(fault("Unprocessable Entity", f"{interval} data not available for startTime={first}")).encode()
            )
        starts = self._starts(interval, first, min(last, self.now // 1000))
        return Reply(body=msgspec.json.encode(self._body(interval, [ts for ts in starts if not self.hidden(interval, ts)])))

    @property
    def calendar(self) -> Sessions:
        """The sessions since the listing."""
        return sessions(self.exchange, self.listed, dt.datetime.fromtimestamp(self.now / 1000, dt.UTC).date())

    def _starts(self, interval: str, first: int, end: int) -> list[int]:
        calendar = self.calendar
        opens, closes = calendar.open // 1000, calendar.close // 1000
        if interval == "1d":
            return [ts for ts in opens.tolist() if first <= ts < end]
        inside = (closes > first) & (opens < end)
        spans = zip(opens[inside].tolist(), closes[inside].tolist(), strict=True)
        return [ts for opened, closed in spans for ts in range(opened, closed, SECONDS[interval]) if first <= ts < end]

    def _body(self, interval: str, starts: list[int]) -> dict[str, Any]:
        rows: list[Any] = []
        for ts, scale in zip(starts, self._scales(starts), strict=True):
            price = raw_price(ts) * scale * (self.revised.get(ts, 1.0) if interval == "1d" else 1.0)
            rows.append((ts, price, price * 1.01, price * 0.99, price * 1.005, 1000.0 / scale))
        events: dict[str, Any] = {"splits": {}}
        for day, ratio in self.splits:
            ts = self._open(day)
            events["splits"][str(ts)] = {"date": ts, "numerator": ratio, "denominator": 1}
        return chart(self.symbol, interval, rows, currency=self.currency, timezone="America/New_York", events=events)

    def _scales(self, starts: list[int]) -> list[float]:
        """The factors of bars: a split divides the prices after it, and where it is applied those before it."""
        at, before, after = np.array(starts, np.int64), np.ones(len(starts)), np.ones(len(starts))
        for number, (day, ratio) in enumerate(self.splits, 1):
            early = at < self._open(day)
            after[~early] /= ratio
            if not self.unapplied or number < len(self.splits):
                before[early] /= ratio
        return list((before * after).tolist())

    def _open(self, day: dt.date) -> int:
        return int(dt.datetime.combine(day, dt.time(9, 30), ZoneInfo("America/New_York")).timestamp())


def all_there(interval: str, ts: int) -> bool:
    """No bar is hidden."""
    return False


def raw_price(ts: int) -> float:
    """The price of a share at a time (seconds) without splits: between 100 and 110."""
    return 100.0 + ts // 60 % 1000 / 100
