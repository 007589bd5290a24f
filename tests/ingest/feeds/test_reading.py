"""Reading feeds over time: what is published once, what is asked again, and when."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.feeds.fetcher import open_fetcher
from services.ingest.adapters.feeds.hosts import Hosts, PoliteFetcher
from services.ingest.adapters.feeds.schedule import FeedSchedule
from services.ingest.adapters.feeds.tables import AT_A_TIME
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.memory import KEPT_MS, MOST_CONTENTS, Comparison
from services.ingest.domain.feeds.outcomes import Document, Failure
from services.ingest.domain.feeds.state import LONGEST_SECONDS, MOST_WAIT_MS, FeedState, failed, first_try, succeeded, wait_seconds
from shared.backoff import delay
from shared.failures import TransientError
from tests.databases import on_mariadb, on_sqlite
from tests.ingest.feeds.reading import count, feed, loopback, open_rig
from tests.ingest.feeds.server import Reply, item, open_publishers, rss
from tests.news.parts import article
from tests.until import until

NOTHING = Comparison(fresh=(), known=0, endless=0, touched=())
ONE = item("One", "https://a.example/1?utm_medium=feed", "Tue, 14 Nov 2023 22:13:20 GMT", "<description>Text</description>")
TWO = item("Two", "https://a.example/2")


async def test_a_restart_asks_with_the_validators_and_publishes_nothing_again(database_url: str) -> None:
    validators = {"ETag": '"v1"', "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}
    async with open_publishers() as publishers:
        one = feed(publishers.serve("/f", Reply(rss(ONE), headers=validators), Reply(status=304), Reply(rss(ONE + TWO))))
        for titles in (["One"], [], ["Two"]):
            async with open_rig(database_url) as rig:  # each is a new process
                (state,) = await rig.read(one)
                assert [each.title for each in rig.collected.articles] == titles
                assert (state.state, state.failures) == ("ok", 0)
        sent = [request.headers for request in publishers.asked("/f")]
        assert "If-None-Match" not in sent[0]
        for headers in sent[1:]:
            assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"v1"', validators["Last-Modified"])
        assert state.etag == ""  # the last document had none


@on_sqlite
async def test_what_the_broker_refused_is_published_later(database_url: str) -> None:
    async with open_publishers() as publishers, open_rig(database_url) as rig:
        rig.collected.failing = 2
        await rig.read(feed(publishers.serve("/f", Reply(rss(ONE)))))
        assert [each.title for each in rig.collected.articles] == ["One"]


@on_sqlite
async def test_a_crash_before_it_is_remembered_publishes_the_same_event_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_publishers() as publishers:
        one = feed(publishers.serve("/f", Reply(rss(ONE), headers={"ETag": '"v1"'})))
        async with open_rig(database_url) as rig:

            async def crash(*_: object) -> None:
                raise KeyboardInterrupt

            monkeypatch.setattr(rig.tables, "remember", crash)
            with pytest.raises(KeyboardInterrupt):
                await rig.read(one)
            (first,) = rig.collected.articles
        async with open_rig(database_url) as rig:
            await rig.read(one)
            (second,) = rig.collected.articles
        assert "If-None-Match" not in publishers.asked("/f")[1].headers
        assert first.event_id == second.event_id


@on_sqlite
async def test_two_feeds_of_a_publisher_publish_an_article_once_and_feeds_of_instruments_link_it(database_url: str) -> None:
    async with open_publishers() as publishers, open_rig(database_url) as rig:
        url = publishers.serve("/f", Reply(rss(ONE)))
        await rig.read(feed(url, "top"), feed(url, "economy"))
        (general,) = rig.collected.take()
        await rig.read(feed(url, "t:AAPL", symbols=("AAPL",)), feed(url, "t:IBM", symbols=("IBM",)), feed(url, "top"))
        linked = rig.collected.take()
        assert [each.symbols for each in linked] == [("AAPL",), ("IBM",)]
        assert {each.id for each in linked} == {general.id}
        assert len({each.event_id for each in (general, *linked)}) == 3


@on_sqlite
async def test_a_changed_entry_is_published_again_and_one_that_always_changes_is_not(database_url: str) -> None:
    async with open_publishers() as publishers, open_rig(database_url) as rig:
        for i in range(MOST_CONTENTS + 2):
            await rig.read(feed(publishers.serve("/f", Reply(rss(item(f"Asked at {i}")))), "endless"))
        assert len(rig.collected.articles) == MOST_CONTENTS
        assert len({each.id for each in rig.collected.articles}) == 1
        assert count("entries_total", feed="endless", outcome="endless") == 2


@on_mariadb
async def test_articles_are_remembered_while_a_feed_has_them(database_url: str) -> None:
    async with open_publishers() as publishers, open_rig(database_url) as rig:
        one = feed(publishers.serve("/f", Reply(rss(ONE + TWO)), Reply(rss(ONE))))
        await rig.read(one)
        now = time.time_ns() // 1_000_000
        ids = {each.id: each.title for each in rig.collected.take()}

        async def remembered() -> set[str]:
            return {ids[article] for article, _ in await rig.tables.published(ids)}

        await rig.tables.forget(now + KEPT_MS // 2)
        assert await remembered() == {"One", "Two"}
        found = await rig.tables.published(ids)
        await rig.tables.remember(replace(NOTHING, touched=tuple(key for key in found if ids[key[0]] == "One")), now + KEPT_MS // 2)
        await rig.tables.forget(now + KEPT_MS + 60_000)
        assert await remembered() == {"One"}


@on_sqlite
async def test_old_articles_are_forgotten_some_at_a_time(database_url: str) -> None:
    async with open_rig(database_url) as rig:
        fresh = tuple(article(n, "One") for n in range(2 * AT_A_TIME + 1))
        await rig.tables.remember(replace(NOTHING, fresh=fresh), 0)
        deleted = list[int]()
        engine = rig.tables._database.engine.sync_engine

        @event.listens_for(engine, "after_cursor_execute")
        def count_deleted(_: object, cursor: Any, statement: str, *__: object) -> None:
            if statement.startswith("DELETE"):
                deleted.append(cursor.rowcount)

        await rig.tables.forget(KEPT_MS + 1)
        assert deleted == [AT_A_TIME, AT_A_TIME, 1]
        assert await rig.tables.published({each.id for each in fresh[:100]}) == {}


@on_sqlite
async def test_the_text_of_a_page_is_read_where_the_feed_and_robots_txt_allow_it(database_url: str) -> None:
    text = "The central bank left its policy rate unchanged on Wednesday. " * 10
    page = (
        f"<html><body><nav>Menu</nav><article><h1>Rates</h1><p>{text}</p></article><script>evil()</script></body></html>".encode()
    )
    async with open_publishers() as publishers, open_rig(database_url) as rig:
        publishers.serve("/robots.txt", Reply(b"User-agent: *\nDisallow: /private\n"))
        allowed, private = publishers.serve("/a", Reply(page)), publishers.serve("/private/b", Reply(page))
        url = publishers.serve("/f", Reply(rss(item("A", allowed) + item("B", private) + item("C", "http://localhost/c"))))
        await rig.read(replace(feed(url, "bodies"), body=True), bodies=True)
        open_, closed, elsewhere = rig.collected.take()
        assert "policy rate unchanged" in open_.body
        assert "evil" not in open_.body
        assert (closed.body, elsewhere.body) == ("", "")
        assert publishers.asked("/private/b") == []
        assert len(publishers.asked("/robots.txt")) == 1
        assert count("pages_total", feed="bodies", outcome="robots") == 1
        assert count("pages_total", feed="bodies", outcome="other_host") == 1
        await rig.read(replace(feed(url, "other"), publisher="B"), bodies=True)
        assert [each.body for each in rig.collected.take()] == ["", "", ""]  # its line does not allow it


async def test_a_host_gets_one_request_at_a_time_and_rests_after_failures() -> None:
    stopping = asyncio.Event()
    async with open_publishers() as publishers, open_fetcher("test", allowed=loopback) as fetcher:
        polite = PoliteFetcher(fetcher, Hosts(0.0, SystemClock(stopping), pause_seconds=60))
        urls = [publishers.serve(f"/{i}", Reply(rss(ONE))) for i in range(8)]
        outcomes = await asyncio.gather(*(polite.fetch(url) for url in urls))
        assert all(isinstance(each, Document) for each in outcomes)
        assert publishers.most_at_once == 1
        down = publishers.serve("/down", Reply(status=503))
        failures = [await polite.fetch(down) for _ in range(7)]
        reasons = [each.reason for each in failures if isinstance(each, Failure)]
        assert reasons == ["unavailable"] * 5 + ["paused"] * 2
        assert len(publishers.asked("/down")) == 5


async def test_retry_after_pauses_the_whole_host() -> None:
    stopping = asyncio.Event()
    async with open_publishers() as publishers, open_fetcher("test", allowed=loopback) as fetcher:
        polite = PoliteFetcher(fetcher, Hosts(0.0, SystemClock(stopping)))
        busy = publishers.serve("/busy", Reply(status=429, headers={"Retry-After": "120"}))
        other = publishers.serve("/other", Reply(rss(ONE)))
        first, second = await polite.fetch(busy), await polite.fetch(other)
        assert isinstance(first, Failure)
        assert isinstance(second, Failure)
        assert (first.reason, first.retry_after, second.reason) == ("rate_limited", 120.0, "paused")
        assert second.retry_after == pytest.approx(120, abs=30)
        assert publishers.asked("/other") == []


async def test_requests_to_a_host_have_a_gap() -> None:
    class Waits(SystemClock):
        waits: list[float]

        async def wait(self, seconds: float) -> None:
            self.waits.append(seconds)

    clock = Waits(asyncio.Event())
    clock.waits = []
    hosts = Hosts(5.0, clock)

    async def send() -> Document:
        return Document(b"", "")

    for _ in range(2):
        await hosts.request("a", send)
    await hosts.request("b", send)
    assert clock.waits[0] == 0.0
    assert clock.waits[1] == pytest.approx(5.0, abs=1.0)
    assert clock.waits[2] == 0.0


PLAIN = Feed("a", "a", "A", "https://a.example", "en", 600.0)


def test_the_wait_grows_while_a_feed_fails_and_is_the_interval_again_after_a_success() -> None:
    state, waits = FeedState("a", PLAIN.url), []
    for _ in range(9):
        state = failed(state, PLAIN, 0, "timeout", "", None, 1.0)
        waits.append((state.next_try or 0) / 1000)
    assert waits == [min(LONGEST_SECONDS, 600.0 * 2**i) for i in range(1, 10)]
    assert waits[0] == delay(1, 600.0, LONGEST_SECONDS, 1.0)
    low = succeeded(state, PLAIN, 0, 1, 0.0, ("", ""))
    high = succeeded(state, PLAIN, 0, 1, 1.0, ("", ""))
    assert (low.next_try, high.next_try, low.failures) == (540_000, 660_000, 0)


def test_a_feed_that_is_quiet_is_read_less_often_and_at_its_interval_after_a_new_article() -> None:
    hour, state, waits = 3_600_000, FeedState("a", PLAIN.url), []
    for at, fresh in ((0, 0), (0, 3), (3 * hour, 0), (72 * hour, 0), (73 * hour, 1)):
        state = succeeded(state, PLAIN, at, fresh, 0.5, None)
        waits.append(((state.next_try or 0) - at) / 1000)
    assert waits == [2400.0, 600.0, 900.0, 2400.0, 600.0]
    daily = replace(PLAIN, seconds=86_400.0)
    assert wait_seconds(daily, 0, None) == 86_400.0


def test_a_gone_feed_waits_longest_and_a_paused_one_has_not_failed() -> None:
    state = FeedState("a", PLAIN.url)
    assert failed(state, PLAIN, 0, "gone", "", None, 0.0).next_try == LONGEST_SECONDS * 1000
    paused = failed(state, PLAIN, 0, "paused", "", 300.0, 0.5)
    assert (paused.failures, paused.next_try) == (0, 315_000)


def test_a_start_reads_what_is_due_soon_and_keeps_the_other_times() -> None:
    now = 1_700_000_000_000
    state = FeedState("a", PLAIN.url)
    assert first_try(state, now, 0.5, 60) == now + 30_000
    assert first_try(replace(state, next_try=now + 500_000), now, 0.5, 60) == now + 500_000
    assert first_try(replace(state, next_try=now - 500_000), now, 0.5, 60) == now + 30_000
    assert first_try(replace(state, next_try=now + 2 * MOST_WAIT_MS), now, 0.5, 60) == now + 30_000  # a wrong clock wrote it


async def test_the_schedule_reads_each_feed_again_at_its_own_time_though_another_hangs() -> None:
    stopping, hang = asyncio.Event(), asyncio.Event()
    seen: list[str] = []

    async def read(one: Feed) -> int | None:
        seen.append(one.id)
        if one.id == "slow":
            await hang.wait()
        return time.time_ns() // 1_000_000 + 20

    async def forget() -> None:
        pass

    feeds = [replace(PLAIN, id=name) for name in ("slow", "fast", "late")]
    now = time.time_ns() // 1_000_000
    times = [(feeds[0], now), (feeds[1], now - 3_600_000), (feeds[2], now + 3_600_000)]
    running = asyncio.create_task(FeedSchedule(read, forget).run(times, stopping))
    await until(lambda: seen.count("fast") >= 3, 10)
    assert (seen.count("slow"), seen.count("late")) == (1, 0)
    stopping.set()
    await running


async def test_an_error_of_a_read_ends_the_schedule() -> None:
    async def read(_: Feed) -> int | None:
        raise TransientError("a programming error that the scheduler would only log")

    async def forget() -> None:
        pass

    with pytest.raises(TransientError):
        await FeedSchedule(read, forget).run([(PLAIN, 0)], asyncio.Event())
