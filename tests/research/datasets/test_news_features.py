"""Numbers of stories are those that were known at the close of each bar."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from services.analysis.news.handlers.article_handler import ArticleHandler
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.datasets.embedding_components import COMPONENTS, FILE, ComponentsFile, components
from services.analysis.research.datasets.feature_names import read_features
from services.analysis.research.datasets.news_features import news_values
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.news_history import NEWS_RECORD, NewsHistory
from services.analysis.research.runs.dataset import KIND
from services.analysis.research.runs.execution import Execution, execute
from services.analysis.research.settings import ResearchSettings
from shared.db import Database
from shared.events import Article, Timeframe
from shared.tables import bars, instruments
from tests.industries.test_role import instrument
from tests.news.parts import HOUR, START, LetterVectors, Log, article, role
from tests.research.datasets.fit_components import fit
from tests.research.role import ROOT
from tests.sizes import examples

DAY = 24 * HOUR
FEATURES = ("news_count(2)", "news_importance(2)", "industry_news_count(3)", "news_embedding(2, 1)", "news_embedding(2, 2)")
COUNT, IMPORTANCE, INDUSTRY, FIRST, SECOND = (
    "news_count_2", "news_importance_2", "industry_news_count_3", "news_embedding_2_1", "news_embedding_2_2"
)  # fmt: skip
VECTORS = np.random.default_rng(1).standard_normal((5, 384)).astype(np.float32)
"""Of the stories 0 to 4; one has none."""
VECTORS[3] = np.nan
CLOSES = START + DAY * np.arange(8)
SESSIONS = np.array([20231114 + n for n in range(8)])


def values(records: list[tuple[int, int, int, float]], since: int | None = START, every: int = 1) -> dict[str, list[float | None]]:
    """Of 8 sessions of ``every`` bars, an hour apart, the last of which ends at ``CLOSES``."""
    found = np.array(sorted(records, key=lambda each: each[2]), NEWS_RECORD)
    history = NewsHistory(since, found, found, VECTORS)
    closes = (CLOSES[:, None] - HOUR * np.arange(every)[::-1]).ravel()
    features = read_features(FEATURES, Timeframe.D1)
    columns = news_values(history, closes, np.repeat(SESSIONS, every), features)
    return {name: [None if np.isnan(each) else each for each in column.tolist()] for name, column in columns.items()}


def test_a_story_counts_from_the_bar_that_knows_it_until_its_window_has_passed() -> None:
    """Story 1 is seen at a close, story 2 a millisecond after one; story 1 grows later, and story 3 is linked late."""
    at = CLOSES.tolist()
    found = values([(1, at[3], at[3], 0.2), (1, at[3], at[4], 0.5), (2, at[4] + 1, at[4] + 1, 0.3), (3, at[5], at[6] - 5, 0.9)])
    assert found[COUNT] == [None, None, 0, 1, 1, 1, 2, 0]
    assert found[IMPORTANCE] == [None, None, 0, 0.2, 0.5, 0.3, 0.9, 0]
    assert found[INDUSTRY] == [None, None, None, 1, 1, 2, 2, 2]
    one, two = components(VECTORS)[1:3, 0]
    assert found[FIRST] == [None, None, None, *(pytest.approx(each) for each in (one, one, two, two)), None]
    assert found[SECOND][3] == pytest.approx(components(VECTORS)[1, 1])


def test_what_was_not_recorded_is_not_known() -> None:
    at = CLOSES.tolist()
    one = [(1, at[5], at[5], 0.2)]
    assert values(one, since=at[2] + 1)[COUNT] == [None] * 5 + [1, 1, 0]
    assert values([], since=None)[COUNT] == [None] * 8
    assert values([])[IMPORTANCE] == [None, None] + [0] * 6


def test_a_window_of_hourly_bars_is_of_sessions() -> None:
    at = CLOSES.tolist()
    found = values([(1, at[3] - HOUR, at[3] - HOUR, 0.2)], every=3)[COUNT]
    assert found == [None] * 6 + [0] * 4 + [1] * 5 + [0] * 9


moments = st.integers(START - DAY, START + 8 * DAY)
record = st.tuples(st.integers(1, 4), moments, st.integers(0, 3 * DAY), st.floats(0, 1))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(record, max_size=12), st.integers(0, 7))
def test_what_was_known_after_a_close_changes_nothing_before(drawn: list[tuple[int, int, int, float]], bar: int) -> None:
    first: dict[int, int] = {}
    records = [(story, first.setdefault(story, seen), first[story] + later, much) for story, seen, later, much in drawn]
    known = [each for each in records if each[2] <= CLOSES[bar]]
    whole, past = values(records), values(known)
    for name, column in whole.items():
        assert column[: bar + 1] == past[name][: bar + 1], name
    expected = {story for story, seen, _, _ in known if bar >= 2 and seen > CLOSES[bar - 2]}
    assert whole[COUNT][bar] == (len(expected) if bar >= 2 else None)


async def store_market(database: Database) -> None:
    """Two sessions before the first story and ten after it, each an hour before the time of day of ``START``."""
    rows = [
        {
            "symbol": symbol, "timeframe": "1d", "ts_close": at, "ts_open": at - 6 * HOUR, "source": "t", "replayed": False,
            "session": int(f"{dt.datetime.fromtimestamp(at / 1000, dt.UTC):%Y%m%d}"), "open": 10.0, "high": 11.0, "low": 9.0,
            "close": 10.0 + day % 3, "volume": 5.0, "price_factor": 1.0, "split_factor": 1.0,
        }
        for symbol in ("AAPL", "NVDA") for day, at in enumerate(range(START - 2 * DAY - HOUR, START + 10 * DAY, DAY))
    ]  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(insert(instruments), [instrument(symbol) for symbol in ("AAPL", "NVDA")])
        await connection.execute(insert(bars), rows)


def made(url: str, end: dt.date | None = None) -> Execution:
    data = SeriesData(DataRequest(end=end), ResearchSettings(cache=ROOT / ".cache", database_url=url))
    return execute(KIND, {"features": FEATURES, "labels": ["forward_return(1)"], "embargo": 0}, data, lambda *_: None)


def column(found: Execution, folder: Path, name: str) -> list[float | None]:
    (folder / "rows.parquet").write_bytes(found.artefacts["year-2023.parquet"])
    table = pd.read_parquet(folder / "rows.parquet")
    return [None if pd.isna(each) else each for each in table.loc[table["symbol"] == "AAPL", name]]


async def test_the_role_writes_what_data_sets_read(database_url: str, tmp_path: Path) -> None:
    """A story that grows after a close, or that is first seen after it, changes no row of before, and no run up to there."""
    clock = START
    async with role(database_url, Log()) as one:
        await store_market(one.database)
        context = replace(one.context, clock=lambda: clock)
        articles = ArticleHandler(one.tables, one.index, LetterVectors(), one.publisher, context)

        async def handle(*sent: Article) -> None:
            await articles.handle([SimpleNamespace(event=each) for each in sent])  # type: ignore[misc]

        clock = START + 60_000
        await handle(article(1, "Apple unveils a chip", symbols=("AAPL",)))
        clock = START + 4 * DAY
        await handle(article(2, "Nvidia sells more cards than ever", minutes=4 * 24 * 60, symbols=("NVDA",)))
        early = await asyncio.to_thread(made, database_url, dt.date(2023, 11, 19))
        clock = START + 5 * DAY
        await handle(
            article(3, "Nvidia sells more cards than ever", minutes=4 * 24 * 60 + 30, symbols=("AAPL",), publisher="Other"),
            article(4, "Apple opens a shop in Seoul", minutes=5 * 24 * 60, symbols=("AAPL",)),
        )
        late = await asyncio.to_thread(made, database_url)
        again = await asyncio.to_thread(made, database_url, dt.date(2023, 11, 19))
    counted = column(late, tmp_path, COUNT)
    assert counted[:7] == [None, None, None, None, None, 0, 0]
    assert counted[7:] == [0, 2, 1, 0, 0, 0]
    assert again.record == early.record
    vectors = (await LetterVectors().embed(["Apple opens a shop in Seoul", "Nvidia sells more cards than ever"])).astype(np.float16)
    first, second = components(vectors.astype(np.float32))[:, 0].tolist()
    embedded = column(late, tmp_path, FIRST)
    assert embedded[7:] == [None, pytest.approx((first + second) / 2), pytest.approx(first), None, None, None]
    assert column(early, tmp_path, COUNT) == counted[: len(column(early, tmp_path, COUNT))]
    assert set(late.artefacts) >= {"card.md", "manifest.json"}


@pytest.mark.parametrize(
    "text", ["news", "news_count(0)", "news_count(5", "industry_news_importance(5)", "news_embedding(5, 9)", "news_embedding(0)"]
)
def test_a_wrong_name_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="features: "):
        read_features((text,), Timeframe.D1)


def test_an_embedding_without_a_component_is_all_of_them() -> None:
    found = read_features(("news_embedding(5)",), Timeframe.D1)
    assert [each.column for each in found] == [f"news_embedding_5_{n + 1}" for n in range(COMPONENTS)]
    assert components(np.full((1, 384), np.nan, np.float32)).shape == (1, COMPONENTS)


async def test_the_components_are_those_that_the_sample_gives() -> None:
    kept, again = msgspec.json.decode(FILE.read_bytes(), type=ComponentsFile), await fit()
    # the model rounds differently on processors with other instructions, which turns a component a little
    assert (np.sum(np.multiply(kept.components, again.components), axis=1) > 0.999).all()
    assert np.allclose(kept.middle, again.middle, atol=1e-3)
