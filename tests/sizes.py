"""How many cases the property tests try: ``make test-thorough`` tries four times as many as ``make test``."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = os.environ.get("THOROUGH") == "1"


def examples(number: int) -> int:
    """``number`` in a thorough run, else a quarter of it."""
    return number if THOROUGH else number // 4
