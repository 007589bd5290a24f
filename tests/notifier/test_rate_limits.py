"""Rate limits and plans with explicit times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.app import telegram_limiter as of_settings
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus
from services.notifier.domain.rate_limits import RateLimit, RateLimiter, SlidingWindows
from services.notifier.domain.send_plan import ChatTiming, plan_sends
from services.notifier.settings import NotifierSettings


def telegram_limiter() -> RateLimiter:
    return RateLimiter([RateLimit(30, 1.0)], [RateLimit(1, 1.0)], [RateLimit(20, 60.0)], lambda chat: chat.startswith("-"))


def most_within(times: list[float], seconds: float) -> int:
    return max((sum(1 for other in times if at <= other < at + seconds) for at in times), default=0)


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 0.2)), min_size=1, max_size=300))
def test_no_window_ever_has_more_events_than_its_limit(steps: list[tuple[int, float]]) -> None:
    limiter, now = telegram_limiter(), 0.0
    sent: list[tuple[str, float]] = []
    for number, passed in steps:
        now += passed
        chat = f"-{number}" if number < 3 else str(number)
        limiter.delay(chat, now)
        if limiter.take(chat, now) == 0:
            sent.append((chat, now))
    assert most_within([at for _, at in sent], 0.999999) <= 30
    for chat in {chat for chat, _ in sent}:
        mine = [at for name, at in sent if name == chat]
        assert most_within(mine, 0.999999) <= 1
        if chat.startswith("-"):
            assert most_within(mine, 59.999999) <= 20


def test_the_delay_is_the_time_until_the_next_message_may_be_sent() -> None:
    limiter, now = telegram_limiter(), 100.0
    for _ in range(20):
        now += limiter.delay("-1", now)
        assert limiter.take("-1", now) == 0
    assert now == 119.0
    assert limiter.delay("-1", now) == 41.0
    assert limiter.delay("2", now) == 0
    assert (limiter.spacing("-1"), limiter.spacing("2")) == (3.0, 1.0)


def test_the_messages_of_a_second_are_spread_over_it() -> None:
    limiter, now = of_settings(NotifierSettings(_env_file=None)), 100.0
    sent = []
    for number in range(90):
        now += limiter.delay(str(number), now)
        assert limiter.take(str(number), now) == 0
        sent.append(now)
    assert most_within(sent, 0.0999) == 3
    assert 2.8 < sent[-1] - sent[0] < 3.0, "and are as many as allowed"
    assert most_within(sent, 0.9999) == 30


def test_a_pause_applies_to_one_chat_or_to_all() -> None:
    limiter = telegram_limiter()
    limiter.pause(10.0, "1")
    assert (limiter.delay("1", 4.0), limiter.delay("2", 4.0)) == (6.0, 0.0)
    limiter.pause(20.0)
    limiter.pause(5.0)
    assert (limiter.delay("1", 4.0), limiter.delay("2", 4.0)) == (16.0, 16.0)


def test_memory_is_bounded_however_many_chats_there_are() -> None:
    windows = SlidingWindows(maximum=100)
    for i in range(10_000):
        windows.get(str(i), [RateLimit(1, 1.0)], 0.0).add(0.0)
    assert len(windows) <= 100
    windows.get("new", [RateLimit(1, 1.0)], 5.0)
    assert len(windows) == 1


def rows(*chats: str) -> list[DeliveryRow]:
    return [DeliveryRow(str(i), "telegram", chat, DeliveryStatus.PENDING, 0, 0, 0, "", "", 0) for i, chat in enumerate(chats)]


def test_a_chat_at_its_limit_does_not_block_the_others() -> None:
    page = rows(*["limited"] * 50, "a", "b", "a")
    limited = ChatTiming(30_000, 1_000, 8)
    chosen = plan_sends(
        page, lambda row: limited if row.chat_id == "limited" else ChatTiming(0, 1_000, 8), now=1_000, free=5, soon=5_000
    )
    assert [[row.signal_id for row in run] for run in chosen.runs] == [["50", "52"], ["51"]]
    assert [when for _, when in chosen.later] == [31_000 + 1_000 * i for i in range(50)]


def test_runs_are_bounded_in_number_and_length() -> None:
    page = rows("a", "a", "a", "b", "c")
    chosen = plan_sends(page, lambda _: ChatTiming(0, 1, 2), now=0, free=2, soon=10)
    assert [[row.signal_id for row in run] for run in chosen.runs] == [["0", "1"], ["3"]]
    assert chosen.later == ()
