"""The text that users type to the bot: its normal form, and durations."""

from __future__ import annotations

import re
from typing import Final

from services.notifier.domain.telegram_html import clean
from shared.text import normalize

LINE_LENGTH: Final = 1000
"""Characters of a message that are read; the rest is ignored."""
FOREVER: Final = 253_402_300_799_000
EVERYTHING: Final = frozenset({"all", "전체", "*"})
"""Words for all instruments, all alerts or all rules."""

_SPAN: Final = re.compile(r"^(\d{1,4})\s*(m|min|분|h|시간|d|일)$")
_UNITS: Final = {"m": 60_000, "min": 60_000, "분": 60_000, "h": 3_600_000, "시간": 3_600_000, "d": 86_400_000, "일": 86_400_000}


def normal_line(text: str) -> str:
    r"""A message on one line in normal form.

    >>> normal_line("／ｗａｔｃｈ　ＡＡＰＬ"), normal_line(" a\n b ")
    ('/watch AAPL', 'a b')
    """
    return clean(normalize(text, LINE_LENGTH), LINE_LENGTH)


def mute_span(text: str) -> int | None:
    """How long to mute, milliseconds: ``30m``, ``1시간``, ``2d``. 0 unmutes; None where the text is no duration.

    >>> mute_span("1h"), mute_span("30 분"), mute_span("off"), mute_span("soon")
    (3600000, 1800000, 0, None)
    """
    wanted = text.strip().casefold()
    if wanted in {"off", "0", "해제", "끔", "취소"}:
        return 0
    match = _SPAN.match(wanted)
    return int(match[1]) * _UNITS[match[2]] if match else None
