"""Decodes frames of Yahoo's stream: protobuf in base64 in JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec
from google.protobuf.message import DecodeError
from yfinance.pricing_pb2 import PricingData

from services.ingest.domain.yahoo_ticks import StreamedPrice

REGULAR: Final = 1
"""``market_hours`` of the regular market; 0 is before the open or not set, 2 is after the close."""
MAX_FRAME = 64 * 1024
"""Bytes; a price takes about 300."""


class FrameError(ValueError):
    """Not a price."""


class _Frame(msgspec.Struct):
    message: str


_decoder = msgspec.json.Decoder(_Frame)


def decode(text: str | bytes) -> StreamedPrice:
    """The price in a frame.

    Raises:
        FrameError: invalid JSON, base64 or protobuf, or a price without a symbol.
    """
    try:
        found = PricingData.FromString(base64.b64decode(_decoder.decode(text).message, validate=True))
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError, DecodeError) as error:
        raise FrameError(f"{type(error).__name__}: {error}: {text[:80]!r}") from error
    if not found.id:
        raise FrameError(f"a price without a symbol: {text[:80]!r}")
    return StreamedPrice(found.id, found.price, found.time, found.currency, found.day_volume, found.market_hours == REGULAR)
