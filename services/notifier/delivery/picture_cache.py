"""Chart pictures for alerts: one per signal and language, shared by all chats. A picture that fails must not delay the alert."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog

from services.notifier.delivery import metrics
from services.notifier.domain.alert_text import chart_request
from services.notifier.domain.charts import bars_needed, overlays
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.ports import ChartRenderer, MarketStore, RenderError
from shared.events import Signal
from shared.failures import TransientError, classify

CACHED = 64
FEWEST_BARS = 2
_log = structlog.get_logger(__name__)


class PictureCache:
    """Draws pictures and caches the newest ones."""

    def __init__(self, market: MarketStore, renderer: ChartRenderer) -> None:
        self._market, self._renderer = market, renderer
        self._tasks: OrderedDict[tuple[str, str], asyncio.Task[bytes | None]] = OrderedDict()

    async def get(self, signal: Signal, instrument: KnownInstrument, language: str) -> bytes | None:
        """The picture as PNG, or None: too few bars, or the renderer failed."""
        key = (signal.id, language)
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._draw(signal, instrument, language), name=f"picture {signal.id}")
            self._tasks[key] = task
            while len(self._tasks) > CACHED:
                self._tasks.popitem(last=False)
        await asyncio.wait([task])
        if task.cancelled():  # the renderer was closed meanwhile
            self._tasks.pop(key, None)
            return _text_only(signal, "cancelled")
        return task.result()

    async def _draw(self, signal: Signal, instrument: KnownInstrument, language: str) -> bytes | None:
        try:
            most = bars_needed(overlays(signal))
            bars = await self._market.bars(signal.symbol, signal.timeframe, signal.ts_event, most)
            if len(bars) < FEWEST_BARS:
                return _text_only(signal, "bars")
            picture = await self._renderer.render(chart_request(signal, instrument, language, bars))
        except RenderError as error:
            return _text_only(signal, str(error))
        except TransientError:
            return _text_only(signal, "database")
        except Exception as error:  # an alert must not be lost for its picture
            if classify(error) != "dead-letter":
                raise
            _log.exception("picture not drawn: unexpected error", signal=signal.id)
            return _text_only(signal, "failed")
        metrics.PICTURES.labels("drawn").inc()
        return picture


def _text_only(signal: Signal, reason: str) -> bytes | None:
    metrics.PICTURES.labels(reason).inc()
    _log.warning("no picture: the alert is sent as text", signal=signal.id, symbol=signal.symbol, reason=reason)
    return None
