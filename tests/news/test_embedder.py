"""The process of embeddings: the real model, and what happens when it hangs or ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest

from services.analysis.news.adapters.embedder import MOST_CHARACTERS, Embedder
from shared.failures import TransientError


@pytest.fixture
async def embedder() -> AsyncIterator[Embedder]:
    made = Embedder()
    yield made
    await made.close()


async def test_one_subject_in_two_languages_is_nearer_than_two_subjects(embedder: Embedder) -> None:
    found = await embedder.embed(
        ["Fed cuts rates by a quarter point", "연준, 기준금리 0.25%p 인하", "Tesla recalls two million cars"]
    )
    assert found.shape == (3, 384)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    same, other = found[0] @ found[1], found[1] @ found[2]
    assert same > other + 0.02


async def test_a_vector_does_not_depend_on_what_is_embedded_beside_it(embedder: Embedder) -> None:
    together = await embedder.embed(["Gold at record", "Oil falls"])
    assert np.allclose(together[1], (await embedder.embed(["Oil falls"]))[0], atol=1e-4)


async def test_hostile_texts_cost_little_and_have_a_vector(embedder: Embedder) -> None:
    hostile = ["", "\0", "word " * 5000, "\ud800 lone", "가" * 9000, "\u202e\u200b", "😀" * 300]
    found = await embedder.embed(hostile)
    assert found.shape == (len(hostile), 384)
    assert not np.isnan(found).any()
    cut = await embedder.embed([("word " * 5000)[:MOST_CHARACTERS]])
    assert np.allclose(found[2], cut[0], atol=1e-4)
    assert (await embedder.embed([])).shape == (0, 384)


@pytest.mark.parametrize("bad", ["hang", "crash"])
async def test_a_text_without_an_answer_is_unknown_and_the_others_are_embedded(bad: str) -> None:
    embedder = Embedder("tests.news.mute_embedder", request_seconds=1.0)
    try:
        found = await embedder.embed(["one", bad, "two"])
        assert np.isnan(found).all(axis=1).tolist() == [False, True, False]
    finally:
        await embedder.close()


async def test_a_process_that_does_not_start_is_a_transient_failure() -> None:
    embedder = Embedder("tests.news.no_such_module")
    with pytest.raises(TransientError, match="does not start"):
        await embedder.embed(["one"])
    await embedder.close()
