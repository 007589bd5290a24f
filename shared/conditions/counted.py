"""What begins with a number: ``1.5M``, ``200 day moving average``, ``3 bars ago``, ``20일선``, ``10봉 이내``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from shared.conditions.columns import known_stem, places
from shared.conditions.items import Item
from shared.conditions.phrases import averages, periods, phrases, units
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS

Found = tuple[list[Item], int]
_AFTER: Final = {
    "AGO": ("ago", "back", "earlier"),
    "BACK": ("전", "전의"),
    "WITHIN": ("이내", "이내에", "안에", "내", "내에"),
    "HELD": ("in a row", "연속", "연속으로", "동안", "running", "straight", "consecutively"),
}
_BETWEEN: Final = frozenset({"consecutive", "straight", "full", "연속"})
_HELD_BEFORE: Final = frozenset({"for", "over", "during"})
_WITHIN_BEFORE: Final = frozenset({"within", "in", "최근", "지난", "during"})
_SKIPPED: Final = frozenset({"the", "last", "past", "previous", "at", "least", "a"})


def bars(pieces: Sequence[Piece], at: int) -> tuple[int, str, int] | None:
    """``3 bars``, ``10 days``, ``5봉``: the number, the word, and the index behind them."""
    if at + 1 >= len(pieces) or pieces[at].kind != "number" or not pieces[at].text.isdigit() or len(pieces[at].text) > 6:
        return None
    after = at + 1 + (pieces[at + 1].text in _BETWEEN)
    if after >= len(pieces):
        return None
    word = pieces[after].text
    if [piece.text for piece in pieces[after : after + 4]] == ["times", "in", "a", "row"]:
        return int(pieces[at].text), "", after + 1
    if word in UNIT_WORDS and len(word) == 1 and word.isascii():
        return None
    meaning = phrases().longest(pieces, after, lambda meaning, _: meaning[0] == "BARS")
    if meaning:
        return int(pieces[at].text), "", meaning[1]
    return (int(pieces[at].text), word, after + 1) if word in UNIT_WORDS else None


def duration(pieces: Sequence[Piece], at: int) -> Found | None:
    """``for 3 bars``, ``within the last 10 bars``, ``최근 10봉``."""
    word = pieces[at].text
    if word not in _HELD_BEFORE | _WITHIN_BEFORE:
        return None
    start = at + 1
    last = False
    while start < len(pieces) and pieces[start].text in _SKIPPED:
        last |= pieces[start].text in {"last", "past", "previous"}
        start += 1
    found = bars(pieces, start)
    if found is None:
        return None
    count, unit, end = found
    if word == "in" and not last:
        return None
    held = word in _HELD_BEFORE and not (last and word == "during")
    for kind in ("WITHIN", "HELD"):
        for phrase in _AFTER[kind]:
            parts = phrase.split()
            if [piece.text for piece in pieces[end : end + len(parts)]] == parts:
                end += len(parts)
                held = kind == "HELD"
    return [Item("HELD" if held else "WITHIN", f"{count} {unit}", pieces[at].at, word)], end


def after_number(pieces: Sequence[Piece], at: int, *, of_volume: bool) -> Found | None:
    """What a number and the words behind it are together; None for a plain number. ``of_volume``: the volume was named last."""
    counted = bars(pieces, at)
    if counted:
        count, unit, end = counted
        for kind, endings in _AFTER.items():
            for ending in endings:
                parts = ending.split()
                if [piece.text for piece in pieces[end : end + len(parts)]] == parts:
                    value = str(count) if kind in {"AGO", "BACK"} and not unit else f"{count} {unit}"
                    return [Item(kind, value, pieces[at].at, pieces[at].text)], end + len(parts)
        if pieces[end - 2].text in _BETWEEN:
            return [Item("HELD", f"{count} {unit}", pieces[at].at, pieces[at].text)], end
    return _average(pieces, at, of_volume=of_volume)


def _average(pieces: Sequence[Piece], at: int, *, of_volume: bool) -> Found | None:
    first = pieces[at]
    if not first.text.isdigit():
        return None
    period = periods().longest(pieces, at + 1)
    after = period[1] if period else at + 1
    found = averages().longest(pieces, after)
    if found:
        (_, name), end = found
        words = [piece.text for piece in pieces[after:end]]
        loose = words[0] in {"high", "low", "mean", "average", "선", "평균", "고가", "저가", "최고가", "최저가"}
        adjacent = pieces[after].at == first.end
        if period or not (
            loose
            or (words[0] in {"sma", "ema", "ma", "wma"} and not adjacent and len(pieces) > end and pieces[end].text in {"(", "_"})
        ):
            if words[0] in {"평균", "average", "mean"} and of_volume and len(words) == 1:
                name = "volume_sma"
            if [piece.text for piece in pieces[end : end + 2]] == ["of", "volume"]:
                name, end = "volume_sma", end + 2
            return [Item("NAME", f"{name}_{first.text}", first.at, first.text)], end
    if period and after < len(pieces) and pieces[after].kind == "word":
        stem = known_stem(pieces[after].text)
        if stem and places(stem):
            return [Item("NAME", f"{stem}_{first.text}", first.at, first.text)], after + 1
    return None


def amount(pieces: Sequence[Piece], at: int, *, grouped: bool) -> tuple[str, int]:
    """The number with its thousands and units: ``1,000``, ``1.5M``, ``5천만``. ``grouped``: commas do not separate arguments here."""
    text, end = pieces[at].text, at + 1
    while (
        grouped
        and text.isdigit()
        and end + 1 < len(pieces)
        and pieces[end].text == ","
        and _is_group(pieces, end, first=end == at + 1)
    ):
        text, end = text + pieces[end + 1].text.partition(".")[0] + _fraction(pieces[end + 1].text), end + 2
        if "." in text:
            break
    found = units().longest(pieces, end)
    if found and len(text) < 30:
        (_, factor), after = found
        single = pieces[end].text.isascii() and len(pieces[end].text) == 1
        if not single or (pieces[end].at == pieces[end - 1].end and not _is_name_next(pieces, after)):
            return f"{Decimal(text) * int(factor):f}", after
    return text, end


def _is_group(pieces: Sequence[Piece], comma: int, *, first: bool) -> bool:
    before, sign, after = pieces[comma - 1], pieces[comma], pieces[comma + 1]
    whole = after.text.partition(".")[0]
    touching = before.end == sign.at and sign.end == after.at
    return (
        after.kind == "number" and len(whole) == 3 and touching and "e" not in after.text and (not first or len(before.text) <= 3)
    )


def _fraction(text: str) -> str:
    whole, point, rest = text.partition(".")
    return f"{point}{rest}" if whole and rest else ""


def _is_name_next(pieces: Sequence[Piece], at: int) -> bool:
    return at < len(pieces) and pieces[at].text == "("


_MOVES: Final = {
    "rising": frozenset({"up", "rises", "rose", "gains", "gained", "jumps", "jumped", "surges", "rallies", "climbs", "increases"}),
    "falling": frozenset(
        {"down", "falls", "fell", "drops", "dropped", "loses", "lost", "declines", "declined", "decreases", "dips"}
    ),
}
_BY: Final = frozenset({"by", "is", "was"})
_TIMES: Final = {"이후": ">=", "부터": ">=", "이전": "<=", "까지": "<=", "전": "<="}


def move(pieces: Sequence[Piece], at: int) -> Found | None:
    """``up 5%``, ``drops more than 3%``: a change against the bar before."""
    start = at + (pieces[at].text in {"is", "was"})
    if start >= len(pieces):
        return None
    word = pieces[start].text
    name = next((name for name, words in _MOVES.items() if word in words), "")
    if not name:
        return None
    end = start + 1
    if end < len(pieces) and pieces[end].text in _BY:
        end += 1
    compared = phrases().longest(pieces, end, lambda meaning, _: meaning[0] == "COMPARE")
    sign = ">="
    if compared:
        (_, sign), end = compared
    behind = [piece.text for piece in pieces[end : end + 2]]
    if sign not in {">", ">="} or len(behind) < 2 or pieces[end].kind != "number" or behind[1] not in {"%", "percent"}:
        return None
    return [Item("MOVED", f"{name} {sign} {behind[0]}", pieces[at].at, word)], end + 2


def extreme(pieces: Sequence[Piece], at: int) -> Found | None:
    """``highest high of the last 20 bars``."""
    words = [piece.text for piece in pieces[at : at + 3]]
    if len(words) < 3 or words[0] not in {"highest", "lowest"} or words[2] not in {"of", "over", "in"}:
        return None
    start = at + 3
    while start < len(pieces) and pieces[start].text in _SKIPPED:
        start += 1
    found = bars(pieces, start)
    if found is None:
        return None
    place = pieces[at].at
    call = [("NAME", words[0]), ("OPEN", "("), ("NAME", words[1]), ("COMMA", ","), ("NUMBER", str(found[0])), ("CLOSE", ")")]
    return [Item(kind, value, place, words[0]) for kind, value in call], found[2]


def clock_words(pieces: Sequence[Piece], at: int) -> Found | None:
    """``after 10:30``, ``before 11:00``, ``10시 30분 이후``."""
    piece = pieces[at]
    if piece.text in {"after", "before", "until", "since"} and at + 1 < len(pieces) and pieces[at + 1].kind == "clock":
        sign = ">=" if piece.text in {"after", "since"} else "<="
        return _time(sign, pieces[at + 1].text, piece.at, piece.text), at + 2
    start = at + (piece.text in {"오전", "오후"})
    texts = [each.text for each in pieces[start : start + 5]]
    if len(texts) < 2 or not texts[0].isdigit() or len(texts[0]) > 2 or texts[1] != "시":
        clock = piece.kind == "clock" and at + 1 < len(pieces) and pieces[at + 1].text in _TIMES
        return (_time(_TIMES[pieces[at + 1].text], piece.text, piece.at, piece.text), at + 2) if clock else None
    hours, minutes, end = int(texts[0]) + 12 * (piece.text == "오후" and int(texts[0]) < 12), "00", 2
    if len(texts) > 3 and texts[2].isdigit() and texts[3] == "분":
        minutes, end = texts[2].zfill(2), 4
    text = f"{hours}:{minutes[:2]}"
    if len(texts) > end and texts[end] in _TIMES:
        return _time(_TIMES[texts[end]], text, piece.at, piece.text), start + end + 1
    return [Item("CLOCK", text, piece.at, piece.text)], start + end


def _time(sign: str, clock: str, at: int, shown: str) -> list[Item]:
    return [Item("NAME", "time", at, shown), Item("COMPARE", sign, at, shown), Item("CLOCK", clock, at, shown)]
