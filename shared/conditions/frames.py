"""Timeframes in a text: behind ``on``, in parentheses, and as words of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of, known_stem
from shared.conditions.counted import Found
from shared.conditions.items import OPERAND_ENDS, Item
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS, timeframe

_WORD: Final = re.compile(r"[^\s]+")
_ARTICLES: Final = frozenset({"the", "a", "an"})
_FRAME: Final = re.compile(r"(?:[0-9]{1,4}\s{0,2}-?\s{0,2})?[A-Za-z가-힣]{1,12}[0-9]{0,4}(?![A-Za-z0-9_])")
_UNIT: Final = re.compile(r"[A-Za-z가-힣]{1,12}")
_LATIN_FRAME: Final = re.compile(r"[0-9]{0,4}[A-Za-z]{1,12}[0-9]{0,4}")
_NAMES: Final = frozenset({"tf", "timeframe", "interval", "frame"})
_METATRADER: Final = re.compile(r"[hdm][0-9]{1,2}|w1")
_METATRADER_LETTERS: Final = 3
_LIKE_A_FRAME: Final = re.compile(r"[0-9]{1,4}[mhdwMHDW]")
_FAR: Final = 4
"""Pieces of a timeframe before a colon."""
_CHART: Final = frozenset({"chart", "charts", "bar", "bars", "candle", "candles", "timeframe", "basis", "봉", "차트"})
_FRAME_WORDS: Final = frozenset({"daily", "weekly", "hourly", "monthly", "분봉", "시간봉", "일봉", "주봉", "월봉"})
_BEGINS: Final = frozenset({*_NAMES, *_FRAME_WORDS, "timeframe"})
"""Words of more than three letters that may begin a timeframe."""
UNITS_OF_FRAMES: Final = frozenset({"m", "h", "d", "w", "min", "hour"})
"""Units that may follow a number without a space, as in ``1h``."""
_RELATED_ENDS: Final = frozenset({"DIRECTION", "COMPARE_AFTER", "CROSS_AFTER", "TREND", "LEVEL", "TURN"})
"""What else a clause ends with."""
_CLAUSE_STARTS: Final = frozenset({"AND", "OR", "NOT", "OPEN"})


def after_on(text: str, pieces: Sequence[Piece], item: Item, at: int) -> Found:
    """The timeframe behind ``on``; any word, so that an error can name it."""
    while at < len(pieces) and pieces[at].text in _ARTICLES:
        at += 1
    if at == len(pieces):
        return [item], at
    begin = pieces[at].at
    match = _FRAME.match(text, begin)
    frame = timeframe(match[0]) if match else None
    unit = _UNIT.search(match[0]) if match else None
    if match and not frame and not (unit and unit[0].lower() in UNIT_WORDS):  # 'on 1h가': the shorter word may be one
        match = _LATIN_FRAME.match(text, begin)
        frame = timeframe(match[0]) if match else None
        match = match if frame else None
    if match is None:
        word = _WORD.match(text, begin)
        found = word[0] if word else pieces[at].text
        return [item, Item("TIMEFRAME", found, begin, found.lower())], _behind(pieces, begin + len(found))
    end = _behind(pieces, match.end())
    end += end < len(pieces) and pieces[end].text in _CHART
    return [item, Item("TIMEFRAME", str(frame or match[0]), begin, match[0])], end


def bare(text: str, pieces: Sequence[Piece], items: Sequence[Item], at: int) -> Found | None:
    """``일봉``, ``1시간봉``, ``daily``: a timeframe without ``on``."""
    piece, end = pieces[at], at + 1
    if at and piece.kind != "number" and piece.text not in _BEGINS and len(piece.text) > _METATRADER_LETTERS:
        return None
    special = (_heading(text, pieces) if at == 0 else None) or _named(text, pieces, items, at) or _reversed(text, pieces, at)
    if special:
        return special
    if piece.text in {"(", "@", "in", "at"}:
        return _aside(text, pieces, items, at)
    if piece.kind == "number" and (not items or items[-1].type in _CLAUSE_STARTS | {"COMPARE", "CROSS"}):
        found = _in_words(text, pieces, at)
        if found:
            return found
    trailing = _trailing(text, pieces, items, at) if piece.kind == "number" else None
    if trailing:
        return trailing
    compared = bool(items) and items[-1].type in {"COMPARE", "CROSS"} and _is_unit_of_frame(pieces, end)
    if piece.kind == "number" and (not items or items[-1].type in _CLAUSE_STARTS or compared) and end + 1 < len(pieces):
        unit, behind = pieces[end], pieces[end + 1]
        if unit.text in UNITS_OF_FRAMES and unit.at == piece.end and behind.kind == "word":
            frame = timeframe(text[piece.at : unit.end])
            return ([Item("FRAME", str(frame), piece.at, piece.text)], end + 1) if frame else None
    if piece.kind == "number" and end < len(pieces) and (pieces[end].text in {"분봉", "시간봉"} or _is_minutes(pieces, items, at)):
        end += 1
    elif piece.text not in _FRAME_WORDS or piece.text not in UNIT_WORDS:
        return None
    if end < len(pieces) and pieces[end].text == "vwap":  # the VWAP of the week, not one on weekly bars
        return None
    frame = timeframe(text[piece.at : pieces[end - 1].end]) or timeframe(piece.text)
    if frame is None:
        return None
    whole = end < len(pieces) and pieces[end].text in {"에서", "기준", "상", "chart"}
    end += whole
    kind = "FRAME_WHOLE" if whole or end == len(pieces) else "FRAME"
    return [Item(kind, str(frame), piece.at, piece.text)], end


def _is_minutes(pieces: Sequence[Piece], items: Sequence[Item], at: int) -> bool:
    """``60분 RSI 30 이하``, ``RSI 30 이하 15분``: minutes before a value or at the end are a timeframe as well."""
    if pieces[at + 1].text != "분":
        return False
    if at + 2 == len(pieces):
        return bool(items) and items[-1].type in _RELATED_ENDS
    starts = not items or items[-1].type in _CLAUSE_STARTS
    return starts and pieces[at + 2].kind == "word" and column_of(pieces[at + 2].text) is not None


def _is_unit_of_frame(pieces: Sequence[Piece], at: int) -> bool:
    """``5m vwap``: minutes where a value stands behind, else they may be millions."""
    behind = pieces[at + 1].text if at + 1 < len(pieces) else ""
    return at < len(pieces) and (pieces[at].text != "m" or column_of(behind) is not None)


def _named(text: str, pieces: Sequence[Piece], items: Sequence[Item], at: int) -> Found | None:
    """``tf=1w``, ``timeframe: 1h`` at the end."""
    if pieces[at].text not in _NAMES or not items or at + 1 >= len(pieces):
        return None
    start = at + 1 + (pieces[at + 1].text in {"=", ":"})
    frame = timeframe(text[pieces[start].at :].strip()) if start < len(pieces) else None
    found = [Item("ON", "on", pieces[at].at, pieces[at].text), Item("TIMEFRAME", str(frame), pieces[start].at)] if frame else []
    return (found, len(pieces)) if found else None


def _reversed(text: str, pieces: Sequence[Piece], at: int) -> Found | None:
    """``H4 macd_hist``: the timeframes of MetaTrader before a value."""
    piece, behind = pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None
    if piece.kind != "word" or not _METATRADER.fullmatch(piece.text) or behind is None or behind.kind != "word":
        return None
    frame = timeframe(text[piece.at : piece.end].upper()) if column_of(behind.text) or known_stem(behind.text) else None
    return ([Item("FRAME", str(frame), piece.at, piece.text)], at + 1) if frame else None


def _trailing(text: str, pieces: Sequence[Piece], items: Sequence[Item], at: int) -> Found | None:
    """``rsi < 30 1h``, ``close > ema_20, 15min``: a timeframe at the end of the text."""
    if not items or at + 2 != len(pieces) or not (items[-1].type in OPERAND_ENDS | _RELATED_ENDS or items[-1].shown == ","):
        return None
    number, unit = pieces[at], pieces[at + 1]
    frame = timeframe(text[number.at : unit.end]) if unit.at == number.end and unit.text.isascii() else None
    named = items[-1].type == "NAME" and len(items) > 1 and items[-2].type == "BACK"
    related = any(item.type in {"COMPARE", "CROSS", "RULE", "BETWEEN"} | _RELATED_ENDS for item in items)
    if not frame or named or not related:
        return None
    return [Item("ON", "on", number.at, number.text), Item("TIMEFRAME", str(frame), number.at, number.text)], at + 2


def _heading(text: str, pieces: Sequence[Piece]) -> Found | None:
    """``1h: close > sma_20``."""
    colon = next((i for i, piece in enumerate(pieces[:_FAR]) if piece.text == ":"), 0)
    frame = timeframe(text[pieces[0].at : pieces[colon].at].strip()) if colon else None
    return ([Item("FRAME_WHOLE", str(frame), pieces[0].at, pieces[0].text)], colon + 1) if frame else None


def _in_words(text: str, pieces: Sequence[Piece], at: int) -> Found | None:
    """``5-minute``, ``4 hour chart``, ``15 min`` before a value; days and weeks there are those of an average."""
    end = at + 1 + (at + 1 < len(pieces) and pieces[at + 1].text == "-")
    if end + 1 >= len(pieces) or len(pieces[end].text) < 2 or UNIT_WORDS.get(pieces[end].text) not in {"minute", "hour"}:
        return None
    frame = timeframe(text[pieces[at].at : pieces[end].end])
    end += 1
    if frame is None or not pieces[end].text.isascii():
        return None
    end += pieces[end].text in _CHART
    return [Item("FRAME", str(frame), pieces[at].at, pieces[at].text)], end


def _aside(text: str, pieces: Sequence[Piece], items: Sequence[Item], at: int) -> Found | None:
    """``(1h)``, ``rsi_14@1h``, ``in 1h`` at the end."""
    piece = pieces[at]
    match = _FRAME.match(text, piece.end + (text[piece.end : piece.end + 1] == " "))
    frame = match and timeframe(match[0])
    if match and not frame and items and piece.text in {"in", "@"} and _LIKE_A_FRAME.fullmatch(match[0]):
        end = _behind(pieces, match.end())  # 'in 2h', which the parser refuses
        return (
            ([Item("ON", "on", piece.at, piece.text), Item("TIMEFRAME", match[0], match.start(), match[0])], end)
            if end == len(pieces)
            else None
        )
    if not match or not frame or not items:
        return None
    end = _behind(pieces, match.end())
    touching = pieces[at - 1].end == piece.at and items[-1].type in {"NAME", "CLOSE", "BRACKET"}
    if piece.text == "(":
        if end >= len(pieces) or pieces[end].text != ")":
            return None
        end += 1
    if piece.text == "(" and touching:
        return [Item("FRAME_AFTER", str(frame), piece.at, piece.text)], end
    if piece.text == "@" and touching:
        return [Item("BRACKET", f"[{frame}]", piece.at, piece.text)], end
    if end < len(pieces) or piece.text == "@":
        return None
    return [Item("ON", "on", piece.at, piece.text), Item("TIMEFRAME", str(frame), match.start(), match[0])], end


def _behind(pieces: Sequence[Piece], position: int) -> int:
    """The index of the first piece at or behind a position."""
    return next((i for i, piece in enumerate(pieces) if piece.at >= position), len(pieces))
