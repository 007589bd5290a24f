from __future__ import annotations

from services.notifier.domain.recipients import is_stale
from tests.notifier.parts import NOW, signal

HOUR = 3_600_000


def test_a_live_signal_becomes_stale() -> None:
    assert not is_stale(signal(ts_init=NOW - HOUR), NOW, HOUR)
    assert is_stale(signal(ts_init=NOW - HOUR - 1), NOW, HOUR)


def test_a_replayed_signal_is_never_stale() -> None:
    assert not is_stale(signal(ts_init=NOW - 100_000 * HOUR, replayed=True), NOW, HOUR)
