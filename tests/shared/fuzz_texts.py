"""Random texts of conditions: from known phrasings, from the grammar, from words, and noise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Final

from shared.conditions.condition import LONGEST
from shared.conditions.events import events
from shared.conditions.functions import ARITY
from shared.conditions.lexicon import AVERAGES, EXPRESSIONS, FUNCTIONS, NAMES, PERIOD, PHRASES, RULES, SIDED, UNITS, WEEKDAYS
from shared.conditions.parser import _parser
from shared.conditions.vocabulary import vocabulary
from tests.shared.phrasings import ENGLISH, KOREAN
from tests.shared.traders import TRADERS

DEEP: Final = 14
"""Rules within each other; beyond, the shortest derivation is taken."""
NUMBERS: Final = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "14",
    "20",
    "30",
    "50",
    "70",
    "100",
    "200",
    "500",
    "501",
    "0.5",
    ".5",
    "1e3",
    "1,000",
    "1.5M",
    "5만",
    "1e400",
    "007",
    "99999999999",
)
FIELDS: Final = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "time",
    "weekday",
    "session_bar",
    "minutes_since_open",
    "days_to_month_end",
    "종가",
    "거래량",
    "rsi",
    "macd",
    "ma200",
)
BRACKETS: Final = (
    "[1]",
    "[0]",
    "[5]",
    "[500]",
    "[501]",
    "[1h]",
    "[1d]",
    "[1w]",
    "[1mo]",
    "[^VIX, 1d]",
    "[005930.KS]",
    "[benchmark]",
    "[industry, 1d]",
    "[x y]",
    "[]",
    "[-1]",
    "[1M]",
)
FRAMES: Final = ("1m", "5m", "15m", "1h", "1d", "1w", "1M", "4h", "daily", "H1", "4 hour chart", "일봉", "2d", "friday")
LETTERS: Final = (
    " ()[]<>=!+-*/.,:%&|~@?$#'\"^_\\\n\t\0eé×÷²①ＡＢ０½ﷺ삼가이일봉상향돌파\u1109\u1165\u200b\u202e\ud800😀xrsiclose0123456789"
)


def generated(dice: random.Random) -> str:
    """A text: known texts that were changed, a derivation of the grammar, words, or noise, perhaps with a few changes."""
    kind = dice.random()
    if kind < 0.4:
        text = _joined(dice)
    elif kind < 0.6:
        text = " ".join(_spelled(token, dice) for token in _derived("start", dice, 0))
    elif kind < 0.85:
        text = dice.choice((" ", "", " ")).join(dice.choice(words()) for _ in range(dice.randint(1, dice.choice((4, 8, 40)))))
    else:
        text = "".join(dice.choice(LETTERS) for _ in range(dice.randint(0, dice.choice((5, 40, 520)))))
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        at = dice.randint(0, len(text))
        text = text[:at] + dice.choice(LETTERS) * dice.choice((0, 1)) + text[at + dice.choice((0, 1)) :]
    return text[: LONGEST + 2] if dice.random() < 0.97 else text.upper()[: LONGEST + 2]


def _joined(dice: random.Random) -> str:
    """Known texts, joined and with some words exchanged."""
    texts = [dice.choice(phrasings())[0] for _ in range(dice.choice((1, 1, 2, 3)))]
    text = dice.choice((" and ", " or ", " 그리고 ", " 이고 ", ", ", " and not ")).join(texts)
    parts = text.split(" ")
    for _ in range(dice.choice((0, 1, 1, 2))):
        parts[dice.randrange(len(parts))] = dice.choice((*FIELDS, *NUMBERS, dice.choice(words())))
    return " ".join(parts)


@cache
def phrasings() -> list[tuple[str, str]]:
    """Texts that are understood."""
    return [*ENGLISH, *KOREAN, *TRADERS]


@cache
def words() -> list[str]:
    """All words that mean something, and some that do not."""
    tables = (PHRASES, NAMES, SIDED, AVERAGES, RULES, EXPRESSIONS, UNITS, WEEKDAYS)
    phrases = [phrase for table in tables for text in table.values() for phrase in text]
    columns = [indicator.full_name(i, indicator.usual) for indicator in vocabulary() for i in range(len(indicator.columns))]
    calls = [f"{name}(" for name in (*ARITY, *FUNCTIONS)]
    other = (
        "AAPL",
        "AAPL.close",
        "삼성전자",
        "pe",
        "hour",
        "for",
        "within",
        "in the last",
        "bars",
        "sequence",
        "ta.rsi(",
        "benchmark.",
        "industry.breadth_50",
        "rs_63",
        "length =",
        ".diff",
        "gap up 3%",
        "이격도",
        "twice the",
        "three",
        "대비",
    )
    return [*phrases, *columns, *calls, *events(), *NUMBERS, *BRACKETS, *FRAMES, *FIELDS * 3, *PERIOD, *other]


@cache
def _rules() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for rule in _parser().rules:
        found.setdefault(str(rule.origin.name), []).append([str(symbol.name) for symbol in rule.expansion])
    return found


@cache
def _heights() -> dict[str, int]:
    """The depth of the shortest derivation of each rule."""
    heights: dict[str, int] = {}
    while len(heights) < len(_rules()):
        for name, expansions in _rules().items():
            known = [
                max((heights.get(s, 0) for s in e if s in _rules()), default=0) + 1
                for e in expansions
                if all(s not in _rules() or s in heights for s in e)
            ]
            if known:
                heights.setdefault(name, min(known))
    return heights


def _derived(name: str, dice: random.Random, depth: int) -> Iterator[str]:
    if name not in _rules():
        yield name
        return
    expansions = _rules()[name]
    if depth > DEEP:
        expansions = [min(expansions, key=lambda each: max((_heights().get(symbol, 0) for symbol in each), default=0))]
    for symbol in dice.choice(expansions):
        yield from _derived(symbol, dice, depth + 1)


def _spelled(token: str, dice: random.Random) -> str:
    fixed = {
        "NUMBER": NUMBERS, "NAME": FIELDS, "BRACKET": BRACKETS, "TIMEFRAME": FRAMES, "CLOCK": ("10:00", "9:30", "24:00", "25:10"),
        "PERCENT": ("3%", "0.5 %", "200퍼센트"), "ON_ALL": ("on",), "HELD": ("for 3 bars", "3일 연속", "for 600 bars"),
        "WITHIN": ("within 10 bars", "5봉 이내"),
        "AGO": ("3 bars ago",), "PLACE": ("benchmark.", "industry."), "FRAME": ("daily", "1h"), "SEQUENCE": ("sequence s1",),
        "PARAMETERS": ("(50)", "(x=1)"),
        "WAY": ("up", "down"), "NEAR": ("within 3% of",), "MOVED": ("up 3%", "5% 이상 하락", "up 3% in 5 days"),
        "BASE": ("from",), "EXTREME": ("at its lowest in 20 bars", "최근 20봉 중 최고"), "RULE": tuple(events()),
    }  # fmt: skip
    if token == "NAME" and dice.random() < 0.5:
        return dice.choice((*ARITY, *FUNCTIONS, *words()))
    if token in fixed:
        return dice.choice(fixed[token])
    phrases = [phrase for (kind, _), text in PHRASES.items() if kind == token for phrase in text]
    return dice.choice(phrases) if phrases else token.lower()
