"""A parsing process with one text that hangs and one that ends the process.

Not in tests/notifier: that package imports aiogram, which would take each process two seconds of CPU.
"""

from __future__ import annotations

import os
import time

from services.notifier.adapters.parsing.worker import answer
from shared.children.loop import serve


def slow(body: bytes) -> bytes:
    if body == b"hang":
        time.sleep(3600)
    if body == b"die":
        os._exit(9)
    return answer(body)


if __name__ == "__main__":
    serve(slow)
