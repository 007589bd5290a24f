"""Loose spellings of bands with their numbers: ``donchian 55 upper``, ``keltner(20, 2) lower``, ``55 day donchian breakout``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of, parts
from shared.conditions.scanning import Piece

_STEMS: Final = {
    **dict.fromkeys(("bollinger", "bb", "볼린저", "볼린저밴드", "bbands"), "bb"),
    **dict.fromkeys(("keltner", "kc", "켈트너"), "keltner"),
    **dict.fromkeys(("donchian", "dc", "돈치안"), "donchian"),
}
BAND_WORDS: Final = frozenset(_STEMS)
_SIDES: Final = {
    **dict.fromkeys(("upper", "top", "high", "상단", "상한", "상한선", "상단선"), "upper"),
    **dict.fromkeys(("lower", "bottom", "low", "하단", "하한", "하한선", "하단선"), "lower"),
    **dict.fromkeys(("middle", "mid", "중심선", "중앙선"), "middle"),
}
_NOUNS: Final = frozenset({"band", "bands", "channel", "channels", "line", "채널", "밴드", "of", "the"})
_BROKEN: Final = {**dict.fromkeys(("breakout", "돌파"), "upper"), **dict.fromkeys(("breakdown", "이탈"), "lower")}
_DAYS: Final = frozenset({"day", "bar", "period", "일", "봉"})
_CHANNEL: Final = "donchian"
_USUAL_ATR: Final = "10"
"""The bars of the ATR of a Keltner channel that is named with the bars of its average and its width alone."""
_BEYOND: Final = frozenset({">", ">=", "above", "over", "breaks", "<", "<=", "below", "under"})
_FAR: Final = 12


def numbered_band(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """A line of a band, or the breakout of a channel, which is one of those of the bars before."""
    stem, side, numbers, end = "", "", list[str](), at
    while end < min(len(found), at + _FAR):
        piece, text = found[end], found[end].text
        word, within = parts(text) if piece.kind == "word" else ("", [])
        if word in _STEMS and not stem:
            stem, numbers = _STEMS[word], [*numbers, *within]
        elif piece.kind == "hangul" and text in _STEMS and not stem:
            stem = _STEMS[text]
        elif text in _SIDES and not side:
            side = _SIDES[text]
        elif piece.kind == "number" and not (side and stem and found[end - 1].text not in {"(", ","} and numbers):
            numbers.append(text)
        elif not (text in _NOUNS or text in _DAYS or (text in {"(", ",", ")", "-"} and (stem or numbers))):
            break
        end += 1
    broken = _BROKEN.get(found[end].text, "") if end < len(found) else ""
    if not stem or not numbers or any(piece.text in _NOUNS for piece in found[at : at + 1]):
        return None
    if broken and stem == _CHANNEL and side in {"", broken}:
        column = column_of("_".join([stem, broken, *numbers]))
        return (f" close {'>' if broken == 'upper' else '<'} prev({column}) ", end + 1) if column else None
    if not side:
        return None
    if stem == "keltner" and len(numbers) == 2:
        numbers.insert(1, _USUAL_ATR)
    column = column_of("_".join([stem, side, *numbers]))
    before = stem == _CHANNEL and at > 0 and found[at - 1].text in _BEYOND  # this bar is one of those of the channel
    return (f" prev({column}) " if before else f" {column} ", end) if column else None
