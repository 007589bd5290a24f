"""Frames of Yahoo's streamer: JSON around base64 around protobuf."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec
from google.protobuf.message import DecodeError
from yfinance.pricing_pb2 import PricingData

from services.ingest.domain.yahoo_ticks import StreamedPrice

REGULAR: Final = 1
"""``market_hours`` of the regular market; 0 is before it opens, or not said, 2 after it has closed."""
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
        FrameError: no JSON, no base64, no protobuf, or nobody's price.
    """
    try:
        found = PricingData.FromString(base64.b64decode(_decoder.decode(text).message, validate=True))
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError, DecodeError) as error:
        raise FrameError(f"{type(error).__name__}: {error}: {text[:80]!r}") from error
    if not found.id:
        raise FrameError(f"a price without a symbol: {text[:80]!r}")
    return StreamedPrice(found.id, found.price, found.time, found.currency, found.day_volume, found.market_hours == REGULAR)
