"""What a backtest is asked for: orders, sizes and costs. Each checks itself; an error names the field and the value."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from services.analysis.research.backtest.layout import METHODS
from services.analysis.research.domain.run_record import RunError
from shared.run_options.backtest import Method, Side


class BacktestError(RunError):
    """A backtest that cannot be run; the text names the field and the value."""


class Orders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How positions are opened and closed, beside the exit signals. Raises ``BacktestError``."""

    side: Side = "long"
    stop_loss: float | None = None
    """Share of the entry price, 0.05 for 5 %."""
    take_profit: float | None = None
    trailing: float | None = None
    """Share of the best price since the entry."""
    time_exit: int | None = None
    """Bars that a position is held for: one that enters at the open of bar t leaves at the open of bar t + time_exit."""
    both_hit: Literal["stop", "target"] = "stop"
    """Which one counts when a bar holds both levels."""

    def __post_init__(self) -> None:
        _choice("side", self.side, ("long", "short", "both"))
        _choice("both_hit", self.both_hit, ("stop", "target"))
        for name in ("stop_loss", "take_profit", "trailing"):
            share = getattr(self, name)
            if share is not None:
                _within(name, share, 0.0, 1.0 if name != "take_profit" else 100.0, above=True)
        if self.time_exit is not None:
            _within("time_exit", self.time_exit, 1, 1_000_000)
        for name in ("stop_loss", "trailing"):
            if self.side != "short" and getattr(self, name) == 1.0:
                raise BacktestError(
                    f"{name}: a long position cannot lose more than everything; 1.0 is no stop", "value-below", bound=1
                )


class Sizing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How large a position is. Raises ``BacktestError``."""

    method: Method = "fraction"
    """``fraction``: share of equity at the open; ``amount``: money; ``volatility``: equity x value / the instrument's yearly
    volatility; ``risk``: what is lost at the stop as a share of equity; ``inverse_volatility``: weights 1 / volatility whose mean
    over the instruments is value."""
    value: float | None = None
    """None: everything for one instrument, an equal part of each of ``max_positions`` in a portfolio. Needed by the others."""
    shares: Literal["fractional", "whole"] = "fractional"
    leverage: float = 1.0
    """All positions together are at most this many times the equity when one is opened. At 1 a long account never owes cash."""
    max_positions: int | None = None
    """None: as many as there are instruments."""
    window: int = 20
    """Returns that volatility is measured on."""

    def __post_init__(self) -> None:
        _choice("method", self.method, METHODS)
        _choice("shares", self.shares, ("fractional", "whole"))
        _within("leverage", self.leverage, 0.0, 100.0, above=True)
        _within("window", self.window, 2, 2520)
        if self.max_positions is not None:
            _within("max_positions", self.max_positions, 1, 1_000_000)
        if self.value is None and self.method in {"amount", "volatility", "risk"}:
            raise BacktestError(f"value: the method {self.method} needs a value", "value-missing")
        if self.value is not None:
            _within("value", self.value, 0.0, math.inf if self.method == "amount" else 100.0, above=True)


class Costs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What trading costs. None of it is 0 unless it is set to 0. Raises ``BacktestError``."""

    commission_bp: float = 5.0
    """Basis points of the value of each fill."""
    slippage_bp: float = 5.0
    """Basis points by which each fill is worse than its price."""
    borrow: float = 0.01
    """Cost of a year as a share of the value of borrowed shares and of borrowed cash."""

    def __post_init__(self) -> None:
        _within("commission_bp", self.commission_bp, 0.0, 1000.0)
        _within("slippage_bp", self.slippage_bp, 0.0, 1000.0)
        _within("borrow", self.borrow, 0.0, 10.0)

    def __str__(self) -> str:
        return f"{self.commission_bp:g} bp commission + {self.slippage_bp:g} bp slippage a side, borrowing {self.borrow:.2%} a year"


def check_together(orders: Orders, sizing: Sizing) -> None:
    """Raises ``BacktestError`` when the size needs a stop that is not there."""
    if sizing.method == "risk" and orders.stop_loss is None and orders.trailing is None:
        raise BacktestError(
            "method: 'risk' sizes a position by its stop; set stop_loss or trailing",
            "needs-other",
            value=sizing.method,
            other="stop_loss, trailing",
        )


def _within(name: str, value: float, low: float, high: float, *, above: bool = False) -> None:
    if not (low < value if above else low <= value) or not value <= high or math.isinf(value):
        code = "value-within" if not above else "value-between" if math.isfinite(high) else "value-above"
        raise BacktestError(
            f"{name}: {value!r} is not {'above' if above else 'at least'} {low:g} and at most {high:g}",
            code,
            value=value,
            least=f"{low:g}",
            most=f"{high:g}",
            bound=f"{low:g}",
        )


def _choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BacktestError(
            f"{name}: {value!r} is not one of {', '.join(choices)}", "name-unknown", value=value, known=", ".join(choices)
        )
