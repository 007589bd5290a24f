"""The language of conditions: parsing, one normal form for all spellings, and errors."""

from __future__ import annotations

import random
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.conditions import PROBLEMS, ConditionError, parse
from shared.conditions.condition import LONGEST
from shared.text import normalize
from tests.conditions import conditions, spelled

ALIKE = [
    ["rsi_14 < 30 on 1d", "RSI_14<30", "  (rsi_14) < 30.0 ON 1D ", "30 > rsi_14", "not not rsi_14 < 3e1", "rsi_14\n< 30"],
    ["rsi_14 < 30 on 1d", "ｒｓｉ＿１４　＜　３０", "r\u200bsi_14 \u202e< 30"],
    ["close > bb_upper_20 on 1h", "close > bb_upper_20_2 on 1H", "(((close > bb_upper_20_2.0))) on 1h"],
    ["crosses_below(rsi_21, 30) on 1d", "rsi_21 crosses below 30", "Crosses_Below( rsi_21 , (30) )"],
    ["close > 1 or open > 2 and low < 3 and high > 4 on 1d", "close > 1 or ((open > 2 and low < 3) and high > 4)"],
    ["close - (open - low) > -1 on 1d", "(close - (open - low)) > -(1)", "-1 < close - (open - low)"],
    ["not (close > 1 and open > 1) on 1d", "not ((close > 1) and (open > 1))"],
    ["prev(close) > open on 15m", "prev( close )>open on 15m"],
]


@pytest.mark.parametrize("spellings", ALIKE, ids=[spellings[0] for spellings in ALIKE])
def test_spellings_of_a_condition_have_one_normal_form(spellings: list[str]) -> None:
    found = [parse(text) for text in spellings]
    assert {condition.text for condition in found} == {spellings[0]}
    assert len({condition.id for condition in found}) == 1


def test_different_conditions_have_different_ids() -> None:
    texts = ["close > 1", "close >= 1", "close > 1 on 1h", "close > 1.0000001", "prev(close) > 1", "not close > 1", "open > 1"]
    assert len({parse(text).id for text in texts}) == len(texts)


def test_ids_never_change() -> None:
    assert parse("rsi_14 < 30").id == "48aa5829160b89b076051b4d376c6530"


def test_a_condition_lists_its_columns_fields_and_indicators() -> None:
    found = parse("rsi_21 < 30 and close > sma_200 and volume > 2 * volume_sma_20 and rsi_21 > 1")
    assert (found.columns, found.fields) == (("rsi_21", "sma_200", "volume_sma_20"), ("close", "volume"))


WRONG = [
    ("", "empty", 0),
    (" \n ", "empty", 0),
    ("x" * (LONGEST + 1), "long", LONGEST),
    ("close > 1" + " + 1e15" * 40, "long", 0),
    ("close = 3", "instead", 6),
    ("close => 3", "instead", 6),
    ("close > 1 && open > 1", "instead", 10),
    ("rsi(14) < 30", "instead", 0),
    ("close > 3 4", "unexpected", 10),
    ("close > 1,000", "unexpected", 9),
    ("close) > 3", "unexpected", 5),
    ("삼성전자 > 3", "unexpected", 0),
    ("close > 3 on 1d for AAPL", "unexpected", 16),
    ("close >", "unfinished", 7),
    ("(close", "unfinished", 6),
    ("close > 3 on", "unfinished", 12),
    ("xyzzy > 3", "name", 0),
    ("close > rsi14", "meant", 8),
    ("clsoe > 3", "meant", 0),
    ("bb_upper_30 > close", "parameters", 0),
    ("sma_501 > 1", "range", 0),
    ("sma_0 > 1", "range", 0),
    ("bb_upper_20_1.2345678 > 1", "range", 0),
    ("close > sma_14.5", "whole", 8),
    ("macd_26_12_9 > 0", "order", 0),
    ("sqrt(close) > 3", "function", 0),
    ("prev > 1", "call", 0),
    ("crosses_above(close) and open > 1", "arguments", 0),
    ("prev() > 1", "arguments", 0),
    ("close > 3 on 2d", "timeframe", 13),
    ("close > 1e400", "magnitude", 8),
    ("close > 1e16", "magnitude", 8),
    ("1 < close < 3", "chained", 10),
    ("(close > 1) > 0", "chained", 12),
    ("(close > 1) + 1 > 2", "number", 1),
    ("crosses_above(close > 1, 2)", "number", 14),
    ("rsi_14 < 30 and close", "truth", 16),
    ("not close", "truth", 4),
    ("close + 1", "condition", 0),
    ("prev(prev(close)) > 1", "past", 5),
    ("crosses_above(prev(close), 1)", "past", 14),
    ("prev(crosses_above(close, 1))", "past", 5),
    ("1 < 2", "constant", 0),
    ("+".join(["close"] * 63) + " > 1", "operations", 0),
    ("close - (" * 15 + "1" + ")" * 15 + " > 1", "deep", 0),
    (" and ".join(f"sma_{n} > 1" for n in range(1, 15)), "columns", None),
]


