"""Errors for names of instruments within a condition: where they go, or how a value of another one is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from shared.conditions.coins import coin_at, ratio_at, symbol_of
from shared.conditions.columns import FIELDS, column_of
from shared.conditions.errors import ConditionError
from shared.conditions.known_words import loose

Accepts = Callable[[str], bool]
"""Whether a text is a condition."""
SYMBOL: Final = re.compile(r"\^?[A-Z]{1,5}(?:[-=][A-Z]{1,4})?|[0-9]{6}\.[A-Z]{2}")
_DOTTED: Final = re.compile(r"(?<![A-Za-z0-9_.])([A-Z]{1,9}|[0-9]{6}\.[A-Z]{2})\.([a-z][a-z0-9_]{0,40})(?![A-Za-z0-9_.])")
_OF: Final = re.compile(r"(of|for) +(\^?[A-Z][A-Z0-9]{0,5}(?:[-=.][A-Z]{1,4})?)(?![A-Za-z0-9_])")
_CODE: Final = re.compile(r" {0,3}([0-9]{6})(?![0-9.,])[이가은는의]?")
_WORDS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER: Final = re.compile(r"(?<![A-Za-z0-9_\[])[A-Za-z]{2,9}")
_CASHTAG: Final = re.compile(r"[$]([A-Z]{1,6})(?![A-Za-z0-9])")
_PLACE: Final = re.compile(r"\[[^\[\]]{1,24}\]")
_LISTED: Final = re.compile(r"([A-Z]{2,8}):([A-Za-z][A-Za-z0-9.]{0,9})")
_CONNECTED: Final = re.compile(r"\b(?:and|or|while|with|but)\b|[&|,]|그리고|또는", re.IGNORECASE)
_PARTICLES: Final = "이가은는을를의"
_REST: Final = re.compile(r"[-=][A-Z]{1,4}(?![A-Za-z0-9_])")
_STARTS: Final = re.compile(r"(?:^|\band|\bor|&|[|]|그리고|또는|고|거나)\s{0,3}$")
"""What an instrument's name may stand behind: the beginning of a comparison."""
_MEASURES: Final = (
    *(
        "심리도",
        "심리선",
        "이격도",
        "강도",
        "탄력도",
        "율",
        "률",
        "지표",
        "지수",
        "밴드",
        "채널",
        "오실레이터",
        "스팬",
        "잔고",
        "금리",
    ),
    *(
        "유가",
        "비중",
        "수급",
        "순매수",
        "순매도",
        "거래량",
        "거래대금",
        "이평",
        "이평선",
        "평균",
        "심리",
        "엔벨로프",
        "꼬리",
        "매물대",
    ),
)
"""How nouns for measures end: what ends so names no instrument."""
_KNOWN: Final = frozenset({"btc", "eth", "sol", "xrp", "doge", "aapl", "tsla", "nvda", "msft", "amzn", "googl", "meta"})
"""Symbols that people write in small letters."""
_MOST: Final = 80
"""Characters of a spelling of the whole text in an error."""


def of_instrument(error: ConditionError, accepts: Accepts) -> ConditionError:
    """The error for a name, or the one that says where the instrument goes that it may be."""
    for reads in (_ratio, _listed, _of_symbol, _dotted, _named):
        found = reads(error, accepts)
        if found:
            return found
    return error


def of_code(error: ConditionError, accepts: Accepts) -> ConditionError:
    """``005930 종가 > 80000``, ``$AMD < 100``: the error, or the one that says where the code of a Korean share goes."""
    found = _CODE.match(error.text) or _CASHTAG.search(error.text)
    if found is None:
        return error
    rest = f"{error.text[: found.start()]} {error.text[found.end() :]}".strip()
    own = next((each for each in (rest, f"close {rest}") if accepts(each)), "")
    return _error(error, "instrument", found=found[1], own=f"{own} for {found[1]}") if own and len(own) <= _MOST else error


def _listed(error: ConditionError, accepts: Accepts) -> ConditionError | None:
    """``NASDAQ:AAPL > 200``, ``AAPL:rsi < 30``."""
    found = _LISTED.match(error.text, error.position)
    if found is None:
        return None
    symbol = found[2] if found[2].isupper() else found[1]
    rest = error.text[found.end() if found[2].isupper() else found.end(1) + 1 :]
    own = next((each for each in _owns(error.text[: error.position], rest) if accepts(each)), "")
    return _error(error, "instrument", found=symbol, own=f"{own} for {symbol}") if own and len(own) <= _MOST else None


