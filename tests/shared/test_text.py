"""Typed text in one form, and names that are likely meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.spelling import likely
from shared.text import CUT, folded, normal, place, pointed

NAMES = ["삼성전자", "AAPL", "005930.KS", "^GSPC", "BTC-USD", "S&P 500", "업종:반도체"]
FULL = {ord(" "): "\u3000"} | {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "full width": lambda name: name.translate(FULL),
    "zero-width": lambda name: "\u200b".join(unicodedata.normalize("NFD", name)) + "\ufeff",
    "turned": lambda name: f"\u202e{name}\u202c\u2066",
    "fillers": lambda name: f"\u3164{name}\uffa0\ufe0f",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_spellings_are_one(name: str, spelling: str) -> None:
    assert normal(SPELLINGS[spelling](name), 32) == name
    assert folded(SPELLINGS[spelling](name).lower(), 32) == folded(name, 32)


def test_what_would_change_its_meaning_stays() -> None:
    assert normal("10² x₁", 16) == "10² x₁"
    assert normal("AAPL\x00\t", 16) == "AAPL\x00\t"  # to be refused


def test_a_longer_text_is_not_taken_for_its_beginning() -> None:
    assert normal("AAPL" + "\u200b" * 500 + "X", 16) == f"AAPL{CUT}"
    assert normal("AAPL" * 9, 8) == f"AAPLAAP{CUT}"
    assert normal("\ufdfa" * 100, 64).endswith(CUT)


@given(st.text(max_size=300), st.integers(1, 80))
def test_the_form_is_bounded_and_stays_as_it_is(text: str, most: int) -> None:
    found = normal(text, most)
    assert len(found) <= most
    assert len(folded(text, most)) <= most
    assert normal(found, most) == found


def test_many_combining_marks_take_no_time() -> None:
    marks = "a" + "\u0300\u0316" * 2000
    assert len(normal(marks, 4000)) <= 32


@given(st.lists(st.sampled_from(["a", "＞", "３", "삼", "\u1109\u1165\u11bc", "\u200b", "é", "e\u0301", " ", "²"]), max_size=40))
def test_a_place_is_where_its_character_was_typed(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = normal(text, 1000)
    for position in range(len(found)):
        at, after = place(text, position), place(text, position + 1)
        assert normal(text[:at], 1000) == found[:position]
        assert normal(text[at:after], 1000) == found[position]
    assert place(text, len(found)) == len(text)


def test_a_caret_counts_what_is_seen() -> None:
    assert pointed("\u1109\u1161\u11b7 \u200bx", 5) == "삼 x\n   ^"
    assert pointed("e\u0301\u0316x", 3) == "é\u0316x\n ^"
    assert pointed("ａ\nx", 2) == "ａ x\n   ^"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("smma", "sma"), ("clsoe", "close"), ("closse", "close"), ("opne", "open"), ("bb_uper", "bb_upper"),
        ("bbupper", "bb_upper"), ("upper_bb", "bb_upper"), ("macd_sginal", "macd_signal"), ("hma", None), ("vwma", None),
        ("pe", None), ("time", None),
        ("stochrsi", None), ("volume_ema", None), ("x" * 400, None), ("", None),
    ],
)  # fmt: skip
def test_a_name_is_guessed_only_where_it_is_likely(name: str, meant: str | None) -> None:
    known = (
        "sma",
        "ema",
        "wma",
        "close",
        "open",
        "bb_upper",
        "bb_lower",
        "macd_signal",
        "vwap",
        "stoch_k",
        "ultimate",
        "volume_sma",
    )
    assert likely(name, known) == meant
