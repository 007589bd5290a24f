"""How many cases the property tests try: ``make test-thorough`` tries at least four times as many as ``make test``."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = os.environ.get("THOROUGH") == "1"


def examples(number: int, part: int = 4) -> int:
    """``number`` in a thorough run, else one ``part`` of it: a quarter, or less where a case is dear."""
    return number if THOROUGH else number // part
