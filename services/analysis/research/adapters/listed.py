"""What the bundled list of instruments says about a symbol: its kind, exchange, currency and industries."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

UNIVERSE: Final = Path(__file__).parents[3] / "ingest" / "universe.jsonl"


class ListedInstrument(msgspec.Struct, frozen=True):
    """An instrument. Fields that research does not read are ignored."""

    symbol: str = ""
    kind: str = "stock"
    exchange: str = ""
    """Empty: not known."""
    currency: str = ""
    industries: tuple[str, ...] = ()
    negative: bool = False


class _Line(ListedInstrument, frozen=True):
    """Lines without a symbol are industries and markets."""


@cache
def listed() -> dict[str, ListedInstrument]:
    """The bundled instruments by symbol."""
    lines = [msgspec.json.decode(line, type=_Line) for line in UNIVERSE.read_bytes().splitlines() if line.strip()]
    return {each.symbol: each for each in lines if each.symbol}


def instrument(symbol: str) -> ListedInstrument:
    """An instrument; one that is not listed is a stock of an exchange that is not known."""
    return listed().get(symbol) or ListedInstrument(symbol=symbol)
