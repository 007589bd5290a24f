"""Conditions as traders write them: understood, or answered with the right spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.notifier.domain.conditions import parse_alert
from shared.conditions import ConditionError, describe, parse
from shared.conditions.timeframes import timeframe
from shared.events import Timeframe
from tests.shared.phrasings import ANSWERED, ENGLISH, KOREAN
from tests.shared.traders import HINTED, PLACED, TRADERS

BEFORE = json.loads(Path(__file__).with_name("conditions_before.json").read_text("utf-8"))
"""Texts that were conditions before the language grew, with the normal form and the id that they had."""


def test_conditions_of_before_keep_their_normal_form_and_id() -> None:
    assert len(BEFORE) > 300
    found = [[text, condition.text, condition.id] for text, _, _ in BEFORE for condition in [parse(text)]]
    assert found == BEFORE


@pytest.mark.parametrize(("text", "normal"), [*ENGLISH, *KOREAN], ids=lambda value: value[:40])
def test_a_phrasing_is_understood(text: str, normal: str) -> None:
    found = parse(parse_alert(text).condition)
    assert found.text == normal
    again = parse(found.text)
    assert (again.text, again.root) == (found.text, found.root)


@pytest.mark.parametrize(("text", "code", "right"), ANSWERED, ids=lambda value: value[:40])
def test_a_phrasing_is_answered_with_the_right_spelling(text: str, code: str, right: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert right in caught.value.message


@pytest.mark.parametrize(
    ("text", "code", "right"), [each for each in ANSWERED if each[1] in {"written", "never", "drawdown", "direction", "frames"}]
)
def test_the_right_spelling_is_a_condition(text: str, code: str, right: str) -> None:
    assert parse(parse_alert(f"{right} and close > open" if code == "frames" else right).condition).text, text


@pytest.mark.parametrize(("text", "code", "right"), [each for each in ANSWERED if each[1] == "instrument"])
def test_an_instrument_goes_to_the_end_where_alert_reads_it(text: str, code: str, right: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    request = parse_alert(str(caught.value.values["own"]))
    assert request.names
    assert right.endswith(f"for {request.names}")
    assert parse(request.condition).text, code


def test_the_right_spelling_keeps_the_precedence() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("100 * gap > 2")
    assert caught.value.values["example"] == "100 * (open / prev_session_close - 1) > 2"


def test_enough_phrasings_are_kept() -> None:
    assert len({text for text, *_ in [*ENGLISH, *KOREAN, *ANSWERED]}) >= 300
    assert len(KOREAN) >= 60


def test_what_traders_write_elsewhere_means_what_it_means_there() -> None:
    found = [(text, parse(parse_alert(text).condition)) for text, _ in TRADERS]
    assert [(text, condition.text) for text, condition in found] == TRADERS
    assert all(parse(condition.text).root == condition.root for _, condition in found)
    assert [text for text, condition in found if not (describe(condition, "en") and describe(condition, "ko"))] == []


def test_what_traders_write_elsewhere_is_refused_with_the_right_spelling() -> None:
    for text, code, right in HINTED:
        with pytest.raises(ConditionError) as caught:
            parse(parse_alert(text).condition)
        assert (caught.value.code, right in caught.value.message) == (code, True), f"{text}: {caught.value}"
        if code in {"direction", "instead", "never", "written", "restated"}:
            assert parse(f"{right} > 0" if code == "instead" and right.startswith("highest") else right).text, text


def test_what_is_not_exact_is_refused_without_a_suggestion() -> None:
    for text in PLACED:
        with pytest.raises(ConditionError) as caught:
            parse(parse_alert(text).condition)
        assert caught.value.code in {"name", "number", "unexpected", "unfinished"}, f"{text}: {caught.value}"
    assert len(PLACED) < 0.1 * len([*TRADERS, *HINTED, *PLACED])


FRAMES = [
    ("1m", "1m"), ("5 minutes", "5m"), ("5min", "5m"), ("M5", "5m"), ("15분봉", "15m"), ("60m", "1h"), ("H1", "1h"),
    ("1시간봉", "1h"), ("hourly", "1h"),
    ("1 hour", "1h"), ("D1", "1d"), ("24h", "1d"), ("daily", "1d"), ("일봉", "1d"), ("weekly", "1w"), ("1W", "1w"), ("7d", "1w"),
    ("주봉", "1w"),
    ("30m", "30m"), ("240m", "4h"), ("4 hour", "4h"), ("1M", "1M"), ("1mo", "1M"), ("monthly", "1M"), ("월봉", "1M"),
    ("1month", "1M"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FRAMES)
def test_a_timeframe_has_many_spellings(text: str, expected: str) -> None:
    known = expected in [str(each) for each in Timeframe]
    assert timeframe(text) == (expected if known else None)


def test_a_capital_m_is_the_month() -> None:
    assert timeframe("1m") == "1m"
    assert timeframe("1M") != "1m"
    assert timeframe("15M") == "15m"


@pytest.mark.parametrize(("text", "at"), [("on 2h", 13), ("on the 3 day chart", 17), ("on 1y", 13), ("on 7 hour chart", 13)])
def test_a_timeframe_that_is_none_is_named(text: str, at: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(f"close > 1 {text}")
    assert (caught.value.code, caught.value.position) == ("timeframe", at)
