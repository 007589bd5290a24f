"""The drawing process: ``ChartRequest`` as JSON in, PNG out; an empty answer where drawing fails."""

from __future__ import annotations

import sys

import msgspec

from services.notifier.adapters.charts.drawing import draw
from services.notifier.domain.charts import ChartRequest
from shared.children import serve

_DECODER = msgspec.json.Decoder(ChartRequest)


def answer(body: bytes) -> bytes:
    """The picture as PNG, or empty bytes."""
    try:
        return draw(_DECODER.decode(body))
    except (msgspec.DecodeError, ValueError, ArithmeticError, LookupError) as error:  # errors that bars and titles can cause
        print(f"cannot draw: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - standard output is the answer
        return b""


if __name__ == "__main__":
    serve(answer)
