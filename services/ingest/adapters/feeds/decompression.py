"""Decompression with a limit: a few kilobytes can decompress to gigabytes."""

from __future__ import annotations

import zlib
from typing import Final

ACCEPTED: Final = "gzip, deflate"
"""What is asked for. Brotli is not: every server can send one of these."""
_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class TooLargeError(Exception):
    """There are more bytes than the limit."""


class EncodingError(Exception):
    """The encoding is none that was asked for, or the bytes are not encoded so."""


class CutOffError(Exception):
    """The compressed data end early."""


class LimitedBody:
    """Collects a body; it holds at most ``limit`` bytes, compressed or not."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Raises EncodingError."""
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", *_WINDOW}:
            raise EncodingError(f"Content-Encoding {encoding[:40]!r} was not asked for")
        self._encoding = encoding
        self._zlib = zlib.decompressobj(_WINDOW[encoding]) if encoding in _WINDOW else None
        self._limit = limit
        self._received = 0
        self._found = bytearray()

    def add(self, chunk: bytes) -> None:
        """Add received bytes. Raises TooLargeError, EncodingError."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise TooLargeError(f"more than {self._limit} bytes")
        if self._zlib is None:
            self._found += chunk
            return
        if self._encoding == "deflate" and self._received == len(chunk) and chunk and chunk[0] & 0x0F != 8:
            self._zlib = zlib.decompressobj(-15)  # some servers send deflate without zlib's header
        try:
            self._found += self._zlib.decompress(chunk, self._limit - len(self._found) + 1)
        except zlib.error as error:
            raise EncodingError(f"not {self._encoding}: {error}") from error
        if len(self._found) > self._limit:
            raise TooLargeError(f"more than {self._limit} bytes after decompression of {self._received}")

    def finish(self) -> bytes:
        """The whole body. Raises CutOffError."""
        if self._zlib is not None and self._received and not self._zlib.eof:
            raise CutOffError(f"the {self._encoding} data end early")
        return bytes(self._found)
