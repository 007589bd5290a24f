"""Alerts for people who write no conditions: kinds with one value, from which a condition follows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.conditions import AT_CLOSE, FORMING, ONCE
from services.notifier.domain.decimals import fixed, places
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument

LARGEST: Final = 1e12


@dataclass(frozen=True)
class AlertKind:
    """A kind of alert: its words are ``build-NAME`` in the catalogue."""

    condition: str
    """With ``{value}``."""
    frequency: str
    values: tuple[float, ...]
    """Values with a button; of a price: changes of the current one, in percent."""
    of_price: bool = False
    most: float = LARGEST
    """The largest value with which it can fire."""
    whole: bool = False
    """The value is a number of bars."""

    def fits(self, value: float) -> bool:
        """Whether an alert with this value can fire.

        >>> KINDS["rsi-low"].fits(30), KINDS["rsi-high"].fits(500), KINDS["average-up"].fits(33.3)
        (True, False, False)
        """
        return value <= self.most and (not self.whole or (value.is_integer() and value >= 2))


KINDS: Final[dict[str, AlertKind]] = {
    "above": AlertKind("crosses_above(close, {value}) on 1m", ONCE, (1, 3, 5, 10), of_price=True),
    "below": AlertKind("crosses_below(close, {value}) on 1m", ONCE, (-1, -3, -5, -10), of_price=True),
    "up": AlertKind("change_pct(close, 1) >= {value} on 1d", FORMING, (2, 3, 5, 10)),
    "down": AlertKind("change_pct(close, 1) <= -{value} on 1d", FORMING, (2, 3, 5, 10), most=99),
    "rsi-low": AlertKind("crosses_below(rsi_14, {value}) on 1d", AT_CLOSE, (20, 25, 30), most=99),
    "rsi-high": AlertKind("crosses_above(rsi_14, {value}) on 1d", AT_CLOSE, (70, 75, 80), most=99),
    "average-up": AlertKind("crosses_above(close, sma_{value}) on 1d", AT_CLOSE, (20, 50, 200), most=500, whole=True),
    "average-down": AlertKind("crosses_below(close, sma_{value}) on 1d", AT_CLOSE, (20, 50, 200), most=500, whole=True),
    "volume": AlertKind("volume > {value} * volume_sma_20 on 1d", AT_CLOSE, (2, 3, 5)),
}
SIDES: Final = {
    **dict.fromkeys((">", ">=", "above", "over", "이상", "위", "돌파"), "above"),
    **dict.fromkeys(("<", "<=", "below", "under", "이하", "아래", "이탈"), "below"),
}
"""Words for a side of a price."""


def built(kind: str, value: float, names: str) -> str:
    """The text after /alert. ``names``: the instruments; empty means the watchlist.

    >>> built("above", 200.0, "AAPL"), built("up", 5.0, "")
    ('once crosses_above(close, 200) on 1m for AAPL', 'once_per_bar change_pct(close, 1) >= 5 on 1d')
    """
    chosen = KINDS[kind]
    text = f"{chosen.frequency} {chosen.condition.format(value=_plain(value))}"
    return f"{text} for {names}" if names else text


def parse_value(text: str) -> float | None:
    """A positive number as people write it; None where it is none.

    >>> parse_value("71,000"), parse_value("5%"), parse_value("$200.50"), parse_value("-1"), parse_value("1e400"), parse_value("x")
    (71000.0, 5.0, 200.5, None, None, None)
    """
    plain = text.strip().removesuffix("원").strip("$₩% ").replace(",", "")
    if not plain or not plain.isascii() or plain.strip("0123456789.") or plain.count(".") > 1 or plain == ".":
        return None
    value = float(plain)
    return value if math.isfinite(value) and 0 < value < LARGEST else None


def short_form(line: str, index: InstrumentIndex) -> str | None:
    """The text after /alert that ``NAME above PRICE``, ``NAME > PRICE`` or ``NAME +5%`` stands for; None for any other text."""
    name, _, last = line.strip().rpartition(" ")
    if name and last.endswith("%") and last[0] in "+-" and (instrument := index.find(name)):
        value = parse_value(last[1:])
        return None if value is None else built("up" if last[0] == "+" else "down", value, instrument.symbol)
    words = line.split()
    for side, price in ((words[-2:-1], words[-1:]), (words[-1:], words[-2:-1])):
        kind = SIDES.get(side[0].casefold()) if side else None
        value = parse_value(price[0]) if price else None
        instrument = index.find(" ".join(words[:-2]))
        if kind and value is not None and instrument:
            return built(kind, value, instrument.symbol)
    return None


def suggested_values(kind: str, price: float | None, instrument: KnownInstrument) -> tuple[str, ...]:
    """The values that have a button; none for a price where no current one is known."""
    chosen = KINDS[kind]
    if not chosen.of_price:
        return tuple(_plain(value) for value in chosen.values)
    if price is None or not math.isfinite(price) or price <= 0:
        return ()
    decimals = places(price, instrument.kind, instrument.currency)
    return tuple(fixed(price * (1 + change / 100), decimals).replace(",", "") for change in chosen.values)


def _plain(value: float) -> str:
    """A number without an exponent and without needless zeros."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
