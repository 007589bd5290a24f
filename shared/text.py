"""Normalisation of typed text, applied where it enters the system, so that equal texts compare equal.

The normal form is Unicode's NFKC (UAX 15) without invisible characters: decomposed Hangul is composed, full-width letters, digits
and signs become ordinary ones. Superscripts and subscripts stay: as a digit, 10² would become 102.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import Final

READ_FACTOR: Final = 4
"""Text is cut to this many times its limit before it is normalised: a decomposed syllable of Hangul has up to three characters."""
MOST_MARKS: Final = 30
"""Combining marks on one character, as in the Stream-Safe Text Format (UAX 15): sorting n of them takes O(n²) time."""
LONGEST_INPUT: Final = 4096
"""Characters of an input of an operator."""
ELLIPSIS: Final = "…"
"""Ends a text that was cut."""
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ\n\r\t\f\v", "abcdefghijklmnopqrstuvwxyz     ")
_MONTH: Final = re.compile(r"(?<!\w)1M(?!\w)")
_SUPERSCRIPTS: Final = re.compile("([\u00b2\u00b3\u00b9\u2070-\u209f]+)")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point (DerivedCoreProperties.txt): zero-width, bidirectional, fillers, variation selectors, surrogates."""
_VOWELS_AND_FINALS: Final = range(0x1160, 0x1200)
"""Conjoining jamo, which a font draws as part of the syllable before them."""


def normalize(text: str, maximum: int) -> str:
    r"""The normal form of the text, at most ``maximum`` characters; a longer one is cut and ends with ``ELLIPSIS``.

    Control characters stay: the caller refuses them or treats them as spaces.

    >>> normalize("ＡＡＰＬ", 8), normalize("삼\u1109\u1165\u11bc\u200b전자", 8), normalize("10²", 8), normalize("AAPLX", 4)
    ('AAPL', '삼성전자', '10²', 'AAP…')
    """
    read = text[: READ_FACTOR * maximum]
    found = _composed(read)
    if len(found) <= maximum and len(read) == len(text):
        return found
    return found[: maximum - 1] + ELLIPSIS


def lower_case(text: str) -> str:
    r"""The text of a condition or sequence in lower case, with spaces for control characters; every character keeps its index.

    The word 1M stays, so that it is no timeframe there: elsewhere it is a month, and in lower case it would be a minute.

    >>> lower_case("RSI_14 < 30\tON 1H"), lower_case("close > 1 on 1M")
    ('rsi_14 < 30 on 1h', 'close > 1 on 1M')
    """
    return "1M".join(part.translate(_LOWER) for part in _MONTH.split(text))


def fold_case(text: str, maximum: int) -> str:
    """The normal form with case folded, for comparing names.

    >>> fold_case("ＳＡＭＳＵＮＧ", 16), fold_case("Straße", 16)
    ('samsung', 'strasse')
    """
    return normalize(normalize(text, maximum).casefold(), maximum)


def normalize_input(text: str) -> str:
    """The normal form of a command line argument or an answer of an operator."""
    return normalize(text, LONGEST_INPUT)


def source_position(text: str, position: int) -> int:
    r"""The index in ``text`` of the character at ``position`` of its normal form; the length of ``text`` if there is none.

    >>> source_position("\u1109\u1165\u11bc > ３", 4)
    6
    """
    return bisect_right(range(len(text)), position, key=lambda i: len(_composed(text[: i + 1])))


def with_caret(text: str, position: int, around: int = 500) -> str:
    r"""The text on one line, with a caret below ``position``, for a monospaced font; ``around`` characters on either side.

    >>> print(with_caret("삼성 x", 3))
    삼성 x
         ^
    """
    before, after = _line(text[max(0, position - around) : position]), _line(text[position : position + around])
    return f"{before}{after}\n{' ' * sum(map(_width, before))}^"


def plain_line(text: str, maximum: int) -> str:
    r"""Text of others for one line: composed (NFC) and otherwise as written, without invisible and control characters.

    At most ``maximum`` characters; a longer one is cut and ends with ``ELLIPSIS``.

    >>> plain_line(" 삼\u1109\u1165\u11bc\u200b전자\n①\u202e ", 8), plain_line("AAPLX", 4)
    ('삼성전자 ①', 'AAP…')
    """
    read = text[: READ_FACTOR * maximum]
    if not read.isascii():
        read = unicodedata.normalize("NFC", _few_marks(_INVISIBLE.sub("", read)))
    found = " ".join("".join(c if c.isprintable() else " " for c in read).split())
    if len(found) <= maximum and len(text) <= READ_FACTOR * maximum:
        return found
    return found[: maximum - 1].rstrip() + ELLIPSIS


def _composed(text: str) -> str:
    if text.isascii():
        return text
    parts = _SUPERSCRIPTS.split(_few_marks(_INVISIBLE.sub("", text)))
    found = "".join(part if i % 2 else unicodedata.normalize("NFKC", part) for i, part in enumerate(parts))
    return _INVISIBLE.sub("", found)


def _few_marks(text: str) -> str:
    if not any(map(unicodedata.combining, text)):
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _line(text: str) -> str:
    """The text on one line, without characters that have no width or change the direction."""
    return "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"} or ord(character) in _VOWELS_AND_FINALS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