def _of_symbol(error: ConditionError, accepts: Accepts) -> ConditionError | None:
    """``rsi_14 of SPY < 35``: of that instrument; ``roc_63 > roc_63 of SPY``: of two."""
    found = _OF.match(error.text, error.position)
    if found is None:
        return None
    symbol = found[2]
    marked = f" {found[1]} {symbol}"
    own, both = error.text.replace(marked, ""), error.text.replace(marked, f"[{symbol}, 1d]")
    clause = next((each for each in _CONNECTED.split(error.text) if marked in each), "")
    named = [word for word in _WORDS.finditer(clause) if column_of(word[0].lower())]
    others = [word for word in named if not clause[word.end() :].startswith(marked)]
    if others and accepts(both) and len(both) <= _MOST:
        return _error(error, "elsewhere", found=marked.strip(), example=both)
    if _CONNECTED.search(error.text) and accepts(own) and accepts(both) and len(both) <= _MOST:
        return _error(error, "two_instruments", found=symbol, own=f"{own} for {symbol}", example=both)
    return _error(error, "instrument", found=symbol, own=f"{own} for {symbol}") if accepts(own) else None


def _dotted(error: ConditionError, accepts: Accepts) -> ConditionError | None:
    """``SPY.close > SPY.sma_200``: of one instrument; ``MSFT.close > AAPL.close``: of several."""
    first = _DOTTED.match(error.text, error.position)
    if first is None:
        return None
    symbols = {symbol_of(each[1]) for each in _DOTTED.finditer(error.text) if _value(each)}
    rest = _DOTTED.sub(" ", error.text)
    both = _value(first) in _WORDS.findall(rest)
    if len(symbols) > 1 or both:
        whole = _DOTTED.sub(lambda each: f"{_value(each)}[{symbol_of(each[1])}, 1d]" if _value(each) else each[0], error.text)
        example = whole if accepts(whole) and len(whole) <= _MOST else f"{_value(first)}[{symbol_of(first[1])}, 1d]"
        return _error(error, "elsewhere", found=first[0], example=example)
    own = _DOTTED.sub(lambda each: _value(each) or each[0], error.text)
    alone = _DOTTED.sub(lambda each: f"{_value(each)}[{symbol_of(each[1])}, 1d]" if _value(each) else each[0], error.text)
    if _is_clause(error.text) and len(alone) <= _MOST and accepts(own) and accepts(alone):  # 'SPY.rsi_14 < 30 and close > sma_200'
        return _error(error, "two_instruments", found=first[0], own=f"{own} for {symbol_of(first[1])}", example=alone)
    shown = own if len(own) <= _MOST else "close > 100"
    return _error(error, "instrument", found=first[0], own=f"{shown} for {symbol_of(first[1])}") if accepts(own) else None


def _is_clause(text: str) -> bool:
    """Whether values of the instrument itself stand in other clauses, and in none with values of another one."""
    clauses = [(_DOTTED.search(each), _DOTTED.sub(" ", each)) for each in _CONNECTED.split(text)]
    own = [(dotted is not None, any(column_of(word.lower()) for word in _WORDS.findall(rest))) for dotted, rest in clauses]
    return (False, True) in own and (True, True) not in own


def _value(dotted: re.Match[str]) -> str:
    return "close" if dotted[2] == "price" else dotted[2] if dotted[2] in FIELDS or column_of(dotted[2]) else ""


def _named(error: ConditionError, accepts: Accepts) -> ConditionError | None:
    """``AAPL > 150``, ``AAPL rsi < 30``, ``삼성전자가 7만원 이상``."""
    text, at = error.text, error.position
    found = str(error.values["found"])
    typed = text[at : at + len(found)]
    more = _REST.match(text, at + len(found))
    if more and typed.isupper():
        typed += more[0]
    symbol = typed
    pair = coin_at(text, at)
    if pair:
        typed, symbol = pair
    elif not typed.isascii():
        symbol = noun(typed)
        if not _STARTS.search(text[:at]) or symbol.endswith(_MEASURES):
            return None
    elif not SYMBOL.fullmatch(symbol.upper() if symbol in _KNOWN else symbol):
        return None
    if loose().begins(typed.lower()):  # 'DMI 골든크로스'
        return None
    rest = text[at + len(typed) :].removeprefix("'s")
    second = _second(error, symbol, rest, accepts) if symbol.isascii() and not _STARTS.search(text[:at]) else None
    if second:
        return second
    own = next((each for each in _owns(text[:at], rest) if accepts(each) and not _says_nothing(each)), "")
    if not own:
        return _of_two(error, symbol, typed, accepts)
    own = f"{own if len(own) <= _MOST else 'close > 100'} for {symbol.upper()}"
    alone = f"{text[:at]}close[{symbol.upper()}, 1d]{rest}".strip()
    if _CONNECTED.search(text) and symbol.isascii() and len(alone) <= _MOST and accepts(alone):
        return _error(error, "two_instruments", found=typed, own=own, example=alone)
    return _error(error, "instrument", found=typed, own=own)


