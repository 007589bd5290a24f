"""Market data in the format of Yahoo: made-up bars of every timeframe at the calendar's times. Sample data, no real prices."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from shared.calendars import Sessions
from tests.hours import sessions
from tests.ingest.yahoo.charts import chart, fault
from tests.ingest.yahoo.server import Reply, ok

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
        starts = [
            ts for ts in self._starts(interval) if first <= ts < min(last, self.now // 1000) and not self.hidden(interval, ts)
        ]
        return ok(self._body(interval, starts))

    @property
    def calendar(self) -> Sessions:
        """The sessions since the listing."""
        return sessions(self.exchange, self.listed, dt.datetime.fromtimestamp(self.now / 1000, dt.UTC).date())

    def _starts(self, interval: str) -> list[int]:
        calendar = self.calendar
        opens, closes = (calendar.open // 1000).tolist(), (calendar.close // 1000).tolist()
        if interval == "1d":
            return list(opens)
        return [ts for start, end in zip(opens, closes, strict=True) for ts in range(start, end, SECONDS[interval])]

    def _body(self, interval: str, starts: list[int]) -> dict[str, Any]:
        rows: list[Any] = []
        for ts in starts:
            price = raw_price(ts) * self._scale(ts) * (self.revised.get(ts, 1.0) if interval == "1d" else 1.0)
            rows.append((ts, price, price * 1.01, price * 0.99, price * 1.005, 1000.0 / self._scale(ts)))
        events: dict[str, Any] = {"splits": {}}
        for day, ratio in self.splits:
            ts = self._open(day)
            events["splits"][str(ts)] = {"date": ts, "numerator": ratio, "denominator": 1}
        return chart(self.symbol, interval, rows, currency=self.currency, timezone="America/New_York", events=events)

    def _scale(self, ts: int) -> float:
        scale = 1.0
        for day, ratio in self.splits[:-1] if self.unapplied else self.splits:
            if ts < self._open(day):
                scale /= ratio
        return scale * self._traded(ts)

    def _traded(self, ts: int) -> float:
        """The factor of the traded price: a split divides it."""
        scale = 1.0
        for day, ratio in self.splits:
            if ts >= self._open(day):
                scale /= ratio
        return scale

    def _open(self, day: dt.date) -> int:
        return int(dt.datetime.combine(day, dt.time(9, 30), ZoneInfo("America/New_York")).timestamp())


def all_there(interval: str, ts: int) -> bool:
    """No bar is hidden."""
    return False


def raw_price(ts: int) -> float:
    """The price of a share at a time (seconds) without splits: between 100 and 110."""
    return 100.0 + ts // 60 % 1000 / 100
