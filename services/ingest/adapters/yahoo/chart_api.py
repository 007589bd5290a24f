"""The interfaces of a client for charts, blocking and asynchronous."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.ingest.domain.yahoo_chart import Chart


class ChartApi(Protocol):
    """Requests one chart, blocking; raises ``YahooError`` and nothing else."""

    def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart: ...


class AsyncChartApi(Protocol):
    """Requests one chart; raises ``YahooError``."""

    async def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart: ...
