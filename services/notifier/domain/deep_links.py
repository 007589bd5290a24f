"""The parameter of a link ``t.me/BOT?start=...`` that opens the bot with an instrument.

Telegram allows 64 characters of letters, digits, ``_`` and ``-``; symbols have others, as ``^IXIC`` and ``KRW=X``.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

PREFIX: Final = "s-"


def start_parameter(symbol: str) -> str:
    """The parameter for a symbol of at most 32 characters.

    >>> start_parameter("^IXIC"), symbol_of(start_parameter("^IXIC")), symbol_of("s-!"), symbol_of("hello")
    ('s-XklYSUM', '^IXIC', None, None)
    """
    return PREFIX + base64.urlsafe_b64encode(symbol.encode()).decode().rstrip("=")


def symbol_of(parameter: str) -> str | None:
    """The symbol that a parameter names, known or not; None where it names none."""
    if not parameter.startswith(PREFIX):
        return None
    coded = parameter.removeprefix(PREFIX)
    try:
        return base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
