"""How other programs call indicators: ``ADX(length = 14)``, ``Mov(C,20,S)``, ``MACD().Diff``, ``RSI(14,0)``, ``Close(-1)``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from shared.conditions.columns import known_stem, places
from shared.conditions.functions import OF_TRUTHS, is_function
from shared.conditions.lexicon import ARGUMENTS, AVERAGE_METHODS, COLUMNS, COUNTED_WORDS, FACTORS, FUNCTIONS, NUMBER_WORDS
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import timeframe
from shared.events import Timeframe

_AVERAGE: Final = "sma"
_SECURITY: Final = frozenset({"request.security", "security"})
_OWN: Final = frozenset({"syminfo.tickerid", "syminfo.ticker", "tickerid", "ticker"})
_LINES: Final = frozenset({"hist", "histogram", "signal", "line", "k", "d", "upper", "lower", "middle", "width"})
"""Lines of an indicator that are named behind its parameters."""
_ORDINALS: Final = {
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "sixth": "6",
    "seventh": "7",
    "eighth": "8",
    "ninth": "9",
}
_ENDINGS: Final = frozenset({"nd", "rd", "th"})
_STRAIGHT: Final = frozenset({"straight", "consecutive"})
_PINE_FRAMES: Final = {str(frame)[1].lower(): str(frame) for frame in Timeframe if not frame.row.length_ms}
"""Days, weeks and months by their letter."""


@dataclass
class _Call:
    """An open parenthesis: where it is, its commas, and the place of its last named argument in the usual order."""

    at: int
    takes_names: bool = False
    commas: list[int] = field(default_factory=list)
    rank: int = 0


def plain_calls(given: Iterable[Piece]) -> list[Piece]:
    """The pieces with such calls as this language writes them. What does not fit stays as it is. Linear in the pieces."""
    pieces, found, calls = list(given), list[Piece](), list[_Call]()
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        if piece.text == "(":
            calls.append(_Call(len(found), takes_names=bool(found) and _takes_names(found[-1])))
        elif piece.text == "," and calls:
            calls[-1].commas.append(len(found))
        elif piece.text == ")" and calls:
            i += _close(calls.pop(), found, pieces, i)
            continue
        elif calls and _is_named(calls[-1], found, pieces, i):
            i += 2
            continue
        elif piece.kind == "word":
            found += _counted(pieces, i)
            i += 1
            continue
        found.append(piece)
        i += 1
    return found


def _takes_names(piece: Piece) -> bool:
    """Whether a call of it may name its arguments; what takes a truth may hold ``price = 100``."""
    name = piece.text.rpartition(".")[2]
    if piece.kind != "word" or FUNCTIONS.get(name, name) in OF_TRUTHS:
        return False
    return is_function(name) or known_stem(name) is not None


def _is_named(call: _Call, found: list[Piece], pieces: list[Piece], i: int) -> bool:
    """``length =`` at the beginning of an argument, where the named ones come in the usual order."""
    rank = ARGUMENTS.get(pieces[i].text)
    begins = found[-1].text in {"(", ","}
    if rank is None or not call.takes_names or not begins or i + 1 >= len(pieces) or pieces[i + 1].text != "=" or rank < call.rank:
        return False
    call.rank = rank
    return True


def _close(call: _Call, found: list[Piece], pieces: list[Piece], i: int) -> int:
    """Closes a call; returns how many of the pieces were read."""
    name = found[call.at - 1] if call.at and found[call.at - 1].kind == "word" else None
    if name is None:
        found.append(pieces[i])
        return 1
    if name.text in _SECURITY and len(call.commas) == 2:
        return _security(call, found, pieces[i])
    before = _bar_before(name, found[call.at + 1 :]) if len(found) - call.at <= 3 else ""
    if before:
        found[call.at :] = [Piece("bracket", f"[{before}]", found[call.at].at, pieces[i].end)]
        return 1
    frame = _frame_of_call(call, found)
    if call.commas and not frame:
        _drop_last(name, call, found)
    found.append(pieces[i])
    if frame:
        found.append(Piece("bracket", f"[{frame}]", pieces[i].at, pieces[i].end))
    plot = pieces[i + 2].text if i + 2 < len(pieces) and pieces[i + 1].text == "." and pieces[i + 2].kind == "word" else ""
    line = _line(name.text, pieces, i + 1)
    if line:
        found[call.at - 1] = replace(name, text=f"{name.text}_{line[0]}")
        return line[1] - i
    column = f"{name.text}_{plot}" in COLUMNS
    if not plot or not (column or plot == name.text):
        return 1
    if column:
        found[call.at - 1] = replace(name, text=f"{name.text}_{plot}")
    return 3


def _frame_of_call(call: _Call, found: list[Piece]) -> str:
    """``rsi(14, 1W)``: the timeframe that is the last argument, which goes; empty without one."""
    begin = call.commas[-1] if call.commas else call.at
    inside = found[begin + 1 :]
    touching = len(inside) == 2 and inside[0].kind == "number" and inside[1].kind == "word" and inside[0].end == inside[1].at
    frame = timeframe(inside[0].text + inside[1].text) if touching and call.commas else None
    if frame is None:
        return ""
    del found[begin:]
    return frame.word


def _line(name: str, pieces: list[Piece], at: int) -> tuple[str, int] | None:
    """``hist`` or ``.hist`` behind ``macd(12,26,9)``, ``%k`` behind ``stoch(14,3,3)``: the line, and the index behind it."""
    at += at < len(pieces) and pieces[at].text in {"%", "."}
    word = pieces[at].text if at < len(pieces) else ""
    if word not in _LINES or known_stem(f"{name}_{word}") is None:
        return None
    end = at + 1
    return word, end + (end < len(pieces) and pieces[end].text in {"band", "line"})


def _security(call: _Call, found: list[Piece], closing: Piece) -> int:
    """``request.security(syminfo.tickerid, "D", x)`` of TradingView is ``(x)[1d]``."""
    first, second = call.commas
    symbol, frame = found[call.at + 1 : first], [piece.text for piece in found[first + 1 : second]]
    text = frame[1] if len(frame) == 3 and frame[0] == frame[2] and frame[0] in {'"', "'"} else ""
    known = f"{text}m" if text.isdecimal() else _PINE_FRAMES.get(text.removeprefix("1"), "")
    quoted = [piece.text for piece in symbol if piece.kind == "word"][-1:]
    other = f"{quoted[0].upper()}, " if quoted and len(symbol) > 1 and symbol[-1].text in {'"', "'"} else ""
    if known and (other or (len(symbol) == 1 and symbol[0].text in _OWN)):
        found[call.at - 1 :] = [
            found[call.at],
            *found[second + 1 :],
            closing,
            Piece("bracket", f"[{other}{known}]", closing.at, closing.end),
        ]
    else:
        found.append(closing)
    return 1


def _bar_before(name: Piece, inside: list[Piece]) -> str:
    """The number of bars in ``Close(0)`` and ``High(-1)``; ``high(20)`` is the column ``high_20``."""
    price = COLUMNS.get(name.text, name.text)
    back = bool(inside) and inside[0].text == "-"
    inside = inside[back:]
    digits = inside[0].text if len(inside) == 1 and inside[0].kind == "number" and inside[0].text.isdecimal() else ""
    return digits if price in {"open", "close"} or (price in {"high", "low"} and (back or digits == "0")) else ""


def _drop_last(name: Piece, call: _Call, found: list[Piece]) -> None:
    """The last argument, where it names the sort of average, is a sign of percent, or says that the bar is the newest."""
    if len(found) - call.commas[-1] != 2:
        return
    text = found[-1].text
    function = FUNCTIONS.get(name.text, name.text)
    if text in AVERAGE_METHODS and function == _AVERAGE:
        found[call.at - 1] = replace(name, text=AVERAGE_METHODS[text])
    elif text == "%" or (text == "0" and _numbers(call, found) == places(known_stem(name.text) or "") + 1 > 1):
        pass
    else:
        return
    del found[call.commas[-1] :]


def _numbers(call: _Call, found: list[Piece]) -> int:
    begins = [call.at, *call.commas]
    ends = [*call.commas, len(found)]
    return sum(end - begin == 2 and found[begin + 1].kind == "number" for begin, end in zip(begins, ends, strict=True))


def _counted(pieces: list[Piece], i: int) -> list[Piece]:
    """``three consecutive``, ``five bars``, ``twice the average``."""
    piece = pieces[i]
    following = pieces[i + 1].text if i + 1 < len(pieces) else ""
    if piece.text in _ORDINALS and following in _STRAIGHT:  # 'third straight green candle'
        return [replace(piece, kind="number", text=_ORDINALS[piece.text])]
    if piece.text in _ENDINGS and following in _STRAIGHT and i and pieces[i - 1].kind == "number" and pieces[i - 1].end == piece.at:
        return []  # '3rd consecutive'
    if piece.text in NUMBER_WORDS and following in COUNTED_WORDS:
        return [replace(piece, kind="number", text=NUMBER_WORDS[piece.text])]
    if piece.text in FACTORS and following in {"the", "its", "average", "avg", "prev", "previous", "yesterday", "volume_sma"}:
        return [replace(piece, kind="number", text=FACTORS[piece.text]), Piece("sign", "*", piece.at, piece.end)]
    return [piece]
