"""The picture of a backtest: its money beside buy and hold, where it bought and sold, and its drawdown."""

from __future__ import annotations

from services.notifier.domain.alert_text import title
from services.notifier.domain.backtests import BacktestCurve
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.picture_data import BacktestChart
from services.notifier.domain.telegram_html import clean
from services.notifier.words.catalogue import phrase

POINTS = 900
"""Most points of a line: the picture has as many pixels."""


def backtest_chart(curve: BacktestCurve, instrument: KnownInstrument, language: str, *, dark: bool) -> BacktestChart | None:
    """The picture; None where there are fewer than two points."""
    count = min(map(len, (curve.ts_close, curve.equity, curve.buy_and_hold, curve.drawdown)))
    if count < 2:
        return None
    shown = sorted({count - 1, *range(0, count, -(-count // POINTS))})
    names = ("strategy", "held", "bought", "sold", "drawdown")
    return BacktestChart(
        title=clean(f"{phrase(language, 'backtest-chart')} · {title(instrument, language)}", 160),
        times=tuple(curve.ts_close[i] for i in shown),
        equity=tuple(curve.equity[i] for i in shown),
        held=tuple(curve.buy_and_hold[i] for i in shown),
        drawdown=tuple(curve.drawdown[i] for i in shown),
        bought=tuple(each.entry_ts for each in curve.trades),
        sold=tuple(each.exit_ts for each in curve.trades),
        names=tuple(phrase(language, f"backtest-chart-{each}") for each in names),  # type: ignore[arg-type]  # five of them
        language=language,
        dark=dark,
    )
