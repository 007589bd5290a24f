"""Normalisation of typed text, and suggestions for misspelt names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.spelling import suggest
from shared.text import ELLIPSIS, fold_case, normalize, source_position, with_caret

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
def test_all_spellings_have_one_normal_form(name: str, spelling: str) -> None:
    assert normalize(SPELLINGS[spelling](name), 32) == name
    assert fold_case(SPELLINGS[spelling](name).lower(), 32) == fold_case(name, 32)


def test_superscripts_and_control_characters_stay() -> None:
    assert normalize("10² x₁", 16) == "10² x₁"
    assert normalize("AAPL\x00\t", 16) == "AAPL\x00\t"  # to be refused


def test_a_longer_text_is_cut_with_an_ellipsis() -> None:
    assert normalize("AAPL" + "\u200b" * 500 + "X", 16) == f"AAPL{ELLIPSIS}"
    assert normalize("AAPL" * 9, 8) == f"AAPLAAP{ELLIPSIS}"
    assert normalize("\ufdfa" * 100, 64).endswith(ELLIPSIS)


@given(st.text(max_size=300), st.integers(1, 80))
def test_the_normal_form_is_bounded_and_idempotent(text: str, most: int) -> None:
    found = normalize(text, most)
    assert len(found) <= most
    assert len(fold_case(text, most)) <= most
    assert normalize(found, most) == found


def test_many_combining_marks_are_dropped() -> None:
    marks = "a" + "\u0300\u0316" * 2000
    assert len(normalize(marks, 4000)) <= 32


@given(st.lists(st.sampled_from(["a", "＞", "３", "삼", "\u1109\u1165\u11bc", "\u200b", "é", "e\u0301", " ", "²"]), max_size=40))
def test_the_source_position_of_each_character(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = normalize(text, 1000)
    for position in range(len(found)):
        at, after = source_position(text, position), source_position(text, position + 1)
        assert normalize(text[:at], 1000) == found[:position]
        assert normalize(text[at:after], 1000) == found[position]
    assert source_position(text, len(found)) == len(text)


def test_the_caret_counts_display_width() -> None:
    assert with_caret("\u1109\u1161\u11b7 \u200bx", 5) == "삼 x\n   ^"
    assert with_caret("e\u0301\u0316x", 3) == "é\u0316x\n ^"
    assert with_caret("ａ\nx", 2) == "ａ x\n   ^"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("smma", "sma"), ("clsoe", "close"), ("closse", "close"), ("opne", "open"), ("bb_uper", "bb_upper"),
        ("bbupper", "bb_upper"), ("upper_bb", "bb_upper"), ("macd_sginal", "macd_signal"), ("hma", None), ("vwma", None),
        ("pe", None), ("time", None),
        ("stochrsi", None), ("volume_ema", None), ("x" * 400, None), ("", None),
    ],
)  # fmt: skip
def test_a_name_is_suggested_only_if_similar(name: str, expected: str | None) -> None:
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
    assert suggest(name, known) == expected
