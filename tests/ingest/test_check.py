"""Settings that cannot work are told before anything is opened."""

from __future__ import annotations

import pytest

from services.ingest.app import check
from services.ingest.settings import Settings


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"tape": "nonsense"}, "tapes there: crypto, daily, demo, seconds"), ({"universe": "/nowhere.jsonl"}, "/nowhere.jsonl")],
)
def test_what_cannot_be_read_is_named(wrong: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(Settings(**wrong))
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_what_is_bundled_can_be_read() -> None:
    for tape in ("crypto", "daily", "demo", "seconds"):
        check(Settings(tape=tape))
