"""Any text of an allowed length is handled quickly. The limits are CPU time with a wide margin."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.domain import hosts, queries, query_parsing, subscriptions
from services.gateway.domain.problems import RequestError
from services.notifier.domain.commands import mute_span, normal_line
from services.notifier.domain.conditions import parse_alert
from services.notifier.domain.instruments import InstrumentIndex, KnownIndustry, KnownInstrument, industry
from services.notifier.domain.telegram_html import clean, escape, split
from shared import conditions, sequences
from shared.logs import redact

SECONDS = 1.0
INSTRUMENTS = InstrumentIndex(
    KnownInstrument(f"SYM{i}.KS", f"Company number {i}", f"회사 {i}", aliases=(f"alias {i}",)) for i in range(500)
)
ENTRANCES: dict[str, tuple[Callable[[str], Any], int]] = {
    # what reads a text, and how many characters of it may come
    "condition": (conditions.parse, 600),
    "sequence": (sequences.parse, 600),
    "command": (normal_line, 4096),
    "alert": (lambda text: parse_alert(clean(text, 1000)), 4096),
    "mute": (mute_span, 1000),
    "instruments": (lambda text: [INSTRUMENTS.suggestions(word) for word in INSTRUMENTS.resolve(text)[1][:5]], 1000),
    "industry": (lambda text: industry(text, [KnownIndustry("chips", "Chips", "반도체")]), 1000),
    "markup": (lambda text: [*split(text), escape(text)], 16_384),
    "log": (redact, 200_000),
    "host": (hosts.host_name, 8192),
    "query": (lambda text: query_parsing.parse_query({"symbol": text, "start": text}, queries.PatternsQuery), 8192),
    "subscription": (subscriptions.SELECTOR.match, 8192),
}
UNITS = [
    *("1", "x", "_1", "1.1", "a.1", "(", "not ", "-", " for ", "for\t", " ", "close>1 and ", "prev(", "golden_cross up then "),
    *("token", "://a:", "Bearer ", "<b>", "&amp;", "&", "<", "once_per_bar ", "industry : ", "/a@", "가", "é", "😀", "\u202e"),
    *("\x00", "A,", ":", "@"),
]
TEXTS = st.builds(
    lambda head, unit, tail, share: (head, unit, tail, share),
    st.sampled_from(["", "x", "rsi_", "/alert ", "/", "token", "://", "(", "close > "]),
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=3).map("".join),
    st.sampled_from(["", "x > 1", "!", "@", ">", " on 1d", "_", " = Basic", "\n"]),
    st.sampled_from([0.05, 0.5, 1.0]),
)


@pytest.mark.parametrize("entrance", ENTRANCES)
@settings(max_examples=30, deadline=None)
@given(text=TEXTS)
def test_a_repetitive_text_is_handled_quickly(entrance: str, text: tuple[str, str, str, float]) -> None:
    read, longest = ENTRANCES[entrance]
    head, unit, tail, share = text
    room = int(share * (longest - len(head) - len(tail)))
    check(read, head + (unit * room)[:room] + tail)


@pytest.mark.parametrize(
    ("entrance", "text"),
    [
        ("condition", "x" + "1" * 26 + "x > 1"),
        ("condition", "x" + "_1" * 240 + "x > 1"),
        ("log", "://a:" * 40_000),
        ("log", "://" + "a" * 16_000),
        ("log", "token" * 20_000),
        ("alert", "close > 1" + " for" * 240),
    ],
    ids=lambda value: value[:12],
)
def test_texts_that_were_slow_before(entrance: str, text: str) -> None:
    check(ENTRANCES[entrance][0], text)


def check(read: Callable[[str], Any], text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(ValueError, RequestError):  # a refusal is an answer
        read(text)
    assert time.process_time() - began < SECONDS, f"{text[:60]!r} ({len(text)} characters)"
