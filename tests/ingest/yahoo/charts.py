"""Captured responses of Yahoo, and made-up responses in the same format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "bodies"


def captured(start: str) -> dict[str, Any]:
    """The body of the captured response whose file name starts with ``start``."""
    (path,) = FOLDER.glob(f"{start}*.json")
    body: dict[str, Any] = json.loads(path.read_text())["response"]["bodyJson"]
    return body


def chart(
    symbol: str = "AAPL",
    interval: str = "1d",
    rows: Sequence[tuple[int, float | None, float | None, float | None, float | None, float | None]] = (),
    *,
    adjclose: Sequence[float | None] | None = None,
    currency: str | None = "USD",
    timezone: str = "America/New_York",
    events: Mapping[str, Any] | None = None,
    price: float | None = None,
    price_ts: int | None = None,
    volume: float | None = None,
) -> dict[str, Any]:
    """A chart response: rows of (ts in seconds, open, high, low, close, volume)."""
    meta: dict[str, Any] = {
        "currency": currency,
        "symbol": symbol,
        "exchangeTimezoneName": timezone,
        "dataGranularity": interval,
        "range": "",
    }
    for name, value in (("Price", price), ("Time", price_ts), ("Volume", volume)):
        if value is not None:
            meta[f"regularMarket{name}"] = value
    quote = {name: [row[i] for row in rows] for i, name in enumerate(("open", "high", "low", "close", "volume"), start=1)}
    result: dict[str, Any] = {"meta": meta, "indicators": {"quote": [quote if rows else {}]}}
    if rows:
        result["timestamp"] = [row[0] for row in rows]
    if interval == "1d":
        result["indicators"]["adjclose"] = [{"adjclose": list(adjclose or quote["close"])} if rows else {}]
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


def fault(code: str, description: str, outer: str = "chart") -> dict[str, Any]:
    """An error in Yahoo's format."""
    return {outer: {"result": None, "error": {"code": code, "description": description}}}


def split(ts: int, numerator: float, denominator: float = 1) -> dict[str, Any]:
    """The events of a chart with one split."""
    return {"splits": {str(ts): {"date": ts, "numerator": numerator, "denominator": denominator, "splitRatio": "x"}}}
