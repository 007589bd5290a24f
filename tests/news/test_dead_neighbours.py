"""``python -m services.analysis news`` while its database and its translator die and come back: killed, hung, killed again."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs

from shared.events import Article, Story
from shared.migrations.command import upgrade
from shared.topics import ARTICLES
from tests.news.parts import check
from tests.news.stage import Stage, open_stage, sample
from tests.news.translators import KEY, Translators, open_translators
from tests.servers import Broker, MariaDB, open_mariadb

pytestmark = [pytest.mark.kill, pytest.mark.mariadb, pytest.mark.thorough]


@pytest.fixture
def mariadb(tmp_path: Path) -> Iterator[MariaDB]:
    (folder := tmp_path / "mariadb").mkdir()
    with open_mariadb(folder, survives_kill=True) as server:
        yield server


@pytest.fixture
async def translators() -> AsyncIterator[Translators]:
    async with open_translators() as services:
        yield services


@pytest.fixture
async def stage(own_kafka: Broker, mariadb: MariaDB, translators: Translators, tmp_path: Path) -> AsyncIterator[Stage]:
    await upgrade(url := mariadb.create("news"))
    address = {"LIBRETRANSLATE_URL": translators.url, "LIBRETRANSLATE_KEY": KEY}
    settings = address | {"TRANSLATION_SECONDS": "2", "TRANSLATION_PAUSE_SECONDS": "3"}
    async with open_stage(own_kafka.bootstrap, url, tmp_path, settings) as made:
        yield made


def with_changes(sent: Sequence[Article]) -> list[Article]:
    """The articles; each fifth one comes a second time, later, with another title."""
    found = []
    for n, each in enumerate(sent):
        found.append(each)
        if n % 5 == 4:
            before = sent[n - 3]
            title = f"{before.title} (2)"
            content = hashlib.sha256(title.encode()).hexdigest()[:32]
            found.append(structs.replace(before, title=title, content=content, ts_init=before.ts_init + 60_000))
    return found


def check_titles(newest: dict[str, Story], sent: Sequence[Article]) -> None:
    """No change of an article is lost: its story shows its newest title."""
    titles = {each.id: each.title for each in sorted(sent, key=lambda each: each.ts_init)}
    assert len(sent) > len(titles), "articles changed"
    assert {each.id: each.title for story in newest.values() for each in story.articles} == titles


async def test_a_database_and_a_translator_that_die_cost_no_article_and_no_update(
    stage: Stage, mariadb: MariaDB, translators: Translators
) -> None:
    originals, rng = sample(), random.Random(3)
    sent = with_changes(originals)
    translators.fault["libretranslate"] = "hang up"
    stage.start("one")

    async def feed() -> None:
        for first in range(0, len(sent), 12):
            await stage.send([*sent[first : first + 12], *rng.sample(sent[: first + 12], 4)])  # some are delivered again
            await stage.send_raw(b"poison", rng.choice([b"{}", b"\xff", b'{"type": "article", "id": 1}']))
            await asyncio.sleep(rng.uniform(0.05, 0.3))

    feeding = asyncio.create_task(feed(), name="feeding")
    for n, end in enumerate((mariadb.kill, mariadb.hang, mariadb.kill)):
        reached = (n + 1) * len(originals) // 5
        await stage.until(partial(stage.has, reached), "articles are stored")
        await asyncio.sleep(rng.uniform(0, 0.5))  # the random point
        end()
        await asyncio.sleep(rng.uniform(3, 9))  # shorter and longer than the lease
        await asyncio.to_thread(mariadb.go_on if end == mariadb.hang else mariadb.start)
        translators.fault["libretranslate"] = ("slow", "500", "")[n]
    await feeding
    await stage.until(lambda: stage.all_published(len(originals)), "all articles are stored, all revisions published")

    async def translated() -> bool:
        newest = {each.id: each for each in await stage.published()}
        return all(each.translated for each in newest.values() if each.language != "ko")

    await stage.until(translated, "every English story is translated", 150)
    newest = check(await stage.published(), originals)
    check_titles(newest, sent)
    assert any(each.language == "ko" for each in newest.values()), "stories that are not translated are in the sample"
    assert len(await stage.read(ARTICLES.dead_letters.name)) >= len(sent) // 12
    assert stage.running["one"].poll() is None, "no fault of a neighbour ends the process"
    stage.running["one"].terminate()
    assert await stage.running["one"].ended() == 0, stage.text()


async def test_processes_and_database_killed_together(stage: Stage, mariadb: MariaDB) -> None:
    originals, rng = sample(), random.Random(8)
    sent = with_changes(originals)
    for name in ("one", "two"):
        stage.start(name)
    stopping = asyncio.Event()

    async def supervise() -> None:
        """What `make run` and containers do: a process that ended starts again."""
        while not stopping.is_set():
            for name, process in [*stage.running.items()]:
                if process.poll() is not None:
                    stage.start(name)
            await asyncio.sleep(0.2)

    async def feed() -> None:
        for first in range(0, len(sent), 12):
            await stage.send([*sent[first : first + 12], *rng.sample(sent[: first + 12], 4)])
            await asyncio.sleep(rng.uniform(0.05, 0.3))

    supervising, feeding = asyncio.create_task(supervise(), name="supervising"), asyncio.create_task(feed(), name="feeding")
    for n in range(3):
        reached = (n + 1) * len(originals) // 5
        await stage.until(partial(stage.has, reached), "articles are stored", 120)
        await asyncio.sleep(rng.uniform(0, 0.5))  # the random point
        stage.running[rng.choice(("one", "two"))].kill()
        mariadb.kill()
        await asyncio.sleep(rng.uniform(0, 8))
        await asyncio.to_thread(mariadb.start)
    await feeding
    await stage.until(lambda: stage.all_published(len(originals)), "all articles are stored, all revisions published", 120)
    stopping.set()
    await supervising
    check_titles(check(await stage.published(), originals), sent)
