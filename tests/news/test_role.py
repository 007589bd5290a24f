"""``python -m services.analysis news`` on a real broker and a real database, killed at random points."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from services.analysis.news.domain.stories import story_id
from shared.topics import ARTICLES
from tests.databases import on_mariadb
from tests.news.parts import article, check
from tests.news.stage import Stage, open_stage, sample
from tests.preloading.process import Process
from tests.servers import Broker

pytestmark = [pytest.mark.kill]


@pytest.fixture
async def stage(empty_kafka: Broker, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(empty_kafka.bootstrap, database_url, tmp_path) as made:
        yield made


@pytest.mark.thorough
@on_mariadb
async def test_killed_at_random_points_no_article_is_lost_and_no_story_doubled(stage: Stage) -> None:
    sent, rng = sample(), random.Random(11)
    stage.start("one")
    stage.start("two")
    await stage.until(lambda: "writes stories" in stage.text() or '"event":"started"' in stage.text(), "a process starts")

    async def feed() -> None:
        for first in range(0, len(sent), 12):
            part = sent[first : first + 12]
            await stage.send([*part, *rng.sample(sent[: first + 12], 4)])  # some are delivered again
            await stage.send_raw(b"poison", rng.choice([b"{}", b"\xff", b'{"type": "article", "id": 1}']))
            await stage.send([article(10_000 + first, "t" * 301)])
            await asyncio.sleep(rng.uniform(0.05, 0.4))

    feeding = asyncio.create_task(feed(), name="feeding")
    for n in range(3):
        reached = (n + 1) * len(sent) // 5
        await stage.until(partial(stage.has, reached), "articles are stored")
        await asyncio.sleep(rng.uniform(0, 0.3))  # the random point
        for name in rng.choice([("one",), ("two",), ("one", "two")]):
            stage.running[name].kill()
            await stage.running[name].ended()
            stage.start(name)
    await feeding
    await stage.until(lambda: stage.all_published(len(sent)), "all articles are stored, all revisions published")
    newest = check(await stage.published(), sent)
    assert len(newest) < len(sent)
    assert max(each.revision for each in newest.values()) > 1
    dead = await stage.read(ARTICLES.dead_letters.name)
    assert len({message.value for message in dead}) >= 3 + len(sent) // 12
    for process in stage.running.values():
        process.terminate()
        assert await process.ended() == 0, stage.text()
    assert await stage.stored() == len(sent)


@on_mariadb
async def test_the_command_shows_and_splits_while_the_role_runs(stage: Stage) -> None:
    first, second = (article(n, "Fed cuts interest rates by a quarter point" + "!" * n, minutes=n) for n in range(2))
    stage.start("one")
    await stage.send([first])
    await stage.until(lambda: stage.has(1), "the first is stored")
    await stage.send([second])
    await stage.until(lambda: stage.has(2), "both are stored")
    story = story_id(first.id)

    async def run(*arguments: str) -> tuple[int, str]:
        log = stage.folder / f"command-{len(list(stage.folder.iterdir()))}"
        code = await Process(("services.analysis", "news", *arguments), stage.environment(), log).ended()
        return code, log.read_text()

    code, text = await run("show", story)
    assert (code, second.id in text, f"near {first.id}" in text) == (0, True, True), text
    code, text = await run("split", story, second.id)
    assert (code, text.strip()) == (0, story_id(second.id, split=True)), stage.text()
    assert await run("split", story, "0" * 32) == (1, f"error: the story has no article {'0' * 32}\n")
    found = {each.id: each for each in await stage.published()}
    assert [[each.id for each in found[id_].articles] for id_ in (story, text.strip())] == [[first.id], [second.id]]
