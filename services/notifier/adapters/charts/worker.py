"""The drawing process: ``ChartRequest`` as JSON in, PNG out, each behind its length in four bytes; empty where it fails."""

from __future__ import annotations

import struct
import sys
from typing import BinaryIO

import msgspec

from services.notifier.adapters.charts.drawing import draw
from services.notifier.domain.charts import ChartRequest


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Say that we are ready, then answer requests until the input ends."""
    decoder = msgspec.json.Decoder(ChartRequest)
    _put(sink, b"")
    while len(head := source.read(4)) == 4:
        body = source.read(struct.unpack(">I", head)[0])
        try:
            picture = draw(decoder.decode(body))
        except (msgspec.DecodeError, ValueError, ArithmeticError, LookupError) as error:  # what bars and titles can provoke
            print(f"cannot draw: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - standard output is the answer
            picture = b""
        _put(sink, picture)


def _put(sink: BinaryIO, body: bytes) -> None:
    sink.write(struct.pack(">I", len(body)) + body)
    sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
