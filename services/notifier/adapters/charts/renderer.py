"""Sends chart requests to the drawing process."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from services.notifier.domain.ports.pictures import Picture, RenderError
from shared.children.process import ChildError, ChildProcess

_log = structlog.get_logger(__name__)


class ProcessChartRenderer:
    """``ChartRenderer`` in a child process."""

    def __init__(self, seconds: float) -> None:
        """``seconds``: timeout of one picture, including the wait for a process that is still starting."""
        self._seconds = seconds
        self._child = ChildProcess("services.notifier.adapters.charts.worker")

    def start(self) -> asyncio.Task[asyncio.subprocess.Process]:
        """Start the process if none runs. An early call saves the first picture the wait."""
        return self._child.start()

    async def render(self, request: Picture) -> bytes:
        try:
            picture = await self._child.request(msgspec.json.encode(request), self._seconds)
        except ChildError as error:
            _log.warning("no picture", why=str(error))
            raise RenderError(str(error)) from error
        if not picture:
            raise RenderError("refused")
        return picture

    async def close(self) -> None:
        """Kill the process."""
        await self._child.close()
