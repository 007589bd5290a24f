"""Stored bars as rows of an answer: each field, raw and adjusted."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.stored_bars import StoredBar, json_rows

PRICE = st.floats(-100, 1e6)
BARS = st.lists(
    st.builds(
        StoredBar,
        ts_close=st.integers(0, 2**41), ts_open=st.integers(0, 2**41), session=st.sampled_from([0, 20_240_703]),
        open=PRICE, high=PRICE, low=PRICE, close=PRICE, volume=st.floats(0, 1e12),
        price_factor=st.floats(0.001, 100), split_factor=st.sampled_from([0.0, 0.25, 1.0, 15.0]),
        source=st.just("yahoo"), replayed=st.booleans(), incomplete=st.booleans(),
    ),
    max_size=5,
)  # fmt: skip


@given(BARS, st.booleans())
def test_each_field_is_that_of_its_bar(bars: list[StoredBar], adjusted: bool) -> None:
    found = json_rows(bars, adjusted=adjusted)
    assert [time for time, _ in found] == [bar.ts_close for bar in bars]
    for bar, (_, line) in zip(bars, found, strict=True):
        row = json.loads(line)
        price = bar.price_factor if adjusted else 1.0
        for name in ("open", "high", "low", "close"):
            assert row[name] == getattr(bar, name) * price
        assert row["volume"] == (bar.volume / bar.split_factor if adjusted and bar.split_factor else bar.volume)
        assert row["session"] == ("2024-07-03" if bar.session else None)
        assert (row.get("replayed", False), row.get("incomplete", False)) == (bar.replayed, bar.incomplete)
        assert row["open_date"] != row["date"] or bar.ts_open == bar.ts_close
