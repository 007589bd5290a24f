"""What the renderer is given for pictures other than charts, texts included: to draw them it loads no words and no conditions."""

from __future__ import annotations

import msgspec


class RecordChart(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    """What followed the signals of a rule. Returns are fractions."""

    title: str
    spans: tuple[str, ...]
    """The horizons in the reader's language, such as ``5 days``."""
    means: tuple[float, ...]
    """Mean return after the signals."""
    bases: tuple[float, ...]
    """Mean return of any day."""
    names: tuple[str, str]
    """Of both, in the reader's language."""
    dark: bool = False


class BriefingChart(msgspec.Struct, frozen=True, kw_only=True, tag="briefing"):
    """The picture of a briefing. Moves are fractions."""

    title: str
    index: str
    """Name and move of the index."""
    closes: tuple[float, ...]
    """Of the index, oldest first."""
    industries: tuple[tuple[str, float], ...]
    """Names and median moves, the largest first."""
    heading: str
    """Over the industries."""
    note: str = ""
    dark: bool = False


class BacktestChart(msgspec.Struct, frozen=True, kw_only=True, tag="backtest"):
    """The picture of a backtest. Money is in the currency of the instrument, drawdown a fraction."""

    title: str
    times: tuple[int, ...]
    """Closes of bars, milliseconds."""
    equity: tuple[float, ...]
    held: tuple[float, ...]
    """Of buy and hold."""
    drawdown: tuple[float, ...]
    bought: tuple[int, ...]
    """Times of the trades, milliseconds."""
    sold: tuple[int, ...]
    names: tuple[str, str, str, str, str]
    """Of the equity, of buy and hold, of what was bought and sold, and of the drawdown, in the reader's language."""
    language: str = "en"
    dark: bool = False
