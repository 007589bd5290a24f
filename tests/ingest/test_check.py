"""Invalid settings are reported before anything is opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.analysis.live.app import check as check_analysis
from services.analysis.live.settings import LiveSettings as AnalysisSettings
from services.ingest.checks import check
from services.ingest.settings import IngestSettings

WRONG_HOURS = {
    "exchange": "KRX",
    "source": "a notice",
    "date": "2027-11-18",
    "zone": "Asia/Seoul",
    "open": "25:00",
    "close": "16:30",
}


def test_a_bad_line_of_corrected_hours_stops_the_start_of_both_services(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(f"\n{json.dumps(WRONG_HOURS)}\n")
    starts: tuple[Callable[[], object], ...] = (
        lambda: check(IngestSettings(calendar_corrections=own)),
        lambda: check_analysis(AnalysisSettings(calendar_corrections=own)),
    )
    for start in starts:
        with pytest.raises(SystemExit) as ended:
            start()
        assert ended.value.code == 2
        assert capsys.readouterr().err == f"error: {own} line 2: open '25:00' is not a time HH:MM\n"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (partial(IngestSettings, tape="nonsense"), "tapes there: crypto, daily, demo, seconds"),
        (partial(IngestSettings, universe=Path("/nowhere.jsonl")), "/nowhere.jsonl"),
    ],
)
def test_an_unreadable_file_is_named(wrong: Callable[[], IngestSettings], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(wrong())
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_bundled_tapes_pass_the_check() -> None:
    for tape in ("crypto", "daily", "demo", "seconds"):
        check(IngestSettings(tape=tape))