@pytest.mark.parametrize(("text", "code", "position"), WRONG, ids=[f"{code} {text[:20]!r}" for text, code, _ in WRONG])
def test_an_error_has_a_code_and_a_position(text: str, code: str, position: int | None) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    error = caught.value
    assert error.code == code, error
    assert position is None or error.position == position
    assert "{" not in error.message or code == "parameters"
    assert error.caret().splitlines()[-1].strip() == "^"


def test_the_page_lists_every_error() -> None:
    page = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
    assert [code for code, text in PROBLEMS.items() if f"| `{code}` | {text} |" not in page] == []


def test_every_error_can_occur() -> None:
    assert {code for _, code, _ in WRONG} == set(PROBLEMS)


@pytest.mark.parametrize(
    ("text", "near"),
    [("rsi14 < 1", "rsi_14"), ("smma_50 > 1", "sma_50"), ("closse > 1", "close"), ("volume_sma > 1", "volume_sma_20"),
     ("macd_sginal > 1", "macd_signal"), ("bb_uper_20 > 1", "bb_upper_20"), ("sma200 > 1", "sma_200")],
)  # fmt: skip
def test_a_misspelt_name_gets_a_suggestion(text: str, near: str) -> None:
    with pytest.raises(ConditionError, match=f"did you mean {near}") as caught:
        parse(text)
    assert caught.value.values["near"] == near


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ma200", "sma_200"), ("ma_200", "sma_200"), ("ma(200)", "sma_200"), ("sma(close, 20)", "sma_20"),
     ("ma(volume, 9)", "volume_sma_9"), ("bb_upper", "bb_upper_20"), ("upper_bb", "bb_upper_20"),
     ("bb_20_upper", "bb_upper_20"), ("bb_upper(20, 2)", "bb_upper_20"),
     ("rsi(14)", "rsi_14"), ("signal", "macd_signal"), ("low52w", "low_52w"), ("stoch_k", "stoch_k_14"), ("price", "close"),
     ("ＭＡ２００", "sma_200"), ("opne", "open"), ("drawdwn_252", "drawdown_252")],
)  # fmt: skip
def test_a_name_of_another_program_gets_a_suggestion(text: str, expected: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(f"{text} > 1")
    assert f"'{expected}'" in caught.value.message or caught.value.message.endswith(f"did you mean {expected}?")


@pytest.mark.parametrize(
    "text",
    ["stochrsi_14", "time", "pe", "hma_20", "hma", "vwma_20", "zlema_20", "volume_ema_20", "hour", "gap", "aapl", "eps",
     "bullish_engulfing", "prev_close", "ppo", "cmf_20", "natr_14", "std_20", "highest(high, 20)", "max(open, close)",
     "ema(volume, 20)", "sma(obv, 20)",
     "x" * 400, "1".join("a" * 200), "a_" * 200 + "b", "a" + "_1" * 240, "a" + "1" * 400 + "x"],
)  # fmt: skip
def test_a_name_without_a_similar_one_gets_no_suggestion(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(f"{text} > 1")
    assert caught.value.code in {"name", "function"}


FULL = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(("text", "code", "position"), [case for case in WRONG if case[1] not in {"long", "magnitude"}])
def test_a_position_refers_to_the_text_as_typed(text: str, code: str, position: int | None) -> None:
    for typed in (text.translate(FULL), "\u200b".join(text), unicodedata.normalize("NFD", text)):
        if len(typed) > LONGEST:
            continue
        with pytest.raises(ConditionError) as caught:
            parse(typed)
        error = caught.value
        assert (error.code, error.text) == (code, typed)
        assert normalize(typed[: error.position], 2 * LONGEST) == text[: len(normalize(typed[: error.position], 2 * LONGEST))]
        assert position is None or len(normalize(typed[: error.position], 2 * LONGEST)) == position


def test_the_caret_is_below_a_decomposed_syllable() -> None:
    with pytest.raises(ConditionError) as caught:
        parse(unicodedata.normalize("NFD", "ｃlose > 1 on 1d 에서"))
    assert caught.value.caret() == "ｃlose > 1 on 1d 에서\n                 ^"


def test_a_superscript_digit_is_refused() -> None:
    with pytest.raises(ConditionError, match="'²' cannot stand here"):
        parse("close > 10²")


def test_a_text_that_grows_when_normalised_is_bounded() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("\ufdfa" * 400)
    assert caught.value.code == "long"
    assert caught.value.position <= 400


def test_the_caret_is_below_the_position_among_wide_letters() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("close > 1 on 1d 에서")
    assert caught.value.caret() == "close > 1 on 1d 에서\n                ^"
    error = ConditionError("unfinished", "삼성 x", 3)
    assert error.caret() == "삼성 x\n     ^"


@settings(max_examples=150, deadline=None)
@given(tree=conditions(), seed=st.integers(0, 2**32))
def test_the_normal_form_does_not_depend_on_the_spelling(tree: tuple[object, ...], seed: int) -> None:
    first, second = (random.Random(seed + i) for i in range(2))
    texts = [spelled(tree, dice.randrange) for dice in (first, second)]
    try:
        one, other = (parse(text) for text in texts)
    except ConditionError as error:
        assume(error.code != "long")
        raise
    assert one.text == other.text
    again = parse(one.text)
    assert (again.text, again.root) == (one.text, one.root)


ENDS = "()<>=!+-*/.,_ \n\t\0\u202eé①삼" + string.digits + string.ascii_letters
WORDS = [
    "and",
    "or",
    "not",
    "on",
    "prev(",
    "crosses",
    "above",
    "close",
    "rsi_14",
    "<",
    ">",
    "(",
    ")",
    "1d",
    "30",
    "-",
    ",",
    "1e999",
    "_",
    ".",
]


def answered(text: str) -> None:
    """It is read, or the error is one that can be shown."""
    try:
        found = parse(text)
    except ConditionError as error:
        problem = error
    else:
        assert parse(found.text).text == found.text
        return
    assert 0 <= problem.position <= len(text)
    assert problem.message
    assert problem.caret().count("\n") == 1


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(st.sampled_from(ENDS), max_size=60), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    answered(text)


DEEP = [
    "(" * 499,
    "-" * 499 + "1",
    "not " * 124 + "x",
    "prev(" * 99,
    "1" * 500,
    "close>1" + " and close>1" * 41,
    "9" * 400 + "<close",
]


@pytest.mark.parametrize("text", DEEP)
def test_deep_or_long_texts_are_errors(text: str) -> None:
    answered(text)
