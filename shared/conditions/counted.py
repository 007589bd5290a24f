"""What begins with a number: ``200 day moving average``, ``3 bars ago``, ``20일선``, ``10봉 이내``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import known_stem, places
from shared.conditions.items import Item
from shared.conditions.phrases import averages, periods, phrases
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS

_FRAMES: Final = {"day": "1d", "week": "1w", "month": "1M", "hour": "1h"}
Found = tuple[list[Item], int]
NUMBERS: Final = frozenset({"number"})
"""The kind of pieces that are numbers."""
_AFTER: Final = {
    "AGO": ("ago", "back", "earlier"),
    "BACK": ("전", "전의"),
    "WITHIN": ("안 된", "이 안 된", "도 안 된", "안 됐", "이내", "이내에", "안에", "내", "내에"),
    "HELD": (
        "이상 유지",
        "이상 지속",
        "이상 연속",
        "유지",
        "지속",
        "째",
        "in a row",
        "연속",
        "연속으로",
        "동안",
        "간",
        "running",
        "straight",
        "consecutively",
    ),
}
_BETWEEN: Final = frozenset({"consecutive", "straight", "full", "연속"})
_HELD_BEFORE: Final = frozenset({"for", "over", "during", "연속"})
_WITHIN_BEFORE: Final = frozenset({"within", "in", "최근", "지난", "during"})
DURATION_WORDS: Final = _HELD_BEFORE | _WITHIN_BEFORE
_TRENDS: Final = {"up": "rising", "higher": "rising", "down": "falling", "lower": "falling"}
SOME_WORDS: Final = frozenset({*_TRENDS, "on", "in", "최근", "지난"})
_OF_SOME: Final = frozenset({"out", "of"})
_DIGITS: Final = 3
_MEANS: Final = frozenset({"평균", "average", "avg", "mean"})
SKIPPED: Final = frozenset({"the", "last", "past", "previous", "at", "least", "a"})
"""Words before a number of bars that change nothing."""


def bars(pieces: Sequence[Piece], at: int) -> tuple[int, str, int] | None:
    """``3 bars``, ``10 days``, ``5봉``: the number, the word, and the index behind them."""
    if at + 1 >= len(pieces) or pieces[at].kind != "number" or not pieces[at].text.isdecimal() or len(pieces[at].text) > 6:
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
    if word not in DURATION_WORDS:
        return None
    start = at + 1
    last = False
    while start < len(pieces) and pieces[start].text in SKIPPED:
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
                    shown = f"{pieces[at].text} {ending}" if kind == "HELD" else pieces[at].text
                    return [Item(kind, value, pieces[at].at, shown)], end + len(parts)
        if pieces[end - 2].text in _BETWEEN:
            return [Item("HELD", f"{count} {unit}", pieces[at].at, pieces[at].text)], end
    return _average(pieces, at, of_volume=of_volume)


def some(pieces: Sequence[Piece], at: int) -> Found | None:
    """``4 out of the last 5 days``, ``on 4 of 5 days``; ``최근 5일 중 4일``: on how many of the bars."""
    way = _TRENDS.get(pieces[at].text)
    if way and at + 1 < len(pieces):
        counted = some(pieces, at + 1) if pieces[at + 1].text not in _TRENDS else None
        return ([Item("TREND", way, pieces[at].at, pieces[at].text), *counted[0]], counted[1]) if counted else None
    start = at + (pieces[at].text in {"on", "in", "최근", "지난"})
    number = pieces[start].text if start < len(pieces) else ""
    if not number.isdecimal() or len(number) > _DIGITS:
        return None
    korean = bars(pieces, start)
    if korean and [piece.text for piece in pieces[korean[2] : korean[2] + 1]] in (["중"], ["중에서"], ["중에"]):
        of = bars(pieces, korean[2] + 1)
        end = of[2] + (of[2] < len(pieces) and pieces[of[2]].text in {"이상", "은", "간"}) if of else 0
        return ([Item("COUNTED", f"{of[0]} {korean[0]}", pieces[at].at, number)], end) if of else None
    end = start + 1
    words = set[str]()
    while end < len(pieces) and pieces[end].text in _OF_SOME | SKIPPED | {"days", "bars"}:
        words.add(pieces[end].text)
        end += 1
    found = bars(pieces, end) if "of" in words else None
    return ([Item("COUNTED", f"{number} {found[0]}", pieces[at].at, number)], found[2]) if found else None


def _compared(pieces: Sequence[Piece], at: int, after: int) -> bool:
    """``5일 > 20일 > 60일``: of days that are compared the averages are meant."""
    signs = [pieces[i].text in {"<", ">", "<=", ">="} for i in (at - 1, after) if 0 <= i < len(pieces)]
    return pieces[at + 1].text == "일" and any(signs)


def _longer(pieces: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``week``, ``-month``, ``주``: of what an average of longer bars is."""
    at += at < len(pieces) and pieces[at].text == "-"
    word = pieces[at].text if at < len(pieces) else ""
    whole = len(word) > 1 or not word.isascii()  # 'w' alone may be anything
    return ("", at + 1) if whole and UNIT_WORDS.get(word) in _FRAMES else None


def _frame(words: Sequence[Piece]) -> str:
    """The timeframe that the words behind a number of bars name; ``20일선`` is that of any chart."""
    units = {UNIT_WORDS[piece.text] for piece in words if piece.text in UNIT_WORDS and piece.text != "일"}
    return next((frame for unit, frame in _FRAMES.items() if unit in units), "")


def _average(pieces: Sequence[Piece], at: int, *, of_volume: bool) -> Found | None:
    first = pieces[at]
    if not first.text.isdecimal():
        return None
    period = periods().longest(pieces, at + 1) or _longer(pieces, at + 1)
    after = period[1] if period else at + 1
    found = averages().longest(pieces, after)
    if found:
        (_, name), end = found
        words = [piece.text for piece in pieces[after:end]]
        loose = words[0] in {"high", "low", "mean", "average", "선", "평균", "고가", "저가", "최고가", "최저가"}
        adjacent = pieces[after].at == first.end
        of_own = of_volume and words[0] in _MEANS and adjacent  # '거래량 20평균'
        if (
            period
            or of_own
            or not (
                loose
                or (
                    words[0] in {"sma", "ema", "ma", "wma"}
                    and not adjacent
                    and len(pieces) > end
                    and pieces[end].text in {"(", "_"}
                )
            )
        ):
            if words[0] in _MEANS and of_volume and len(words) == 1:
                name = "volume_sma"
            if [piece.text for piece in pieces[end : end + 2]] == ["of", "volume"]:
                name, end = "volume_sma", end + 2
            named = Item("NAME", f"{name}_{first.text}", first.at, first.text)
            frame = _frame(pieces[at + 1 : after]) if name != "volume_sma" else ""
            return [named, *([Item("DAYS", f"[{frame}]", first.at, first.text)] if frame else [])], end
    if period and _compared(pieces, at, after):
        return [Item("NAME", f"sma_{first.text}", first.at, first.text)], after
    if period and after < len(pieces) and pieces[after].kind == "word":
        stem = known_stem(pieces[after].text)
        if stem and places(stem):
            return [Item("NAME", f"{stem}_{first.text}", first.at, first.text)], after + 1
    return None
