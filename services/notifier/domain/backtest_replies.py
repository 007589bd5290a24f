"""What the bot says about backtests."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from services.notifier.domain.backtests import BacktestFailedError, BacktestRecord, BacktestRequest
from services.notifier.domain.condition_words import condition_words
from services.notifier.domain.decimals import DecimalPlaces, fixed
from services.notifier.domain.formatting import number, percent
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.replies import heading
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import WordsError, has, phrase
from shared.events import ResearchError

FIGURES: Final = MappingProxyType(
    {
        "total_return": "backtest-total-return",
        "cagr": "backtest-cagr",
        "sharpe": "backtest-sharpe",
        "max_drawdown": "backtest-max-drawdown",
    }
)
"""The figures that stand beside those of buy and hold, and their words."""
FIELDS: Final = MappingProxyType({"entry": "backtest-entry", "exit": "backtest-exit", "symbols": "field-symbol"})
"""What the bot calls the options of a backtest."""
FEW: Final = 30
"""Fewer trades are said to prove nothing."""


def failure_text(error: BacktestFailedError, language: str) -> str:
    """Why there is no result."""
    if error.why is None:
        return phrase(language, f"backtest-{error.reason}")
    return _refusal(error.why, language) or phrase(language, "backtest-refused-in-english", detail=escape(error.why.message, 600))


def _refusal(why: ResearchError, language: str) -> str | None:
    """The sentence of the reason; None where the catalogue has none, or not all that it needs is given."""
    key = f"problem-{why.reason}"
    if not has(language, key):
        return None
    values = {name: escape(value, 300) for name, value in why.values.items()}
    try:
        return phrase(language, "backtest-refused", why=phrase(language, key, field=_field(why.field, language), **values))
    except WordsError:
        return None


def _field(name: str, language: str) -> str:
    key = FIELDS.get(name, f"field-{name.replace('_', '-')}")
    return phrase(language, key) if has(language, key) else escape(name, 60)


def result_text(instrument: KnownInstrument, request: BacktestRequest, record: BacktestRecord, language: str) -> str:
    """The figures, beside those of buy and hold."""
    found, options = record.summary, record.parameters
    lines = [heading(instrument, language), f"{phrase(language, 'backtest-entry')}: {_condition(request.entry, language)}"]
    if request.exit:
        lines.append(f"{phrase(language, 'backtest-exit')}: {_condition(request.exit, language)}")
    if request.bars is not None:
        lines.append(phrase(language, "backtest-bars", bars=request.bars))
    lines.append(
        phrase(
            language, "backtest-range", first=escape(found.first), last=escape(found.last), bars=f"{found.bars:,}",
            commission=number(options.commission_bp), slippage=number(options.slippage_bp),
        )
    )  # fmt: skip
    lines += ["", *_figures(record, language), "", phrase(language, "backtest-advice")]
    return "\n".join(lines)


def _ratio(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else fixed(value, DecimalPlaces(2, 2))


def _condition(text: str, language: str) -> str:
    """A condition in words and in its normal form."""
    return f"{escape(condition_words(text, language), 300)}\n<code>{escape(text, 400)}</code>"


def _figures(record: BacktestRecord, language: str) -> list[str]:
    ours, held = record.summary.metrics, record.summary.buy_and_hold
    trades = int(ours.get("trades") or 0)
    if not trades:
        return [phrase(language, "backtest-none")]
    lines = [f"<b>{phrase(language, 'backtest-head')}</b>"]
    for name, key in FIGURES.items():
        shown = _ratio if name == "sharpe" else percent
        lines.append(f"{phrase(language, key)}: {shown(ours.get(name))} · {shown(held.get(name))}")
    won = percent(ours.get("win_rate"), 0).lstrip("+")
    lines.append(phrase(language, "backtest-trades", n=str(trades), won=won, mean=percent(ours.get("expectancy"))))
    return lines if trades >= FEW else [*lines, phrase(language, "backtest-few")]
