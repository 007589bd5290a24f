"""The drawing process: a request of a picture as JSON in, PNG out; an empty answer where drawing fails."""

from __future__ import annotations

import sys

import msgspec

from services.notifier.adapters.charts.backtests import draw_backtest
from services.notifier.adapters.charts.briefings import draw_briefing
from services.notifier.adapters.charts.drawing import draw
from services.notifier.adapters.charts.records import draw_record
from services.notifier.domain.charts import ChartRequest
from services.notifier.domain.picture_data import BacktestChart, BriefingChart, RecordChart
from shared.children.loop import serve

_DECODER = msgspec.json.Decoder(ChartRequest | RecordChart | BriefingChart | BacktestChart)


def answer(body: bytes) -> bytes:
    """The picture as PNG, or empty bytes."""
    try:
        request = _DECODER.decode(body)
        match request:
            case RecordChart():
                return draw_record(request)
            case BacktestChart():
                return draw_backtest(request)
            case BriefingChart():
                return draw_briefing(request)
        return draw(request)
    except (msgspec.DecodeError, ValueError, ArithmeticError, LookupError) as error:  # errors that bars and titles can cause
        print(f"cannot draw: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - standard output is the answer
        return b""


if __name__ == "__main__":
    serve(answer)
