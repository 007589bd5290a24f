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
from shared.conditions.vocabulary import vocabulary
from shared.events import Timeframe
from shared.text import normalize
from tests.conditions import conditions, spelled
from tests.sizes import examples

ALIKE = [
    ["rsi_14 < 30 on 1d", "RSI_14<30", "  (rsi_14) < 30.0 ON 1D ", "30 > rsi_14", "not not rsi_14 < 3e1", "rsi_14\n< 30"],
    ["rsi_14 < 30 on 1d", "ｒｓｉ＿１４　＜　３０", "r\u200bsi_14 \u202e< 30"],
    ["close > bb_upper_20 on 1h", "close > bb_upper_20_2 on 1H", "(((close > bb_upper_20_2.0))) on 1h"],
    ["crosses_below(rsi_21, 30) on 1d", "rsi_21 crosses below 30", "Crosses_Below( rsi_21 , (30) )"],
    ["close > 1 or open > 2 and low < 3 and high > 4 on 1d", "close > 1 or ((open > 2 and low < 3) and high > 4)"],
    ["close - (open - low) > -1 on 1d", "(close - (open - low)) > -(1)", "-1 < close - (open - low)"],
    ["not (close > 1 and open > 1) on 1d", "not ((close > 1) and (open > 1))"],
    ["close > 1 on 1mo", "close > 1 ON 1MO", "close > 1 on 1Mo"],
    ["close > 1 on 1m", "CLOSE > 1 ON 1m"],
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


@pytest.mark.parametrize("timeframe", Timeframe)
def test_every_timeframe_has_a_word_that_round_trips(timeframe: Timeframe) -> None:
    found = parse(f"close > 1 on {timeframe.word}")
    assert found.timeframe is timeframe
    assert parse(found.text) == found
    assert parse(found.text.upper().replace("1M", "1m")) == found


def test_only_the_capital_tells_a_month_from_a_minute() -> None:
    assert [parse(f"CLOSE > 1 ON {name}").text for name in ("1M", "１Ｍ", "1mo", "1m")] == [
        *["close > 1 on 1mo"] * 3,
        "close > 1 on 1m",
    ]


def test_ids_never_change() -> None:
    assert parse("rsi_14 < 30").id == "48aa5829160b89b076051b4d376c6530"


def test_a_condition_lists_its_columns_fields_and_indicators() -> None:
    found = parse("rsi_21 < 30 and close > sma_200 and volume > 2 * volume_sma_20 and rsi_21 > 1")
    assert (found.columns, found.fields) == (("rsi_21", "sma_200", "volume_sma_20"), ("close", "volume"))


MOST = int(next(kind for kind in vocabulary() if kind.kind == "sma").parameters[0].most)
MOST_SLOWING = int(next(kind for kind in vocabulary() if kind.kind == "stochastic").parameters[1].most)
WRONG = [
    ("", "empty", 0),
    (" \n ", "empty", 0),
    ("x" * (LONGEST + 1), "long", LONGEST),
    ("close > 1" + " + 1e15" * 40, "long", 0),
    ("max(high, 20) < close", "instead", 0),
    ("close > open on friday", "instead", 16),
    ("close > open on AAPL", "instead", 16),
    ("pct_change(close, 1) > 0.03", "instead", 0),
    ("atr > 2%", "instead", 6),
    ("prev(close, 0) > 1", "window", 12),
    ("close > 3 4", "unexpected", 10),
    ("max(close, 1,000, 2) > ", "unfinished", 23),
    ("close) > 3", "unexpected", 5),
    ("close > 3 on 1d for AAPL", "unexpected", 16),
    ("close >", "unfinished", 7),
    ("(close", "unfinished", 6),
    ("close > 3 on", "unfinished", 12),
    ("xyzzy > 3", "name", 0),
    ("close > 3 and volume rests", "name", 21),
    ("close > sma", "meant", 8),
    ("clsoe > 3", "meant", 0),
    ("bb_upper_30_2_2 > close", "parameters", 0),
    (f"sma_{MOST + 1} > 1", "range", 0),
    ("sma_0 > 1", "range", 0),
    ("bb_upper_20_1.2345678 > 1", "range", 0),
    ("close > sma_14.5", "whole", 8),
    ("macd_26_12_9 > 0", "order", 0),
    ("coppock_500_500_13 > 0", "sum", 0),
    ("sqrt(close) > 3", "function", 0),
    ("highest > 1", "call", 0),
    ("crosses_above(close) and open > 1", "arguments", 0),
    ("prev() > 1", "arguments", 0),
    ("close > 3 on 2d", "timeframe", 13),
    ("close > 1e400", "magnitude", 8),
    ("close > 1e16", "magnitude", 8),
    ("종가가 1e33% 이상 상승", "magnitude", 4),
    ("1 < close > 3", "chained", 10),
    ("(close > 1) > 0", "chained", 12),
    ("(close > 1) + 1 > 2", "number", 1),
    ("crosses_above(close > 1, 2)", "number", 14),
    ("rsi_14 < 30 and close", "truth", 16),
    ("not close", "truth", 4),
    ("close + 1", "condition", 0),
    ("1 < 2", "constant", 0),
    ("highest(3, 5) > close", "constant", 8),
    ("5[1h] < close", "constant", 0),
    ("+".join(["close"] * 63) + " > 1", "operations", 0),
    ("close - (" * 15 + "1" + ")" * 15 + " > 1", "deep", 0),
    (" and ".join(f"sma_{n} > 1" for n in range(1, 15)), "columns", None),
    ("sma(ema(highest(lowest(low, 2), 2), 2), 2) > 1", "nested", 16),
    ("highest(lowest(sum(low, 400), 400), 400) > 1", "windows", 15),
    (" or ".join(f"open < close[{n}]" for n in range(2, 15)), "derived", None),
    ("close[501] > 1", "bars", 5),
    ("close[300][300] > 1", "bars", 10),
    ("highest(high, 501) > 1", "window", 14),
    ("rising(close, 0)", "window", 14),
    ("count(close > open, 2.5) > 1", "window", 20),
    ("sma(close, 501) > 1", "window", 11),
    ("close < 3 for 2 days on 1h", "unit", 10),
    ("high > highest(high, 20)", "never", 0),
    ("close > session_high on 15m", "session", 0),
    ("close crosses above donchian_upper_20", "never", 0),
    ("donchian_upper_20 < close", "never", 0),
    ("close > highest(close, 20)[1d]", "never", 0),
    ("low < lowest(low[1w], 5) on 1w", "never", 0),
    ("drawdown > 20%", "drawdown", 0),
    ("close crosses open", "direction", 6),
    ("gap > 2%", "written", 0),
    ("close > sma_20 rsi_14 < 30", "restated", 15),
    ("pe < 15", "fundamental", 0),
    ("AAPL > 150", "instrument", 0),
    ("VIX > 25", "elsewhere", 0),
    ("rsi(volume, 14) < 3", "of_close", 0),
    ("> 3", "subject", 0),
    ("거래량 이상", "subject", 4),
    ("close > 3%", "percent", 8),
    ("time > 25:00 on 5m", "clock", 7),
    ("close > 10:30 on 5m", "beside", 8),
    ("time > 10:00", "useless", 0),
    ("weekday == friday on 1w", "useless", 0),
    ("minutes_since_open[1d] > 5 on 5m", "useless", 0),
    ("MACD oversold", "level", 5),
    ("golden_cross down", "way", 0),
    ("double_top up", "event", 11),
    ("sma_breakout_up(33)", "no_instance", 0),
    ("golden_cross on 1m", "fires_written", 0),
    ("golden_cross[30m]", "fires_written", 0),
    ("doji_at_band on 1m", "fires", 0),
    ("foreign_flow > 0", "no_data", 0),
    ("QQQ > 400 and rsi_14 < 40", "two_instruments", 0),
    ("sector = technology and rsi_14 < 40", "selects", 0),
    ("close[x y] > 1", "bracket", 5),
    ("close[^VIX, 1h] > 1", "daily", 5),
    ("close[1h][1d] > 1", "twice", 9),
    ("close > 1 on 1h and open > 1", "frames", 20),
    ("industry.close > 1", "industry", 9),
    ("(rs_20 + close)[benchmark] > 0", "instead", 9),
    ("(rs_20 > 0 and golden_cross)[benchmark]", "instead", 15),
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


@pytest.mark.parametrize("event", ["h & s", "golden cross", "(close > open)", "gap up", "double bottom forming"])
@pytest.mark.parametrize("relation", [">", "hits", "crosses above", "is near", "bounces off", "within 2% of", "is twice"])
def test_an_event_is_never_compared(relation: str, event: str) -> None:
    """Else the condition would have a normal form that is refused."""
    with pytest.raises(ConditionError):
        parse(f"price {relation} {event}")


@pytest.mark.parametrize("text", ["down 330% from 52w high", "close < sma_20 - 250%", "52주 최고가 대비 330% 하락"])
def test_a_negative_multiple_reads_back_as_the_same_tree(text: str) -> None:
    condition = parse(text)
    assert parse(condition.text).root == condition.root


def test_the_page_lists_every_error() -> None:
    page = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
    assert [code for code, text in PROBLEMS.items() if f"| `{code}` | {text} |" not in page] == []


def test_the_examples_of_the_page_are_conditions() -> None:
    page = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
    examples = [line.strip() for line in page.partition("## Values")[0].splitlines() if line.startswith("    ")]
    assert len(examples) >= 5
    for example in examples:
        assert parse(example).text


def test_every_error_can_occur() -> None:
    assert {code for _, code, _ in WRONG} == set(PROBLEMS)


LARGEST = [
    ("close[500] > 1", ("sma(close[1h], 500) > 1", "highest(high, 500) > 1", "bars_since(close > 1) > highest(open, 500)")),
    ("highest(lowest(sum(low, 400), 400), 200) > 1", ("sma(ema(highest(low, 2), 2), 2) > 1", "close[200][300] > 1")),
    (" or ".join(f"open < close[{n}]" for n in range(2, 14)), (" and ".join(f"sma_{n} > 1" for n in range(1, 13)),)),
    ("+".join(["close"] * 60) + " > 1", ("close - (" * 11 + "1" + ")" * 11 + " > 1",)),
    (f"sma_{MOST} > 1", (f"stoch_k_{MOST}_{MOST_SLOWING}_{MOST_SLOWING} < 20", f"bb_upper_{MOST}_2 > 1")),
]


@pytest.mark.parametrize("text", [text for first, rest in LARGEST for text in (first, *rest)], ids=lambda text: text[:30])
def test_what_is_as_large_as_allowed_is_a_condition(text: str) -> None:
    found = parse(text)
    assert parse(found.text).root == found.root


@pytest.mark.parametrize(
    ("text", "near"),
    [("smaa_50 > 1", "sma_50"), ("closse > 1", "close"), ("macd_sginal > 1", "macd_signal"), ("bb_uper_20 > 1", "bb_upper_20"),
     ("opne > 1", "open"), ("drawdwn_252 < -0.1", "drawdown_252"), ("ema > 1", "ema_12")],
)  # fmt: skip
def test_a_misspelt_name_gets_a_suggestion(text: str, near: str) -> None:
    with pytest.raises(ConditionError, match=f"did you mean {near}") as caught:
        parse(text)
    assert caught.value.values["near"] == near


@pytest.mark.parametrize(
    ("text", "expected"),
    [("stochrsi_14", "stoch_rsi_k_14"), ("hull_ma(20)", "hma_20"), ("std_20", "stdev_20"), ("chop_14", "choppiness_14"),
     ("ao", "awesome"), ("weekly_vwap", "vwap_week"), ("heikin_ashi_close", "ha_close"), ("kumo_top", "cloud_top"),
     ("smma_50", "rma_50"),
     ("ma200", "sma_200"), ("ma_200", "sma_200"), ("ma(200)", "sma_200"), ("sma(close, 20)", "sma_20"), ("rsi14", "rsi_14"),
     ("ma(volume, 9)", "volume_sma_9"), ("bb_upper", "bb_upper_20"), ("upper_bb", "bb_upper_20"), ("volume_sma", "volume_sma_20"),
     ("bb_20_upper", "bb_upper_20"), ("bb_upper(20, 2)", "bb_upper_20"), ("RSI 14", "rsi_14"), ("ta.rsi(close, 14)", "rsi_14"),
     ("rsi(14)", "rsi_14"), ("signal", "macd_signal"), ("low52w", "low_52w"), ("stoch_k", "stoch_k_14"), ("price", "close"),
     ("ＭＡ２００", "sma_200"), ("200일선", "sma_200"), ("200 day moving average", "sma_200"), ("종가", "close"),
     ("bbands_upper", "bb_upper_20")],
)  # fmt: skip
def test_a_name_of_another_program_is_understood(text: str, expected: str) -> None:
    assert parse(f"{text} > 1").text == f"{expected} > 1 on 1d"


@pytest.mark.parametrize(
    "text",
    ["xtochrsi_14", "vidya_14", "frama_20", "zlxma_20", "volume_foo_20", "foo", "bullish_candles_everywhere", "ppq", "cmx_20",
     "nxtr_14", "qtd_20",
     "x" * 400, "1".join("a" * 200), "a_" * 200 + "b", "a" + "_1" * 240, "a" + "1" * 400 + "x"],
)  # fmt: skip
def test_a_name_without_a_similar_one_gets_no_suggestion(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(f"{text} > 1")
    assert caught.value.code in {"name", "function", "unexpected"}


def test_no_suggestion_is_an_indicator_that_only_looks_similar() -> None:
    for name in ("hmx_20", "vwmx_20", "xwma_20", "stoch_xsi_14"):
        with pytest.raises(ConditionError) as caught:
            parse(f"{name} > 1")
        assert caught.value.code == "name"


FULL = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [case for case in WRONG if case[1] not in {"long", "magnitude", "instrument", "elsewhere"} and "AAPL" not in case[0]],
)
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
        parse(unicodedata.normalize("NFD", "ｃlose > 1 on 1d 삼성"))
    assert caught.value.caret() == "ｃlose > 1 on 1d 삼성\n                 ^"


def test_a_superscript_digit_is_refused() -> None:
    with pytest.raises(ConditionError, match="'²' cannot stand here"):
        parse("close > 10²")


@pytest.mark.parametrize("text", ["² of 5 days close > open", "close > open on ³ of 5 days", "최근 ³일 중 ²일 close > open"])
def test_a_superscript_digit_is_no_number_of_bars(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)


def test_a_text_that_grows_when_normalised_is_bounded() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("\ufdfa" * 400)
    assert caught.value.code == "long"
    assert caught.value.position <= 400


def test_the_caret_is_below_the_position_among_wide_letters() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("close > 1 on 1d 삼성")
    assert caught.value.caret() == "close > 1 on 1d 삼성\n                ^"
    error = ConditionError("unfinished", "삼성 x", 3)
    assert error.caret() == "삼성 x\n     ^"


@settings(max_examples=examples(150), deadline=None)
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


@settings(max_examples=examples(300), deadline=None)
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
    "c7() > 1",
    "sum(<volume, 5) > 1",
    "rsi 70 초과²시",
    "10시 ²분 이후",
    "days_to_month_end > prev(days_to_month_end)",
]


@pytest.mark.parametrize("text", DEEP)
def test_deep_or_long_texts_are_errors(text: str) -> None:
    answered(text)
