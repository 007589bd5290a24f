"""The language of sequences: one normal form, and errors with position and reason."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Timeframe
from shared.sequences import MOST_BARS, SequenceError, SignalSequence, Step, parse, vocabulary


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("drop_from_high(drop=.05) then hammer within 9", "drop_from_high(drop=0.05) down then hammer up within 9 bars on 1d"),
        ("golden_cross then macd_cross down within 5", "golden_cross up then macd_cross down within 5 bars on 1d"),
        ("Golden_Cross UP  THEN\nRSI_mid down within 1 BAR on 1H", "golden_cross up then rsi_mid down within 1 bar on 1h"),
        (
            "sma_breakout_up(period=50) then rsi_mid(level=50, period=14) up within 063 on 15m",
            "sma_breakout_up(period=50) up then rsi_mid(level=50, period=14) up within 63 bars on 15m",
        ),
        (
            "double_bottom then hammer within 9 bars then gap up within 2 then prev_high_break within 3",
            "double_bottom up then hammer up within 9 bars then gap up within 2 bars then prev_high_break up within 3 bars on 1d",
        ),
    ],
)
def test_every_spelling_has_one_normal_form(text: str, normal: str) -> None:
    found = parse(text)
    assert found.text == normal
    assert parse(normal) == found
    assert parse(normal).id == found.id


def test_full_width_text_is_parsed_and_errors_refer_to_the_text_as_typed() -> None:
    assert (
        parse("ｇｏｌｄｅｎ＿ｃｒｏｓｓ then rsi_mid up w\u200bithin ３").text
        == "golden_cross up then rsi_mid up within 3 bars on 1d"
    )
    typed = unicodedata.normalize("NFD", "golden_cross then 삼성 up within 3")
    with pytest.raises(SequenceError) as caught:
        parse(typed)
    assert typed[caught.value.position :].startswith(unicodedata.normalize("NFD", "삼"))
    assert caught.value.caret(typed) == "golden_cross then 삼성 up within 3\n                  ^"
    with pytest.raises(SequenceError) as caught:
        parse("골든 then")
    assert caught.value.caret("삼성 then") == "삼성 then\n^"
    assert SequenceError("", 3).caret("삼성 then") == "삼성 then\n     ^"


def test_a_rule_with_only_a_similar_name_is_not_suggested() -> None:
    for name, hint in (
        ("rsi_cross", False),
        ("golden_crss", True),
        ("goldencross", True),
        ("cross_golden", True),
        ("golden", False),
    ):
        with pytest.raises(SequenceError) as caught:
            parse(f"{name} then rsi_mid up within 3")
        assert caught.value.message.endswith("; did you mean golden_cross?") == hint, caught.value.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", 0, "there is no sequence"),
        (" \n", 0, "there is no sequence"),
        ("golden_cross", 12, "something is missing"),
        ("golden_cross then", 17, "something is missing"),
        ("golden_cross then rsi_mid up", 28, "something is missing"),
        ("golden_cross then rsi_mid up within", 35, "something is missing"),
        ("golden_cross && rsi_mid", 13, "'&&' cannot stand here; write 'then'"),
        ("골든크로스 then rsi_mid up within 3", 0, "'골든크로스' cannot stand"),
        ("golden_cross then rsi_mid up in 3", 29, "'in' cannot stand"),
        ("golden_cros then rsi_mid up within 3", 0, "did you mean golden_cross"),
        ("golden_cross then condition up within 3", 18, "'condition' is no rule"),
        ("golden_cross then rsi_mid within 3", 18, "rsi_mid fires up and down: say which"),
        ("golden_cross down then rsi_mid up within 3", 13, "golden_cross fires up alone"),
        ("golden_cross then double_top up within 3", 29, "double_top fires down alone"),
        ("golden_cross(length=50) then rsi_mid up within 3", 13, "no parameter 'length': it has fast, slow"),
        ("hammer(length=50) then rsi_mid up within 3", 7, "no parameter 'length': it has none"),
        ("golden_cross(fast=20) then rsi_mid up within 3", 13, "does not run with fast=20: there is 50"),
        ("golden_cross(fast=50, fast=50) then rsi_mid up within 3", 22, "named twice"),
        ("golden_cross then rsi_mid up within 0", 36, "from 1 to 63"),
        ("golden_cross then rsi_mid up within 64", 36, "from 1 to 63"),
        ("golden_cross then rsi_mid up within " + "9" * 400, 36, "from 1 to 63"),
        ("golden_cross then rsi_mid up within 40 then rsi_mid up within 24", 62, "more than 63 bars"),
        ("hammer" + " then hammer within 1" * 4, 89, "more than 4 steps"),
        ("golden_cross then rsi_mid up within 3 on 2h", 41, "'2h' is no timeframe"),
        ("golden_cross then rsi_mid up within 3 on 1M", 41, "'1M' is no timeframe; there are 1m,"),
        ("golden_cross then rsi_mid up within 3 on 1mo", 41, "golden_cross fires on 15m, 1h, 4h, 1d, 1w alone, not on 1mo"),
        ("gap up then rsi_mid up within 3 on 1w", 35, "gap fires on 15m, 1h, 1d alone, not on 1w"),
        ("x" * 501, 500, "501 characters, at most 500"),
    ],
)
def test_an_error_has_a_message_and_a_position(text: str, place: int, message: str) -> None:
    with pytest.raises(SequenceError) as caught:
        parse(text)
    assert message in str(caught.value)
    assert caught.value.position == place


@st.composite
def sequences(draw: st.DrawFn) -> SignalSequence:
    steps, within, remaining = [], [], MOST_BARS
    for _ in range(draw(st.integers(2, 4))):
        fires = draw(st.sampled_from(list(vocabulary().values())))
        params = draw(st.sampled_from(fires.instances))
        named = sorted(draw(st.sets(st.sampled_from(sorted(params)))) if params else [])
        steps.append(Step(fires.rule, draw(st.sampled_from(fires.directions)), tuple((name, params[name]) for name in named)))
    for step in range(len(steps) - 1):
        within.append(draw(st.integers(1, max(1, remaining - (len(steps) - 2 - step)))))
        remaining -= within[-1]
    return SignalSequence(tuple(steps), tuple(within), draw(st.sampled_from([Timeframe.M15, Timeframe.H1, Timeframe.MN1])))


@given(wanted=sequences())
def test_the_normal_form_parses_to_the_same_sequence(wanted: SignalSequence) -> None:
    everywhere = all(wanted.timeframe in vocabulary()[step.rule].timeframes for step in wanted.steps)
    if everywhere:
        assert parse(wanted.text) == wanted
    else:
        with pytest.raises(SequenceError, match="alone, not on"):
            parse(wanted.text)


WORDS = ("golden_cross", "rsi_mid", "up", "down", "then", "within", "3", "(", "fast=50", ")", ",", "on", "1d")


@given(text=st.text(max_size=80) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_a_sequence_or_an_error_with_a_position(text: str) -> None:
    found: SignalSequence | None = None
    error: SequenceError | None = None
    try:
        found = parse(text)
    except SequenceError as caught:
        error = caught
    if found is not None:
        assert parse(found.text) == found
    if error is not None:
        assert 0 <= error.position <= len(text)
        assert error.caret(text).endswith("^")
