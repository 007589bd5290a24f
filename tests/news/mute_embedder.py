"""A process of embeddings that hangs on one text and ends on another."""

from __future__ import annotations

import sys
import time

import msgspec
import numpy as np

from shared.children.loop import serve


def answer(body: bytes) -> bytes:
    texts = msgspec.json.decode(body, type=list[str])
    if "hang" in texts:
        time.sleep(60)
    if "crash" in texts:
        sys.exit(1)
    return np.ones((len(texts), 384), np.float32).tobytes()


if __name__ == "__main__":
    serve(answer)
