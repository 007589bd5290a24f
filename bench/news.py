"""Articles to stories: speed with the real model, delay of the event loop, memory and restart of a large index."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from bench.result import BenchmarkResult
from services.analysis.news.adapters.embedder import Embedder
from services.analysis.news.adapters.story_tables import article_row
from services.analysis.news.app import SWITCH_SECONDS
from services.analysis.news.domain.article_columns import DIMENSIONS, IndexedArticle
from services.analysis.news.domain.near_duplicates import signature
from services.analysis.news.domain.ports import Enrichment
from services.analysis.news.domain.resemblance import pack, traits
from services.analysis.news.domain.stored import StoredArticle
from services.analysis.news.domain.story_index import StoryIndex
from services.analysis.news.domain.wording import words
from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.handlers.article_handler import ArticleHandler
from services.analysis.news.settings import NewsSettings
from shared.db import open_database
from shared.events import Article
from shared.migrations.command import upgrade
from shared.tables import articles
from tests.news.labelled import headlines, vectors
from tests.news.labelled_headlines import instruments
from tests.news.parts import START, LetterVectors, Log, article, role
from tests.servers import open_mariadb

ARTICLES: Final = 400
BATCH: Final = 32
LARGE: Final = 100_000
MONTH_MS: Final = 30 * 86_400_000
TICK_SECONDS: Final = 0.005


class _Enricher:
    """With the instruments that ingest lists."""

    def __init__(self) -> None:
        self._enricher = Enricher(instruments())

    def links(self, article: Article) -> frozenset[str]:
        return self._enricher.stocks(article)

    async def enrich(self, articles: Sequence[Article], vector: NDArray[np.float32]) -> Enrichment:
        return await asyncio.to_thread(self._enricher.enrich, articles, vector)


def rows() -> list[BenchmarkResult]:
    """One core for the role and its embedding process together."""
    sys.setswitchinterval(SWITCH_SECONDS)
    every_core = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder:
        stored = asyncio.run(_stored_articles())
        os.sched_setaffinity(0, {min(every_core)})
        try:
            found = [asyncio.run(_speed(Path(folder), stored))]
        finally:
            os.sched_setaffinity(0, every_core)
        return [*found, *asyncio.run(_restart(Path(folder), stored))]


def _titles(count: int) -> list[str]:
    """Headlines of the labelled sample, each with a number: every one is another text."""
    rng, sample = random.Random(3), headlines()  # noqa: S311 - test texts
    return [f"{rng.choice(sample).title} {n}" for n in range(count)]


async def _stored_articles() -> list[StoredArticle]:
    """Of 30 days: headlines of the sample, some 220 variants of each, near its vector as the model gives it."""
    rng, sample, near = np.random.default_rng(5), headlines(), await vectors()
    made = []
    for n in range(LARGE):
        kind = int(rng.integers(len(sample)))
        vector = near[kind] + rng.standard_normal(DIMENSIONS).astype(np.float32) * 0.01
        found: Article = article(n + ARTICLES, f"{sample[kind].title} {n}")
        indexed = IndexedArticle(
            id=found.id,
            story_id=found.id,
            at=START - MONTH_MS + n * MONTH_MS // LARGE,
            traits=pack(traits(found.title, frozenset())),
            signature=signature(words(found.title)),
            vector=(vector / np.linalg.norm(vector)).astype(np.float16).astype(np.float32),
        )
        made.append(StoredArticle(found, indexed))
    return made


async def _speed(folder: Path, stored: Sequence[StoredArticle]) -> BenchmarkResult:
    """All 100,000 articles of the index are of the two days with which a new one is compared."""
    url = f"sqlite+aiosqlite:///{folder / 'speed.db'}"
    await asyncio.to_thread(lambda: asyncio.run(upgrade(url)))
    sent = [article(n, title, minutes=n // 20) for n, title in enumerate(_titles(ARTICLES))]
    embedder, log, delays = Embedder(), Log(), list[float]()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime  # of processes of other parts

    async def measure() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            delays.append(loop.time() - due)

    async with role(url, log, embedder=embedder, enricher=_Enricher(), most=LARGE) as one:
        one.index.add([replace(each.indexed, at=START - n) for n, each in enumerate(stored)])
        await one.handle(*sent[:BATCH])  # loads the model
        measuring = asyncio.create_task(measure(), name="delay")
        began, cpu = time.perf_counter(), time.process_time()
        for first in range(BATCH, len(sent), BATCH):
            await one.handle(*sent[first : first + BATCH])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        measuring.cancel()
        held = len(one.index)
    await embedder.close()
    model = (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - ended) * (ARTICLES - BATCH) / ARTICLES
    count, stories = ARTICLES - BATCH, len({each.id for each in log.stories})
    cost = f"{1000 * model / count:.1f} ms the model, {1000 * cpu / count:.1f} ms the rest"
    delay = 1000 * float(np.quantile(delays, 0.99))
    return BenchmarkResult(
        f"{count} articles without bodies to {stories} stories, each compared with {held:,}: embedded, enriched, stored in SQLite, "
        "all on one core",
        f"{count / (cpu + model):.0f}/s of CPU ({cost}), {count / seconds:.0f}/s by the clock, loop delay p99 {delay:.1f} ms",
        target=">= 20/s, < 5 ms",
    )


async def _store(url: str, stored: Sequence[StoredArticle]) -> None:
    async with open_database(url) as database:
        for first in range(0, LARGE, 5000):
            part = [article_row(each) for each in stored[first : first + 5000]]
            async with database.begin() as connection:
                await connection.execute(insert(articles), part)


async def _restored(url: str, name: str) -> tuple[StoryIndex, float, BenchmarkResult]:
    """The index that a restart reads, its memory in MB, and the row of the page."""
    most = NewsSettings(_env_file=None).news_index_most
    async with role(url, Log(), most=1) as one:
        index = StoryIndex(most)
        handler = ArticleHandler(one.tables, index, LetterVectors(), one.publisher, one.context)
        before, began, cpu = _memory_mb(), time.perf_counter(), time.process_time()
        await handler.restore(most)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    work = f"restart with {LARGE:,} articles of 30 days stored in {name}: {len(index):,} are read"
    figures = f"{cpu:.1f} s CPU, {seconds:.1f} s by the clock"
    return index, _memory_mb() - before, BenchmarkResult(work, figures, target="< 10 s")


async def _restart(folder: Path, stored: Sequence[StoredArticle]) -> list[BenchmarkResult]:
    """A restart reads 30 days; a full index keeps its size."""
    url = f"sqlite+aiosqlite:///{folder / 'large.db'}"
    await asyncio.to_thread(lambda: asyncio.run(upgrade(url)))
    await _store(url, stored)
    index, size, restart = await _restored(url, "SQLite")
    read, full = len(index), _memory_mb()
    late = [replace(each.indexed, id=each.indexed.id[:31] + "x") for each in stored[LARGE // 2 : LARGE // 2 + 320]]
    cpu_asked = time.process_time()
    for first in range(0, len(late), BATCH):
        index.place(late[first : first + BATCH])
    asked = (time.process_time() - cpu_asked) / len(late)
    for first in range(0, LARGE, BATCH):
        new = [replace(each.indexed, id=each.indexed.id[::-1], at=START + first) for each in stored[first : first + BATCH]]
        index.add(new)
    grown = _memory_mb() - full
    return [
        restart,
        *await _restart_mariadb(folder, stored),
        BenchmarkResult(
            f"memory of an index of {read:,} articles, and after {LARGE:,} have passed through it",
            f"{size:.0f} MB, {grown:+.0f} MB",
            target="bounded",
        ),
        BenchmarkResult(
            f"finding the stories of articles of two weeks ago among {len(index):,} of 30 days, {BATCH} at a time",
            f"{1000 * asked:.1f} ms CPU each",
        ),
    ]


async def _restart_mariadb(folder: Path, stored: Sequence[StoredArticle]) -> list[BenchmarkResult]:
    """The same restart where MariaDB is installed."""
    try:
        with open_mariadb(folder) as server:
            url = server.create("news")
            await asyncio.to_thread(lambda: asyncio.run(upgrade(url)))
            await _store(url, stored)
            _, _, restart = await _restored(url, "MariaDB")
            return [restart]
    except FileNotFoundError as error:
        return [BenchmarkResult("the same in MariaDB", f"not measured: {error}")]


def _memory_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