def _says_nothing(text: str) -> bool:
    """Whether a value is compared with itself: ``close > close``."""
    sides = (text.partition(f" {sign} ") for sign in ("<", "<=", ">", ">=", "==", "above", "below"))
    return any(sign and left.strip() == right.strip() for left, sign, right in sides)


def _second(error: ConditionError, symbol: str, rest: str, accepts: Accepts) -> ConditionError | None:
    """``change_pct(close, 20) > SPY change_pct(close, 20)``: a value of the instrument is compared with one of another."""
    behind = rest.lstrip()
    name = _WORDS.match(behind)
    end = name.end() if name else 0
    end = behind.find(")", end) + 1 if behind[end : end + 1] == "(" else end
    value = behind[:end]
    if not value or not accepts(f"{value} > 1"):
        return None
    whole = f"{error.text[: error.position]}{value}[{symbol.upper()}, 1d]{behind[end:]}"
    known = len(whole) <= _MOST and accepts(whole)
    return _error(error, "elsewhere", found=f"{symbol} {value}", example=whole) if known else None


def _ratio(error: ConditionError, accepts: Accepts) -> ConditionError | None:
    """``ETH/BTC > 0.05``: of two coins, in the dollars of each."""
    found = ratio_at(error.text, error.position)
    if found is None:
        return None
    typed, ratio = found
    rest = error.text[error.position + len(typed) :]
    rest = rest.removeprefix(" close").removeprefix(" price")
    whole = f"{error.text[: error.position]}{ratio}{rest}"
    return _error(error, "elsewhere", found=typed, example=whole) if accepts(whole) and len(whole) <= _MOST else None


def _of_two(error: ConditionError, symbol: str, typed: str, accepts: Accepts) -> ConditionError | None:
    """``BTC < 90,000 and ETH rsi < 30``: the first by its closes, the second is the instrument itself."""
    before, behind = error.text[: error.position], error.text[error.position + len(typed) :]
    if not symbol.isascii():
        return None
    for other in _OTHER.finditer(behind):
        pair = coin_at(behind, other.start())
        typed_second, second = pair or (other[0], other[0] if SYMBOL.fullmatch(other[0]) else "")
        end = other.start() + len(typed_second)
        if not second or column_of(other[0].lower()) or second == symbol:
            continue
        first = f"{before}close[{symbol}, 1d]{behind[: other.start()].removeprefix(' close')}"
        own = next((each for each in _owns(first, behind[end:]) if accepts(each)), "")
        return _error(error, "instrument", found=typed, own=f"{own} for {second}") if own and len(own) <= _MOST else None
    return None


def _owns(before: str, rest: str) -> Iterator[str]:
    for instead in ("close", "close ", ""):
        own = f"{before}{instead}{rest if instead else rest.lstrip()}".strip()
        yield own
        verb = next((each for each in (" crosses ", " breaks ", " crossing ") if each in own), "")
        value, _, level = own.partition(verb) if verb else (own, "", "")
        if verb and not _CONNECTED.search(own):
            yield f"{value} crosses above {level} or crosses below {level}"
        elif verb:
            yield own.replace(verb, " crosses above ", 1)


def whole_elsewhere(error: ConditionError, accepts: Accepts) -> ConditionError:
    """``^VIX close > 30``: the index and its value are one."""
    listed = _listed(error, accepts)
    if listed:
        return listed
    text, at = error.text, error.position
    place = _PLACE.search(str(error.values["example"]))
    index, _, behind = text[at:].partition(" ")
    name, space, rest = behind.partition(" ")
    if place is None or not name.isidentifier() or column_of(name.lower()) is None:
        return error
    whole = f"{text[:at]}{name}{place[0]}{space}{rest}".strip()
    return _error(error, "elsewhere", found=f"{index} {name}", example=whole) if accepts(whole) and len(whole) <= _MOST else error


def noun(typed: str) -> str:
    """A Korean noun without its particle."""
    return typed[:-1] if typed[-1:] in _PARTICLES and len(typed) > 2 else typed


def _error(error: ConditionError, code: str, **values: object) -> ConditionError:
    return ConditionError(code, error.text, error.position, **values)
