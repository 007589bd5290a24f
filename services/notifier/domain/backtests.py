"""A backtest that a chat asks for, and what is known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

import msgspec

from shared.events import ResearchError

USUAL_BARS: Final = 20
"""Bars after which a position is closed where nothing else is said."""
MOST_BARS: Final = 1_000_000
EXIT_WORDS: Final = (" exit ", " 청산 ")
BAR_WORDS: Final = frozenset({"", "bar", "bars", "day", "days", "봉", "일", "봉 후", "일 후", "봉후", "일후", "후"})


def requested_by(channel: str, chat_id: str) -> str:
    """How the run of a chat's backtest names the chat.

    >>> requested_by("telegram", "7")
    'chat:telegram:7'
    """
    return f"chat:{channel}:{chat_id}"[:128]


@dataclass(frozen=True)
class BacktestText:
    """The parts of the text after /backtest."""

    name: str
    """Of the instrument; its first word."""
    entry: str
    exit: str = ""
    """A condition; empty: after ``bars``."""
    bars: int = USUAL_BARS


@dataclass(frozen=True)
class BacktestRequest:
    """What is run: conditions in their normal form."""

    symbol: str
    timeframe: str
    entry: str
    exit: str = ""
    bars: int | None = None
    """Bars after which a position is closed; None: the exit alone."""


class BacktestOptionsUsed(msgspec.Struct, frozen=True):
    """The options that are stated beside the figures."""

    commission_bp: float
    slippage_bp: float


class BacktestFigures(msgspec.Struct, frozen=True):
    """The part of the summary of a run that is shown. Null: not defined."""

    metrics: dict[str, float | None]
    buy_and_hold: dict[str, float | None]
    first: str
    last: str
    bars: int


class BacktestRecord(msgspec.Struct, frozen=True):
    """The part of the record of a run that is shown."""

    summary: BacktestFigures
    parameters: BacktestOptionsUsed


class BacktestTrade(msgspec.Struct, frozen=True):
    """When a trade began and ended, milliseconds."""

    entry_ts: int
    exit_ts: int


class BacktestCurve(msgspec.Struct, frozen=True):
    """What became of the money, bar by bar, and the trades."""

    ts_close: tuple[int, ...]
    """Milliseconds."""
    equity: tuple[float, ...]
    buy_and_hold: tuple[float, ...]
    drawdown: tuple[float, ...]
    """Fractions, at most 0."""
    trades: tuple[BacktestTrade, ...] = ()


@dataclass(frozen=True)
class BacktestOutcome:
    """A backtest that is done."""

    record: BacktestRecord
    curve: BacktestCurve | None = None
    """None where it cannot be read."""


class BacktestFailedError(Exception):
    """There is no result.

    ``reason``: ``unavailable`` (analysis does not answer), ``slow`` (not done in time), ``limit`` (too many runs wait),
    ``refused`` (it cannot be done as asked: ``why`` says it), ``failed``.
    """

    def __init__(
        self, reason: Literal["unavailable", "slow", "limit", "refused", "failed"], why: ResearchError | None = None
    ) -> None:
        super().__init__(f"{reason}: {why.message}" if why else reason)
        self.reason = reason
        self.why = why


class BacktestRunner(Protocol):
    """Has a backtest done."""

    async def run(self, request: BacktestRequest, requested_by: str) -> BacktestOutcome:
        """The result, after seconds or minutes. Raises BacktestFailedError."""


def parse_backtest(text: str) -> BacktestText | None:
    """The instrument, the entry and the exit; None where one of the first two is missing, or a number of bars is not valid.

    >>> parse_backtest("AAPL rsi_14 < 30")
    BacktestText(name='AAPL', entry='rsi_14 < 30', exit='', bars=20)
    >>> parse_backtest("AAPL rsi_14 < 30 exit after 5 bars").bars, parse_backtest("AAPL close > 1 exit rsi_14 > 70").exit
    (5, 'rsi_14 > 70')
    """
    name, _, rest = text.strip().partition(" ")
    entry, leave = rest.strip(), ""
    for word in EXIT_WORDS:
        before, found, after = entry.rpartition(word)
        if found:
            entry, leave = before.strip(), after.strip()
            break
    if not name or not entry:
        return None
    words = leave.removeprefix("after ").strip()
    digits = words[: len(words) - len(words.lstrip("0123456789"))]
    if digits and words[len(digits) :].strip().casefold() in BAR_WORDS:
        bars = int(digits[:9])
        return BacktestText(name, entry, bars=bars) if 1 <= bars <= MOST_BARS else None
    return BacktestText(name, entry, leave)
