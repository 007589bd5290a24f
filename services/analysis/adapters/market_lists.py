"""Reads the lists in rows of the table of markets."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog

log: Final = structlog.get_logger("analysis.markets")
_decoded: Final = msgspec.json.Decoder(tuple[str, ...]).decode


def names_of(market: str, text: str) -> tuple[str, ...]:
    """A list of a row of the table of markets; empty, with a warning, if it cannot be read."""
    try:
        return _decoded(text)
    except msgspec.DecodeError as error:
        log.warning("a list of a market cannot be read", market=market, error=str(error))
        return ()
