"""Parses the splits and dividends of a chart, each separately: an invalid one is dropped and reported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

MAX_EVENTS: Final = 5_000
"""Maximum number of events of one kind that are read."""
RATIOS: Final = (1e-4, 1e4)
"""Smallest and largest possible split ratio."""


@dataclass(frozen=True, slots=True)
class Split:
    """``ratio`` new shares for an old one, from ``ts`` (seconds) on."""

    ts: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Dividend:
    """Cash per share, adjusted for later splits; ``currency`` is empty if missing."""

    ts: int
    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class InvalidCorporateAction:
    """A split or dividend that is not used."""

    kind: Literal["split", "dividend"]
    field: str
    """Name of the invalid field."""
    value: str
    """Its value, as received."""
    ts: int
    """Seconds; 0 if the date is invalid."""
    amount: float | None = None
    """Amount of a dividend, if it is a number."""


@dataclass(frozen=True, slots=True)
class ChartEvents:
    """Valid and invalid events of a chart, in its order, without duplicates."""

    splits: tuple[Split, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    bad: tuple[InvalidCorporateAction, ...] = ()


def read_events(found: object) -> ChartEvents:
    """Parse ``events`` of a chart. The keys are ignored: they repeat the date.

    >>> read_events({"splits": {"x": {"date": 1, "numerator": 1, "denominator": 0}}}).bad
    (InvalidCorporateAction(kind='split', field='denominator', value='0', ts=1, amount=None),)
    """
    if found is None:
        return ChartEvents()
    if not isinstance(found, Mapping):
        return ChartEvents(bad=(_bad("split", "events", found),))
    splits = [_split(each) for each in _entries(found, "splits")]
    dividends = [_dividend(each) for each in _entries(found, "dividends")]
    bad = [each for each in (*splits, *dividends) if isinstance(each, InvalidCorporateAction)]
    return ChartEvents(
        tuple(dict.fromkeys(each for each in splits if isinstance(each, Split))),
        tuple(dict.fromkeys(each for each in dividends if isinstance(each, Dividend))),
        tuple(bad),
    )


def _entries(found: Mapping[Any, Any], name: str) -> Iterable[object]:
    entries = found.get(name)
    if entries is None:
        return ()
    if isinstance(entries, Mapping):
        return list(entries.values())[:MAX_EVENTS]
    return entries[:MAX_EVENTS] if isinstance(entries, list) else (entries,)


def _split(entry: object) -> Split | InvalidCorporateAction:
    if not isinstance(entry, Mapping):
        return _bad("split", "splits", entry)
    ts = _time(entry.get("date"))
    if ts is None:
        return _bad("split", "date", entry.get("date"))
    terms = []
    for name in ("numerator", "denominator"):
        value = _number(entry.get(name))
        if value is None or value <= 0:
            field = name if name in entry or "splitRatio" not in entry else "splitRatio"
            return _bad("split", field, entry.get(field), ts)
        terms.append(value)
    ratio = terms[0] / terms[1]
    if not RATIOS[0] <= ratio <= RATIOS[1]:
        return _bad("split", "numerator:denominator", f"{terms[0]:g}:{terms[1]:g}", ts)
    return Split(ts, ratio)


def _dividend(entry: object) -> Dividend | InvalidCorporateAction:
    if not isinstance(entry, Mapping):
        return _bad("dividend", "dividends", entry)
    ts = _time(entry.get("date"))
    if ts is None:
        return _bad("dividend", "date", entry.get("date"))
    amount = _number(entry.get("amount"))
    if amount is None or amount <= 0:
        return _bad("dividend", "amount", entry.get("amount"), ts)
    currency = entry.get("currency")
    return Dividend(ts, amount, currency if isinstance(currency, str) else "")


def _time(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 < number < 4_102_444_800 and number == int(number) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 and math.isfinite(value) else None


def _bad(kind: Literal["split", "dividend"], field: str, value: object, ts: int = 0) -> InvalidCorporateAction:
    return InvalidCorporateAction(kind, field, repr(value)[:80], ts)
