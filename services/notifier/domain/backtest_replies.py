"""What the bot says about backtests, in Korean and English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from services.notifier.domain.backtests import BacktestFailedError, BacktestRecord, BacktestRequest
from services.notifier.domain.formatting import number, percent
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.replies import heading
from services.notifier.domain.telegram_html import escape

TEXTS: Final = MappingProxyType(
    {
        "en": {
            "help": "Name an instrument and when to buy: <code>/backtest AAPL rsi_14 &lt; 30</code>. A position is closed after 20 "
            "bars; or say when: <code>/backtest AAPL rsi_14 &lt; 30 exit after 5 bars</code>, "
            "<code>/backtest AAPL rsi_14 &lt; 30 exit rsi_14 &gt; 60</code>",
            "running": "The backtest is running. Its result follows here.",
            "busy": "A backtest of this chat is running already. Its result comes first.",
            "missing": "Backtests are not available here.",
            "timeframes": "Entry and exit must be on the same bars: {entry} and {exit}.",
            "entry": "Buys at the next open when",
            "exit": "Sells at the next open when",
            "bars": "Sells after {bars} bars",
            "range": "{first} to {last}, {bars} bars. Costs a side: {commission} bp commission + {slippage} bp slippage",
            "head": "backtest · buy and hold",
            "total_return": "Return",
            "cagr": "A year",
            "sharpe": "Sharpe ratio",
            "max_drawdown": "Deepest fall",
            "trades": "Trades: {n}, won {won}, mean {mean}",
            "none": "No trade: the condition was never true, or only on the last bar.",
            "few": "So few trades prove nothing.",
            "advice": "What happened in the past, not investment advice.",
            "unavailable": "Analysis does not answer now. Please try again later.",
            "slow": "The backtest was not done in time. Try a shorter one.",
            "limit": "Too many runs are waiting. Please try again later.",
            "refused": "This backtest is not possible: {detail}",
            "failed": "The backtest failed. The error has been logged.",
        },
        "ko": {
            "help": "종목과 매수 조건을 적어 주세요: <code>/backtest AAPL rsi_14 &lt; 30</code>. "
            "20봉 뒤에 청산합니다. 청산 시점을 정하려면: "
            "<code>/backtest AAPL rsi_14 &lt; 30 청산 5봉</code>, <code>/backtest AAPL rsi_14 &lt; 30 청산 rsi_14 &gt; 60</code>",
            "running": "백테스트를 실행하고 있습니다. 결과는 여기에 이어서 보내 드립니다.",
            "busy": "이 대화방의 백테스트가 이미 실행 중입니다. 먼저 그 결과를 기다려 주세요.",
            "missing": "여기에서는 백테스트를 쓸 수 없습니다.",
            "timeframes": "매수와 청산 조건은 같은 봉을 써야 합니다: {entry}, {exit}.",
            "entry": "다음 시가에 매수하는 조건",
            "exit": "다음 시가에 매도하는 조건",
            "bars": "{bars}봉 뒤 매도",
            "range": "{first} ~ {last}, {bars}봉. 편도 비용: 수수료 {commission} + 슬리피지 {slippage} bp",
            "head": "백테스트 · 보유",
            "total_return": "수익률",
            "cagr": "연 수익률",
            "sharpe": "샤프 비율",
            "max_drawdown": "최대 낙폭",
            "trades": "거래 {n}회, 승률 {won}, 평균 {mean}",
            "none": "거래 없음: 조건이 한 번도 참이 아니었거나 마지막 봉에서만 참이었습니다.",
            "few": "거래가 적어 아무것도 증명하지 못합니다.",
            "advice": "과거 결과이며 투자 조언이 아닙니다.",
            "unavailable": "지금은 분석 서비스가 응답하지 않습니다. 나중에 다시 시도해 주세요.",
            "slow": "백테스트가 제시간에 끝나지 않았습니다. 더 짧게 시도해 주세요.",
            "limit": "대기 중인 작업이 너무 많습니다. 나중에 다시 시도해 주세요.",
            "refused": "이 백테스트는 할 수 없습니다: {detail}",
            "failed": "백테스트에 실패했습니다. 오류를 기록했습니다.",
        },
    }
)
FEW: Final = 30
"""Fewer trades are said to prove nothing."""


def text(language: str, key: str, **values: object) -> str:
    """A text of a language; values must be escaped."""
    return TEXTS[language][key].format(**values)


def failure_text(error: BacktestFailedError, language: str) -> str:
    """Why there is no result."""
    return text(language, error.reason, detail=escape(error.detail, 600))


def result_text(instrument: KnownInstrument, request: BacktestRequest, record: BacktestRecord, language: str) -> str:
    """The figures, beside those of buy and hold."""
    found, options = record.summary, record.parameters
    lines = [heading(instrument, language), f"{text(language, 'entry')}: <code>{escape(request.entry, 500)}</code>"]
    if request.exit:
        lines.append(f"{text(language, 'exit')}: <code>{escape(request.exit, 500)}</code>")
    if request.bars is not None:
        lines.append(text(language, "bars", bars=request.bars))
    lines.append(
        text(
            language, "range", first=escape(found.first), last=escape(found.last), bars=f"{found.bars:,}",
            commission=number(options.commission_bp), slippage=number(options.slippage_bp),
        )
    )  # fmt: skip
    lines += ["", *_figures(record, language), "", text(language, "advice")]
    return "\n".join(lines)


def _figures(record: BacktestRecord, language: str) -> list[str]:
    ours, held = record.summary.metrics, record.summary.buy_and_hold
    trades = int(ours.get("trades") or 0)
    if not trades:
        return [text(language, "none")]
    lines = [f"<b>{text(language, 'head')}</b>"]
    for name in ("total_return", "cagr", "sharpe", "max_drawdown"):
        shown = number if name == "sharpe" else percent
        lines.append(f"{text(language, name)}: {shown(ours.get(name))} · {shown(held.get(name))}")
    won = percent(ours.get("win_rate"), 0).lstrip("+")
    lines.append(text(language, "trades", n=trades, won=won, mean=percent(ours.get("expectancy"))))
    return lines if trades >= FEW else [*lines, text(language, "few")]
