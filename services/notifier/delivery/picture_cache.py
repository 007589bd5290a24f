"""Chart pictures, cached by their content and shared by all chats. A picture that fails must not delay the alert."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import Final

import msgspec
import structlog

from services.notifier.delivery import metrics
from services.notifier.domain.alert_text import chart_request
from services.notifier.domain.charts import ChartRequest, bars_needed, oscillator, overlays
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.picture_data import RecordChart
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.pictures import ChartRenderer, Picture, RenderError
from shared.events import Signal
from shared.failures import TransientError, classify

CACHED: Final = 64
"""Pictures of about 50 KB."""
FEWEST_BARS: Final = 2
_log = structlog.get_logger(__name__)


class PictureCache:
    """Draws pictures and caches the newest ones."""

    def __init__(self, market: MarketStore, renderer: ChartRenderer) -> None:
        self._market, self._renderer = market, renderer
        self._tasks: OrderedDict[str, asyncio.Task[bytes | None]] = OrderedDict()

    async def get(self, signal: Signal, instrument: KnownInstrument, language: str, *, dark: bool = False) -> bytes | None:
        """The picture of a signal as PNG, or None: too few bars, or the renderer failed."""
        try:
            request = await self._request(signal, instrument, language, dark=dark)
        except TransientError:
            return _text_only(signal.symbol, "database")
        return await self.picture(request) if request is not None else _text_only(signal.symbol, "bars")

    async def record(self, chart: RecordChart) -> bytes | None:
        """The picture of a record, or None."""
        return await self.picture(chart)

    async def picture(self, request: Picture) -> bytes | None:
        """The picture as PNG, or None. The same content is drawn once, however many ask for it at once."""
        key = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._draw(request), name="picture")
            self._tasks[key] = task
            while len(self._tasks) > CACHED:
                self._tasks.popitem(last=False)
        self._tasks.move_to_end(key)
        await asyncio.wait([task])
        if task.cancelled():  # the renderer was closed meanwhile
            self._tasks.pop(key, None)
            return _text_only(request.title, "cancelled")
        if task.result() is None:  # the next one tries again
            self._tasks.pop(key, None)
        return task.result()

    async def _request(self, signal: Signal, instrument: KnownInstrument, language: str, *, dark: bool) -> ChartRequest | None:
        most = bars_needed(overlays(signal), oscillator(signal))
        bars = await self._market.bars(signal.symbol, signal.timeframe, signal.ts_event, most)
        if len(bars) < FEWEST_BARS:
            return None
        pattern = await self._market.pattern(signal) if not signal.params and not signal.condition else None
        return chart_request(signal, instrument, language, bars, pattern=pattern, dark=dark)

    async def _draw(self, request: Picture) -> bytes | None:
        try:
            picture = await self._renderer.render(request)
        except RenderError as error:
            return _text_only(request.title, str(error))
        except Exception as error:  # an alert must not be lost for its picture
            if classify(error) != "dead-letter":
                raise
            _log.exception("picture not drawn: unexpected error", title=request.title)
            return _text_only(request.title, "failed")
        metrics.PICTURES.labels("drawn").inc()
        return picture


def _text_only(what: str, reason: str) -> bytes | None:
    metrics.PICTURES.labels(reason).inc()
    _log.warning("no picture: the message is sent as text", what=what, reason=reason)
    return None
