"""What draws pictures."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.charts import ChartRequest
from services.notifier.domain.picture_data import BacktestChart, BriefingChart, RecordChart

Picture = ChartRequest | RecordChart | BriefingChart | BacktestChart
"""What can be drawn."""


class ChartRenderer(Protocol):
    """Draws charts."""

    async def render(self, request: Picture) -> bytes:
        """A PNG. Raises RenderError."""


class RenderError(Exception):
    """There is no picture. The message is the reason in one word: ``timeout``, ``crashed``, ``refused`` or ``bars``."""
