"""Text that was decoded by the wrong charset: restored where that is certain, else recognised."""

from __future__ import annotations

from typing import Final

LOST: Final = "\ufffd"
MOST_LOST: Final = 0.1
"""Share of replaced characters above which a text is unreadable; a single one ends a text that was cut within a character."""


def restored(text: str) -> str:
    """The text, decoded again if it is UTF-8 that was read as a Western charset.

    >>> restored("삼성전자 3% up".encode().decode("latin-1")), restored("Café 3%")
    ('삼성전자 3% up', 'Café 3%')
    """
    if text.isascii():
        return text
    for charset in ("latin-1", "windows-1252"):
        try:
            return text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return text


def without_lost(text: str) -> str | None:
    """The text without replacement characters; None if it is unreadable.

    >>> without_lost("Samsung rises 3\ufffd"), without_lost("\ufffd\ufffd\ufffd 3%")
    ('Samsung rises 3', None)
    """
    lost = text.count(LOST)
    if lost > MOST_LOST * len(text):
        return None
    return text.replace(LOST, "").strip() if lost else text
