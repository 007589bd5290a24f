"""The kind of run as a job: which records it gives, and that they are corrected for all that was computed."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import groupby
from typing import Any

import msgspec
import pytest

from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.quality import run
from services.analysis.research.quality.run import MOST_LISTED, QUALITY, QualityRow
from services.analysis.research.runs.execution import Execution, execute, read_parameters
from services.analysis.research.settings import ResearchSettings
from shared.events import RunQuality
from tests.research.role import ROOT

SETTINGS = ResearchSettings(cache=ROOT / ".cache")


def done(start: dt.date | None = None, **options: Any) -> Execution:
    """A job as the worker does it."""
    about: dict[str, Any] = {"id": "q", "requested_by": "k", "ts_event": 1, "ts_init": 1, "source": "test"}
    row = new_row(RunQuality(symbols=("SPY", "AAPL"), tape="daily", start=start, options=options, **about), 1)
    assert (row.state, row.request.kind) == ("queued", "quality")
    return execute(QUALITY, row.request.parameters, SeriesData(row.request.data, SETTINGS), lambda *_: None, row.id)


@cache
def every() -> Execution:
    return done()


def rows(found: Execution) -> list[QualityRow]:
    return msgspec.json.decode(found.artefacts["records.json"], type=list[QualityRow])


def test_the_records_that_are_asked_for_are_corrected_for_all_others_too() -> None:
    some = done(rule="macd_cross", level="instrument", horizon=5)
    all_rows, chosen = rows(every()), rows(some)
    assert chosen == [
        each for each in all_rows if (each.rule, each.level, each.quality.horizon_bars) == ("macd_cross", "instrument", 5)
    ]
    assert {each.group for each in chosen} == {"SPY", "AAPL"}
    figures, of_some = every().record.summary, some.record.summary
    assert (figures["records"], of_some["records"]) == (len(all_rows), len(chosen))
    assert of_some["tried"] == figures["tried"] == all_rows[0].quality.tried > 100
    assert of_some["validated"] == figures["validated"] == sum(each.quality.validated for each in all_rows)
    listed = msgspec.convert(figures["listed"], list[QualityRow])
    assert listed == [each for each in all_rows if each.level == "all"][:MOST_LISTED]
    assert len(listed) == MOST_LISTED < len(all_rows), "the file has the others"


def test_validated_records_stand_first_and_then_those_of_the_widest_level() -> None:
    found = [each for each in rows(every()) if (each.rule, each.quality.horizon_bars) == ("macd_cross", 5)]
    best = found[-1]
    better = msgspec.structs.replace(best, quality=msgspec.structs.replace(best.quality, validated=True))
    levels = [each.level for each in sorted(found, key=run._place)]
    assert [level for level, _ in groupby(levels)] == ["all", "industry", "instrument"]
    assert min([*found[:-1], better], key=run._place) is better


def test_a_rule_without_a_record_is_named() -> None:
    with pytest.raises(RunError, match="rule: golden_cross has no signal on these bars, or too short a past of them"):
        done(dt.date(2021, 3, 1), rule="golden_cross")


def test_the_request_of_an_earlier_run_is_still_read() -> None:
    earlier = {"cost_bps": 10.0, "horizons": [1, 5, 20], "levels": ["instrument", "industry", "all"]}
    assert read_parameters(QUALITY, earlier) == read_parameters(QUALITY, {})
