"""Words that a text which cannot be read may have in place of exact ones: loose phrases, misspelt words, headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from shared.conditions.columns import column_of, known_stem, parts
from shared.conditions.errors import ConditionError
from shared.conditions.events import events
from shared.conditions.functions import is_function
from shared.conditions.lexicon import HEADINGS, RESTATED
from shared.conditions.phrases import Table, averages, phrases
from shared.conditions.scanning import Piece, pieces
from shared.conditions.spelling import spelled
from shared.conditions.suggestions import index_of
from shared.conditions.vocabulary import stems

_USUAL_AVERAGES: Final = frozenset({"5", "8", "9", "10", "13", "20", "21", "34", "50", "60", "100", "120", "150", "200"})
"""Numbers of bars that say an average by themselves, as in ``the 20 crosses the 50``."""
_BEFORE_DAYS: Final = frozenset({"the", "its", "above", "below", "over", "under", "than", "at", "a"})
_DAYS: Final = frozenset({"day", "week", "d"})
_LINES: Final = frozenset({"level", "line", "slow", "fast", "full", "osc", "histogram"})
"""Words between the name of an indicator and its parameters."""
_WHOLE_TEXTS: Final = frozenset({"direction", "written"})
"""Errors whose example is the whole text."""
_PARTS: Final = frozenset({"meant", "unit", "elsewhere"})
"""Errors whose example is in place of what was found."""
_EXACT: Final = frozenset({"NAME", "RULE", "RULE_WAY", "EXPRESSION"})
_CROSSES: Final = frozenset({"cross", "crosses", "crossed", "crossing", "crossover", "golden", "bullish", "up", "upward"})
_DOWN: Final = frozenset({"bearish", "death", "dead", "down", "downward", "crossunder"})
_LASTING: Final = frozenset({"over", "for", "in", "during"})
_SIDES: Final = {
    **dict.fromkeys(("상한선", "상한", "상단", "상단선", "upper"), "bb_upper"),
    **dict.fromkeys(("하한선", "하한", "하단", "하단선", "lower"), "bb_lower"),
    **dict.fromkeys(("중심선", "중앙선", "중간선", "middle"), "bb_middle"),
}
"""A side of the Bollinger bands that were named before it."""
_BANDS: Final = frozenset({"볼린저밴드", "bollinger", "bb"})
_BAND: Final = 5
_CALL: Final = 12
"""Pieces of a call."""
_MOST_UNKNOWN: Final = 3
"""Misspelt words of a text that are looked up."""
_HEADING: Final = 8
"""Pieces of a heading before a colon."""


def rewritten(text: str, error: ConditionError) -> Iterator[str]:
    """The text in other words, the likeliest first, each once. ``error``: why it cannot be read."""
    seen: set[str] = set()
    for candidate in _candidates(text, error):
        if candidate not in seen:
            seen.add(candidate)
            yield candidate


def _candidates(text: str, error: ConditionError) -> Iterator[str]:
    for corrected_text in corrected(text, error) if error.code != "elsewhere" else ():
        yield _replaced(corrected_text, list(pieces(corrected_text)))
    found = list(pieces(text))
    if ":" in text:
        yield _replaced(text.replace(":", " and ", 1), list(pieces(text.replace(":", " and ", 1))))
    yield _replaced(text, found)
    if " + " in text and "(" not in text and error.code in {"number", "truth"}:  # between two conditions it is 'and'
        joined = text.replace(" + ", " and ")
        yield _replaced(joined, list(pieces(joined)))
    behind = _behind_heading(found)
    if behind:
        start = found[behind - 1].end
        yield _replaced(text[start:], list(pieces(text[start:])))
        yield _replaced(text.replace(":", " ", 1), list(pieces(text.replace(":", " ", 1))))


def corrected(text: str, error: ConditionError) -> Iterator[str]:
    """The text with what the error says in place of what it found."""
    right, wrong = str(error.values.get("example") or error.values.get("near") or ""), str(error.values.get("found", "")).strip("'")
    if error.code in _WHOLE_TEXTS:
        yield right
    at = text.lower().find(wrong.lower(), error.position) if wrong and right else -1
    if at >= 0 and error.code in _PARTS:
        yield f"{text[:at]}{right}{text[at + len(wrong) :]}"


def _behind_heading(found: Sequence[Piece]) -> int:
    """The index behind ``주가이평비교:``, a heading of words that are known and name no instrument; 0 without one."""
    for i, piece in enumerate(found[:_HEADING]):
        if piece.text == ":":
            return i + 1 if i else 0
        if piece.kind != "hangul" and piece.text not in HEADINGS:
            return 0
    return 0


def _replaced(text: str, found: Sequence[Piece]) -> str:
    """The text with its loose phrases and misspelt words in exact ones."""
    written: list[str] = []
    at, end, unknown, bands = 0, 0, 0, ""
    while at < len(found):
        piece = found[at]
        loose, exact = _loose().longest(found, at), phrases().longest(found, at)
        if exact and exact[0][0] in _EXACT and exact[1] > (loose[1] if loose else at + 1):
            at = exact[1]
            continue
        pair = _pair(found, at)
        if pair:
            crossing, behind = pair
            written += [text[end : piece.at], f" {crossing} "]
            at, end = behind, found[behind - 1].end
            continue
        if loose and not ("rs_" in loose[0][1] and loose[1] < len(found) and found[loose[1]].text in _LASTING):
            (_, value), behind = loose
            written += [text[end : piece.at], f" {value} "]
            at, end = behind, found[behind - 1].end
            continue
        band = _band(found, at)
        if band:
            bands, behind = band
            written.append(text[end : piece.at])
            at, end = behind, found[behind - 1].end
            continue
        if bands and piece.text in _SIDES:
            written += [text[end : piece.at], f" {_SIDES[piece.text]}({bands})"]
            end = piece.end
        numbers = _numbers(found, at)
        if numbers:
            inside, behind = numbers
            written += [text[end : piece.at], f"({inside})"]
            at, end = behind, found[behind - 1].end
            continue
        if _is_average(found, at):
            written += [text[end : found[at].end], " average "]
            end = found[at].end
        elif unknown < _MOST_UNKNOWN and _is_unknown(piece):
            unknown += 1
            right = spelled(piece)
            if right:
                written += [text[end : piece.at], right]
                end = piece.end
        at += 1
    return "".join([*written, text[end:]]).strip()


def _pair(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``9/21 ema cross``, ``50/200 sma bearish crossover``: two averages and the direction, and the index behind them."""
    words = [piece.text for piece in found[at : at + 4]]
    if len(words) < 4 or words[1] != "/" or not (words[0] + words[2]).isdigit():
        return None
    average = words[3] if known_stem(words[3]) in {"sma", "ema", "wma"} else "sma"
    end = at + 3 + (average == words[3])
    while end < len(found) and found[end].text in _CROSSES | _DOWN:
        end += 1
    ways = {piece.text for piece in found[at + 3 : end]} & (_CROSSES | _DOWN)
    if not ways:
        return None
    first, second = (f"{average}_{words[i]}" for i in (0, 2))
    return f"{first} crosses {'below' if ways & _DOWN else 'above'} {second}", end


