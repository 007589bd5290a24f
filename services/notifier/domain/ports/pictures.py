"""What draws pictures."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.backtest_chart import BacktestChart
from services.notifier.domain.briefings.picture import BriefingChart
from services.notifier.domain.charts import ChartRequest
from services.notifier.domain.record_chart import RecordChart

Picture = ChartRequest | RecordChart | BriefingChart | BacktestChart
"""What can be drawn."""


class ChartRenderer(Protocol):
    """Draws charts."""

    async def render(self, request: Picture) -> bytes:
        """A PNG. Raises RenderError."""


class RenderError(Exception):
    """There is no picture. The message is the reason in one word: ``timeout``, ``crashed``, ``refused`` or ``bars``."""
