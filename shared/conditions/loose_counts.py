"""Loose spellings of how often something was so: ``7 of the last 10 candles green``; and when: ``bars since golden cross``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import SKIPPED
from shared.conditions.operations import MOST_BARS
from shared.conditions.scanning import Piece

_BARS: Final = frozenset({"day", "days", "bar", "bars", "candle", "candles", "session", "sessions"})
_STATES: Final = {
    **dict.fromkeys(("green", "bullish", "white"), "close > open"),
    **dict.fromkeys(("red", "bearish", "black"), "close < open"),
    **dict.fromkeys(("up", "higher", "positive"), "close > prev(close)"),
    **dict.fromkeys(("down", "lower", "negative"), "close < prev(close)"),
}
STATE_WORDS: Final = frozenset(_STATES)
_BEFORE: Final = frozenset({"at", "least", "on"})
_WON: Final = {"winning": "rising", "losing": "falling", "win": "rising", "loss": "falling"}
_SIGNS: Final = frozenset({"<", "<=", ">", ">=", "under", "below", "over", "above", "less", "more", "at"})
_FAR: Final = 8
_BETWEEN: Final = frozenset({"are", "were", "is", "closed", "closing", "have", "been"})


def counted_state(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """On how many of the bars."""
    while at < len(found) and found[at].text in _BEFORE:
        at += 1
    if at >= len(found) or not found[at].text.isdecimal():
        return None
    end, words = at + 1, set[str]()
    while end < len(found) and found[end].text in SKIPPED | {"of", "out"} | _BARS:
        words.add(found[end].text)
        end += 1
    if "of" not in words or end >= len(found) or not found[end].text.isdecimal():
        return None
    least, bars, end = int(found[at].text[:4]), int(found[end].text[:4]), end + 1
    named = words & _BARS
    while end < len(found) and found[end].text in _BARS | _BETWEEN:
        named |= {found[end].text} & _BARS
        end += 1
    state = _STATES.get(found[end].text) if end < len(found) else None
    if not named or state is None or not 0 < least <= bars <= MOST_BARS:
        return None
    return f" count({state}, {bars}) >= {least} ", end + 1


def since(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``bars since golden cross < 10``: what happened stands before the comparison."""
    if len(found) < at + 3 or found[at].text not in _BARS or found[at + 1].text != "since":
        return None
    end = next((i for i in range(at + 2, min(len(found), at + _FAR)) if found[i].text in _SIGNS), 0)
    happened = " ".join(piece.text for piece in found[at + 2 : end])
    return (f" bars_since({happened}) ", end) if happened else None


def winning(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``5 day losing streak``, ``winning streak of 4 days``."""
    words = [piece.text for piece in found[at : at + 5]]
    plain = [word for word in words if word != "-"]
    if len(plain) > 3 and plain[0].isdecimal() and plain[1] in _BARS and plain[2] in _WON and plain[3] == "streak":
        count, way, size = plain[0], _WON[plain[2]], 4 + ("-" in words)
    elif len(words) > 4 and words[0] in _WON and words[1:3] == ["streak", "of"] and words[3].isdecimal() and words[4] in _BARS:
        count, way, size = words[3], _WON[words[0]], 5
    else:
        return None
    return (f" {way}(close, {count}) ", at + size) if 0 < int(count[:4]) <= MOST_BARS else None
