"""The counts on docs/patterns.md: what became of patterns, and bars in another order."""

from __future__ import annotations

import numpy as np

from services.analysis.documents.outcomes import outcomes, shuffled, together
from services.analysis.kernels.patterns.layout import CONFIRMED, EXPIRED, FAILED, FORMING, INVALIDATED, PATTERN, TARGET
from services.analysis.kernels.patterns.table import PATTERNS
from tests.analysis.samples import real

NAMES = [pattern.name for pattern in PATTERNS]


def test_a_pattern_counts_once_it_is_confirmed_and_where_it_ends() -> None:
    nan = np.nan
    rows = [
        ("double_top", -1, FORMING, 0, nan), ("double_top", -1, FAILED, INVALIDATED, nan),  # never confirmed
        ("double_top", -1, CONFIRMED, 0, 9.0), ("double_top", -1, TARGET, 0, 9.0),
        ("double_top", -1, CONFIRMED, 0, 8.0), ("double_top", -1, FAILED, EXPIRED, 8.0),
        ("rectangle", 1, CONFIRMED, 0, 7.0), ("rectangle", 1, FAILED, INVALIDATED, 7.0),
        ("rectangle", -1, CONFIRMED, 0, 7.0),
    ]  # fmt: skip
    events = np.zeros(len(rows), PATTERN)
    for event, (name, direction, status, reason, level) in zip(events, rows, strict=True):
        event["kind"], event["direction"], event["status"], event["reason"], event["level"] = (
            NAMES.index(name), direction, status, reason, level,
        )  # fmt: skip
    found = outcomes(events, 100)
    double_top, rectangle = NAMES.index("double_top"), NAMES.index("rectangle")
    assert found.confirmed[double_top].tolist() == [0, 2]
    assert found.reached[double_top].tolist() == [0, 1]
    assert found.invalidated[double_top].tolist() == [0, 0]
    assert found.confirmed[rectangle].tolist() == [1, 1]
    assert found.invalidated[rectangle].tolist() == [1, 0]
    assert found.confirmed.sum() == 4
    twice = together([found, found])
    assert (twice.bars, twice.confirmed.sum(), twice.reached.sum()) == (200, 8, 2)


def test_a_shuffle_keeps_every_bar_and_changes_their_order() -> None:
    for bars in real().values():
        made, again = (shuffled(bars, np.random.default_rng(5)) for _ in range(2))
        assert all(np.array_equal(one, two, equal_nan=True) for one, two in zip(made, again, strict=True))
        assert not np.array_equal(made.close, bars.close)
        for name in ("open", "high", "low", "close"):
            before, after = (np.sort(getattr(each, name)[1:] / each.close[:-1]) for each in (bars, made))
            np.testing.assert_allclose(before, after, rtol=1e-12)
        assert abs(made.close[-1] / bars.close[-1] - 1) < 1e-9
        assert np.array_equal(np.sort(made.volume), np.sort(bars.volume))
        assert np.count_nonzero(made.low > made.close) <= np.count_nonzero(bars.low > bars.close)
        assert np.count_nonzero(made.high < made.close) <= np.count_nonzero(bars.high < bars.close)