def _band(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``볼린저밴드(20,2)`` before the side that is meant: its parameters, and the index behind them."""
    inside = [piece.text for piece in found[at + 1 : at + 6]]
    if found[at].text not in _BANDS or len(inside) < _BAND or (inside[0], inside[2], inside[4]) != ("(", ",", ")"):
        return None
    return f"{inside[1]},{inside[3]}", at + 6


def _numbers(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``MACD(12,26)`` and ``RSI(14,9)`` with the usual number of parameters, and the index behind them."""
    name = next(
        (piece for piece in reversed(found[max(0, at - 2) : at]) if piece.kind == "word" and piece.text not in _LINES), None
    )
    stem = known_stem(name.text) if name and found[at].text == "(" else None
    end = next((i for i in range(at, min(len(found), at + _CALL)) if found[i].text == ")"), 0)
    if stem not in stems() or not end:
        return None
    inside = [piece for piece in found[at + 1 : end] if piece.text != ","]
    usual = stems()[stem][0].usual
    first_line = [piece.text for piece in found[end + 1 : end + 3]] == ["%", "k"]
    if not inside or any(piece.kind != "number" for piece in inside) or not usual or (len(inside) == len(usual) and not first_line):
        return None
    given = [piece.text for piece in inside][: len(usual)]
    behind = end + 1 + 2 * first_line
    return ",".join([*given, *(f"{each:g}" for each in usual[len(given) :])]), behind


def _is_average(found: Sequence[Piece], at: int) -> bool:
    """``the 200 day`` without a word behind it is an average: whether the piece is the last of that."""
    alone = at > 0 and found[at - 1].text == "the" and found[at].text in _USUAL_AVERAGES
    if alone and (at + 1 == len(found) or _crossed_behind(found, at + 1)):
        return True
    if at < 2 or found[at].text not in _DAYS:
        return False
    number = at - 1 - (found[at - 1].text == "-")
    if number < 1 or not found[number].text.isdigit() or found[number - 1].text not in _BEFORE_DAYS:
        return False
    following = found[at + 1].text if at + 1 < len(found) else ""
    return not (averages().longest(found, at + 1) or known_stem(following) or following in {"chart", "ago", "timeframe"})


def _crossed_behind(found: Sequence[Piece], at: int) -> bool:
    return phrases().longest(found, at, lambda meaning, _: meaning[0] in {"CROSS", "AND", "OR", "COMPARE", "DIRECTION"}) is not None


def is_known(piece: Piece) -> bool:
    """Whether it is a word or a sign of the language, or names an index."""
    if piece.kind == "sign":
        return piece.text in _words()
    return not _is_unknown(piece) or index_of(piece.text) != ""


def _is_unknown(piece: Piece) -> bool:
    if piece.kind != "word":
        return piece.kind == "unknown"
    name = piece.text.rpartition(".")[2]
    if piece.text in _words() or is_function(name) or known_stem(parts(name)[0]):
        return False
    return column_of(name) is None and name not in events() and not name.startswith("rs_")


@cache
def _words() -> frozenset[str]:
    return frozenset(phrases().words() | _loose().words())


@cache
def _loose() -> Table:
    found = Table()
    for value, words in RESTATED:
        found.add(words, ("TEXT", value))
    return found
