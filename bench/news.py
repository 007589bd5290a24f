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
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from bench.result import BenchmarkResult
from services.analysis.news.adapters.embedder import Embedder
from services.analysis.news.adapters.story_tables import article_row
from services.analysis.news.app import SWITCH_SECONDS
from services.analysis.news.domain.near_duplicates import signature
from services.analysis.news.domain.ports import Enrichment
from services.analysis.news.domain.resemblance import traits
from services.analysis.news.domain.stored import StoredArticle
from services.analysis.news.domain.story_index import DIMENSIONS, IndexedArticle, StoryIndex
from services.analysis.news.domain.wording import words
from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.handlers.article_handler import ArticleHandler
from services.analysis.news.settings import NewsSettings
from shared.db import open_database
from shared.events import Article
from shared.migrations.command import upgrade
from shared.tables import articles
from tests.news.labelled import headlines
from tests.news.labelled_headlines import instruments
from tests.news.parts import START, LetterVectors, Log, article, role

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
    if hasattr(os, "sched_setaffinity"):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(before)})
    with tempfile.TemporaryDirectory() as folder:
        found = [asyncio.run(_speed(Path(folder)))]
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, before)
        return [*found, *asyncio.run(_large(Path(folder)))]


def _titles(count: int) -> list[str]:
    """Headlines of the labelled sample, each with a number: every one is another text."""
    rng, sample = random.Random(3), headlines()  # noqa: S311 - test texts
    return [f"{rng.choice(sample).title} {n}" for n in range(count)]


async def _speed(folder: Path) -> BenchmarkResult:
    url = f"sqlite+aiosqlite:///{folder / 'speed.db'}"
    await asyncio.to_thread(lambda: asyncio.run(upgrade(url)))
    sent = [article(n, title, minutes=n // 20) for n, title in enumerate(_titles(ARTICLES))]
    embedder, log, delays = Embedder(), Log(), list[float]()

    async def measure() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            delays.append(loop.time() - due)

    async with role(url, log, embedder=embedder, enricher=_Enricher()) as one:
        await one.handle(*sent[:BATCH])  # loads the model
        measuring = asyncio.create_task(measure(), name="delay")
        began, cpu = time.perf_counter(), time.process_time()
        for first in range(BATCH, len(sent), BATCH):
            await one.handle(*sent[first : first + BATCH])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        measuring.cancel()
    await embedder.close()
    model = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime * (ARTICLES - BATCH) / ARTICLES
    count, stories = ARTICLES - BATCH, len({each.id for each in log.stories})
    cost = f"{1000 * model / count:.1f} ms the model, {1000 * cpu / count:.1f} ms the rest"
    delay = 1000 * float(np.quantile(delays, 0.99))
    return BenchmarkResult(
        f"{count} articles without bodies to {stories} stories: embedded, enriched, stored in SQLite, all on one core",
        f"{count / (cpu + model):.0f}/s of CPU ({cost}), {count / seconds:.0f}/s by the clock, loop delay p99 {delay:.1f} ms",
        target=">= 20/s, < 5 ms",
    )


async def _large(folder: Path) -> list[BenchmarkResult]:
    """100,000 articles, stored over 30 days: a restart reads those of the merging time; a full index keeps its size."""
    url = f"sqlite+aiosqlite:///{folder / 'large.db'}"
    await asyncio.to_thread(lambda: asyncio.run(upgrade(url)))
    rng, titles, most = np.random.default_rng(5), _titles(LARGE), NewsSettings(_env_file=None).news_index_most
    async with open_database(url) as database:
        for first in range(0, LARGE, 5000):
            part = [_stored(n, titles[n], n * MONTH_MS // LARGE, rng) for n in range(first, first + 5000)]
            async with database.begin() as connection:
                await connection.execute(insert(articles), [article_row(each) for each in part])
    async with role(url, Log()) as one:
        index = StoryIndex(most)
        handler = ArticleHandler(one.tables, index, LetterVectors(), one.publisher, one.context)
        began, cpu = time.perf_counter(), time.process_time()
        await handler.restore(most)
        seconds, cpu, read = time.perf_counter() - began, time.process_time() - cpu, len(index)
        before, full = _memory_mb(), 0.0
        for n in range(LARGE):
            index.add(_stored(n, titles[n], MONTH_MS + n, rng).indexed)
            full = _memory_mb() if n == most else full
        grown = _memory_mb() - full
        cpu_asked = time.process_time()
        for n in range(50):
            each = _stored(n, titles[n], MONTH_MS + LARGE, rng).indexed
            index.place(each.traits, each.vector, each.signature, each.at)
        asked = (time.process_time() - cpu_asked) / 50
    return [
        BenchmarkResult(
            f"restart with {LARGE:,} articles of 30 days stored: {read:,} of the last two days are read",
            f"{cpu:.1f} s CPU, {seconds:.1f} s by the clock",
            target="< 10 s",
        ),
        BenchmarkResult(
            f"memory of a full index of {len(index):,} articles, and after {LARGE:,} have passed through it",
            f"{full - before:.0f} MB, {grown:+.0f} MB",
            target="bounded",
        ),
        BenchmarkResult(f"finding the story of an article among {len(index):,}", f"{1000 * asked:.1f} ms CPU"),
    ]


def _stored(n: int, title: str, after: int, rng: np.random.Generator) -> StoredArticle:
    vector = rng.standard_normal(DIMENSIONS).astype(np.float32)
    vector /= np.linalg.norm(vector)
    found: Article = article(n, title)
    indexed = IndexedArticle(
        id=found.id,
        story_id=found.id,
        at=START + after,
        traits=traits(title, frozenset()),
        signature=signature(words(title)),
        vector=vector,
    )
    return StoredArticle(found, indexed)


def _memory_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
