"""Every table of timeframes follows from the one in shared/events/timeframe.py."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast, get_args

import pytest
from sqlalchemy.dialects import mysql

from infra.documents.page_tables import page_timeframes
from services.analysis.kernels.plan import TIMEFRAME_NAMES, plan
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, UP_TO_WEEKLY
from services.analysis.kernels.rules.table import RULES
from services.analysis.live.domain import checkpoint
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import FRAME, PERIOD_CODES, SESSION, SYMBOL, TIMEFRAMES, frames
from services.analysis.live.domain.state import CHARTED
from services.gateway.domain import timeframes as api
from services.ingest.domain.history_position import BUILT, DEPTH_MS
from services.notifier.domain import timeframe_names
from shared.events import PERIODS, Timeframe
from shared.tables import metadata
from tests.hours import sessions

ROOT = Path(__file__).parents[2]
OWN = {
    "shared/events/timeframe.py": "the table",
    "shared/migrations/versions/0011_timeframes.py": "what a migration added",
    "services/ingest/domain/history_position.py": "what Yahoo delivers",
    "services/ingest/adapters/tape_maker.py": "what the tape files hold",
}
"""Files that may list timeframes, and why."""
NAMES = {*(each.name for each in Timeframe), *(each.value for each in Timeframe), *(each.row.api for each in Timeframe)}


def test_the_table_is_ordered_and_each_timeframe_is_built_from_a_finer_one() -> None:
    order = list(Timeframe)
    for finer, coarser in pairwise(order):
        assert finer.row.longest_ms < coarser.row.longest_ms
        assert finer.row.length_ms > 0 or not coarser.row.length_ms
    for each in order[1:]:
        assert each.built_from is not None
        assert order.index(each.built_from) < order.index(each)
        assert each.row.length_ms % each.built_from.row.length_ms == 0 if each.row.length_ms else True
    assert order[0].built_from is None
    for texts in zip(*((each.value, each.word, each.row.api, each.row.en, each.row.ko, each.short) for each in order), strict=True):
        assert len(set(texts)) == len(order)
    assert len({each.word.lower() for each in order}) == len(order), "conditions are in lower case"
    assert all(len(each.value) <= 4 for each in order), "the column of the tables"


def test_every_consumer_has_every_timeframe() -> None:
    every = tuple(Timeframe)
    assert (*TIMEFRAMES,) == every
    assert (*TIMEFRAME_NAMES,) == tuple(each.value for each in every)
    assert len(plan().runs) == len(frames()) == len(every)
    assert tuple(TIMEFRAMES[code] for code in PERIOD_CODES) == tuple(PERIODS)
    for layout in (SESSION, SYMBOL):
        assert layout["period_open"].shape == layout["period_close"].shape == (len(PERIODS),)
    assert {*DEPTH_MS, *(each for built in BUILT.values() for each in built)} == {*every}
    assert (*api.TIMEFRAME_BY_NAME.values(),) == (*api.NAME_BY_TIMEFRAME,) == every
    assert get_args(api.TimeframeName) == tuple(each.row.api for each in every)
    for language in ("ko", "en"):
        assert (*timeframe_names.TIMEFRAMES[language],) == tuple(each.value for each in every)
    day = sessions("NYSE", dt.date(2024, 7, 1), dt.date(2024, 7, 2))
    assert {*day.period_open} == {*day.period_close} == {*PERIODS}
    assert [f'name: "{each.row.api}"' in page_timeframes() for each in every] == [True] * len(every)
    assert (*INTRADAY_AND_DAILY,) == ("15m", "1h", "1d")
    assert (*UP_TO_WEEKLY,) == (*CHARTED,) == ("15m", "1h", "4h", "1d", "1w")


def test_the_kernels_table_says_what_each_timeframe_is() -> None:
    assert FRAME.names == ("length", "period", "snapshots")
    found = {each.value: tuple(frame) for each, frame in zip(Timeframe, frames().tolist(), strict=True)}
    assert found["4h"] == (14_400_000, -1, 0)
    assert found["1d"] == (0, -1, 1)
    assert (found["1w"], found["1M"]) == ((0, 0, 0), (0, 1, 0))


def test_every_column_of_timeframes_is_compared_with_case() -> None:
    columns = [table.c.timeframe for table in metadata.tables.values() if "timeframe" in table.c]
    assert {column.table.name for column in columns} >= {"bars", "signals", "patterns", "signal_quality"}
    for column in columns:
        assert "COLLATE utf8mb4_bin" in column.type.compile(mysql.dialect())


@pytest.mark.parametrize("folder", ["shared", "services", "infra"])
def test_no_other_file_lists_timeframes(folder: str) -> None:
    """No mapping, tuple, list or set with three of them; subscripts of ``Literal`` are tuples too."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name in OWN or "node_modules" in name:
            continue
        text = path.read_text("utf-8")
        if sum(each in text for each in NAMES) < 3:  # spares most files the parser
            continue
        for node in ast.walk(ast.parse(text)):
            parts = (
                node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else []
            )
            if len({named for part in parts if (named := _timeframe(part)) is not None}) >= 3:
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
    assert found == []


def _timeframe(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr in NAMES and "imeframe" in ast.unparse(node.value):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and node.value in NAMES else None


def test_a_state_of_other_timeframes_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its series have no memory of what fired on the timeframes that were added since."""
    daily = [replace(rule, timeframes=("1d",)) for rule in RULES]
    assert plan(rules=daily).version != plan(rules=RULES).version
    hours = cast("Calendar", SimpleNamespace(codes={}))
    before = checkpoint.state_version("plan", hours)
    monkeypatch.setattr(checkpoint, "CHARTED", tuple(reversed(CHARTED)))
    assert checkpoint.state_version("plan", hours) != before
