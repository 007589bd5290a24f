"""Loose spellings of where a value is: in a part of its range, apart from an average, with so much volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import after_number, bars
from shared.conditions.operations import MOST_BARS
from shared.conditions.scanning import Piece

_PARTS: Final = {**dict.fromkeys(("top", "upper"), ">="), **dict.fromkeys(("bottom", "lower"), "<=")}
APART_WORDS: Final = frozenset({"이격", "괴리", "괴리율", "이격률", "이격율"})
_PARTICLES: Final = frozenset({"과", "와", "의", "에서", "하고", "에서의"})
_SHARES: Final = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4}
_BAR_RANGES: Final = (
    *(("range",), ("day", "'", "s", "range"), ("daily", "range"), ("day", "range"), ("candle", "range"), ("bar", "range")),
    ("bar", "'", "s", "range"),
)
"""The range of the bar itself."""
_OWN: Final = frozenset({"the", "its", "a"})


def part_of_range(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``close in the top 20% of its 50 day range``."""
    end = at + 1
    end += end < len(found) and found[end].text in _OWN
    words = [piece.text for piece in found[end : end + 4]]
    if found[at].text == "in" and words[1:2] and words[1] in _SHARES and words[2:3] == ["of"]:  # 'in the upper half of its range'
        return _of_bar(found, end + 3, words[0], _SHARES[words[1]])
    if found[at].text != "in" or len(words) < 4 or words[0] not in _PARTS or words[2:] != ["%", "of"]:
        return None
    end += 4
    end += end < len(found) and found[end].text in _OWN
    own = _of_bar(found, end, words[0], float(words[1]) / 100)
    if own:
        return own
    spaced = [piece for piece in found[end : end + 4] if piece.text != "-"]
    counted = bars(spaced, 0)
    if found[at + 1 + (found[at + 1].text in _OWN) + 1].kind != "number" or counted is None or not 0 < counted[0] <= MOST_BARS:
        return None
    end += counted[2] + (len(found[end : end + 4]) - len(spaced))
    if end >= len(found) or found[end].text != "range":
        return None
    sign, bars_of = _PARTS[words[0]], counted[0]
    share = float(words[1]) / 100
    level = 1 - share if sign == ">=" else share
    low, high = f"lowest(low, {bars_of})", f"highest(high, {bars_of})"
    return f" - {low} {sign} {level:.6g} * ({high} - {low}) ", end + 1


def _of_bar(found: Sequence[Piece], at: int, side: str, share: float) -> tuple[str, int] | None:
    """The part of the bar's own range."""
    at += at < len(found) and found[at].text in _OWN
    size = next((len(each) for each in _BAR_RANGES if tuple(piece.text for piece in found[at : at + len(each)]) == each), 0)
    sign = _PARTS.get(side)
    if not size or sign is None:
        return None
    return f" - low {sign} {1 - share if sign == '>=' else share:.6g} * (high - low) ", at + size


def apart(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``20일선과 이격 10% 이상``: how far the close is from it."""
    named = after_number(found, at, of_volume=False) if found[at].kind == "number" else None
    if named is None or len(named[0]) != 1 or named[0][0].type != "NAME":
        return None
    end = named[1]
    end += end < len(found) and found[end].text in _PARTICLES
    if end >= len(found) or found[end].text not in APART_WORDS:
        return None
    return f" abs(close / {named[0][0].value} - 1) ", end + 1


def with_volume(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``new high on 2x volume``."""
    words = [piece.text for piece in found[at : at + 4]]
    if (
        at == 0
        or len(words) < 4
        or words[0] not in {"on", "with"}
        or found[at + 1].kind != "number"
        or words[2] not in {"x", "times"}
    ):
        return None
    end = at + 3 + (words[3] in {"average", "avg", "normal", "usual"})
    volume = end < len(found) and found[end].text in {"volume", "vol"}
    return (f" and volume >= {words[1]} * volume_sma_20 ", end + 1) if volume else None
