"""Settings that cannot work are told before anything is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.ingest.app import check
from services.ingest.settings import Settings


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (partial(Settings, tape="nonsense"), "tapes there: crypto, daily, demo, seconds"),
        (partial(Settings, universe=Path("/nowhere.jsonl")), "/nowhere.jsonl"),
    ],
)
def test_what_cannot_be_read_is_named(wrong: Callable[[], Settings], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(wrong())
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_what_is_bundled_can_be_read() -> None:
    for tape in ("crypto", "daily", "demo", "seconds"):
        check(Settings(tape=tape))
