"""Conditions in words: complete in both languages, and without ambiguity."""

from __future__ import annotations

import re

import pytest

from services.notifier.domain import rule_texts
from shared.conditions import Condition, describe, parse
from shared.conditions.events import STATUSES, events
from shared.conditions.expression import (
    BAR_FIELDS,
    BOOLEAN_OPERATIONS,
    CONNECTIVES,
    INDUSTRY_FIELDS,
    PAST_NUMBERS,
    PAST_TRUTHS,
    PURE,
    RELATIVE_FIELDS,
    TIME_FIELDS,
    Elsewhere,
    Node,
    Number,
    Operation,
    SeriesName,
)  # fmt: skip
from shared.conditions.names import COLUMNS, FIELDS, RULES
from shared.conditions.templates import EVENTS, SIGNS, TEMPLATES, Phrase
from shared.conditions.vocabulary import vocabulary
from shared.events import Timeframe
from shared.sequences import vocabulary as signal_kinds
from tests.shared.phrasings import ENGLISH, KOREAN


def test_every_operation_has_words() -> None:
    every = BOOLEAN_OPERATIONS | PAST_NUMBERS | PAST_TRUTHS | PURE | {"+", "-", "*", "/", "negate", "prev"}
    assert every == TEMPLATES.keys() | SIGNS.keys()
    for english, korean in TEMPLATES.values():
        assert set(re.findall(r"{(\w)", english)) == set(re.findall(r"{(\w)", korean))


def test_every_column_field_rule_and_pattern_has_a_name_in_both_languages() -> None:
    assert COLUMNS.keys() >= {template for kind in vocabulary() for template in kind.columns}
    assert FIELDS.keys() == {*BAR_FIELDS, *TIME_FIELDS, *INDUSTRY_FIELDS, *RELATIVE_FIELDS}
    assert RULES.keys() >= events().keys()
    for template, names in COLUMNS.items():
        for name in names:
            assert sorted(re.findall(r"{(\w+)}", name)) == sorted(re.findall(r"{(\w+)}", template)), template
    assert {("pattern", status) for status in STATUSES} <= EVENTS.keys()


def test_rules_have_the_names_of_the_alerts() -> None:
    for name in signal_kinds():
        assert RULES[name] == (rule_texts.name(name, "en"), rule_texts.name(name, "ko"))


def test_every_column_can_be_described() -> None:
    for kind in vocabulary():
        for i in range(len(kind.columns)):
            found = parse(f"{kind.column(i, kind.usual)} > 1")
            for language in ("en", "ko"):
                words = describe(found, language)
                assert not re.search(r"[{}_]", words), words


@pytest.mark.parametrize(
    "name", sorted(BOOLEAN_OPERATIONS | PAST_NUMBERS | PAST_TRUTHS | PURE | {"+", "-", "*", "/", "negate", "prev"})
)
@pytest.mark.parametrize(("column", "words"), [("close", ("close", "종가")), ("gravestone", ("gravestone", "비석형"))])
def test_every_operation_can_be_described(name: str, column: str, words: tuple[str, str]) -> None:
    value, truth, bars = SeriesName(column), Operation(">", (SeriesName(column), Number(1.0))), Number(3.0)
    first: Node = truth if name in CONNECTIVES | {"not", "held", "within", "count", "bars_since"} else value
    second = bars if name in PAST_NUMBERS | PAST_TRUTHS else first
    node = Operation(name, (first,) if name in {"not", "negate", "prev", "abs", "bars_since"} else (first, second))
    root = node if name in BOOLEAN_OPERATIONS else Operation(">", (node, Number(1.0)))
    for language, word in zip(("en", "ko"), words, strict=True):
        assert word in describe(Condition(root, Timeframe.D1, "", (), ()), language)


@pytest.mark.parametrize("frame", list(Timeframe))
def test_every_timeframe_can_be_described(frame: Timeframe) -> None:
    root = Operation(">", (Elsewhere(SeriesName("close"), frame), Number(1.0)))
    for language in ("en", "ko"):
        assert describe(Condition(root, frame, "", (), ()), language)


WORDS = [
    ("rsi_14 < 30 and close > sma_200", "RSI(14) is below 30 and the close is above the 200-bar average, on daily bars",
     "일봉 기준: RSI(14)가 30 미만 그리고 종가가 200봉 이동평균 초과"),
    ("close > 2 * (open + low) on 1h", "the close is above 2 x (the open + the low), on 1-hour bars",
     "1시간봉 기준: 종가가 2 x (시가 + 저가) 초과"),
    ("(close > 1 or open > 1) and low > 1", "(the close is above 1 or the open is above 1) and the low is above 1, on daily bars",
     "일봉 기준: (종가가 1 초과 또는 시가가 1 초과) 그리고 저가가 1 초과"),
    ("not close > open", "it is not so that (the close is above the open), on daily bars", "일봉 기준: (종가가 시가 초과)가 아님"),
    ("rsi_14[1h] < 30 on 15m", "RSI(14) on 1-hour bars is below 30, on 15-minute bars", "15분봉 기준: 1시간봉 RSI(14)가 30 미만"),
    ("time >= 10:30 and weekday == friday on 5m",
     "the time of day is at or above 10:30 and the weekday is Friday, on 5-minute bars",
     "5분봉 기준: 시각이 10:30 이상 그리고 요일이 금요일과 같음"),
    ("within(ema_cross up, 10)", '"EMA cross" fires upwards on at least one of the last 10 bars, on daily bars',
     "일봉 기준: 최근 10봉 중 한 봉 이상 ('지수이동평균 교차' 신호(상승))"),
    ("benchmark.rs_63 > 0", "the relative strength over 63 sessions against the benchmark is above 0, on daily bars",
     "일봉 기준: 벤치마크 대비 63거래일 상대강도가 0 초과"),
    ("close[^VIX, 1d] > 25", "the close of ^VIX is above 25, on daily bars", "일봉 기준: ^VIX의 종가가 25 초과"),
    ("rising(close, 1)", "the close has risen for 1 bar, on daily bars", "일봉 기준: 종가가 1봉 연속 상승"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "english", "korean"), WORDS, ids=[text for text, _, _ in WORDS])
def test_the_words_say_what_the_condition_says(text: str, english: str, korean: str) -> None:
    found = parse(text)
    assert (describe(found, "en"), describe(found, "ko")) == (english, korean)


def test_different_trees_have_different_words() -> None:
    trees = {parse(normal).text for _, normal in [*ENGLISH, *KOREAN]}
    for language in ("en", "ko"):
        assert len({describe(parse(text), language) for text in trees}) == len(trees)


def test_a_particle_fits_the_last_letter() -> None:
    assert [f"{Phrase(word):이/가}" for word in ("종가", "거래량", "RSI(14)", "OBV", "SAR", "12.5", "%K(3)")] == [
        "종가가", "거래량이", "RSI(14)가", "OBV가", "SAR이", "12.5가", "%K(3)이",
    ]  # fmt: skip
