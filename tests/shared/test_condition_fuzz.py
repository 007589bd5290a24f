"""A small, fixed part of ``python -m tests.shared.fuzz``."""

from __future__ import annotations

import pytest

from tests.shared import fuzz
from tests.sizes import examples


def test_random_texts_are_conditions_or_errors() -> None:
    count = examples(1500, 3)
    answers = fuzz.answers_of(fuzz.texts_of(seed=20, block=0, count=count), seconds=1.0)
    assert answers.findings == []
    assert answers.codes.total() == count
    assert answers.codes["condition"] > count / 15
    assert len(answers.codes) > 15


def test_a_finding_is_shown_with_its_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = fuzz.answers_of(iter(["close > open", "close >"]), seconds=0.0)
    assert len(answers.findings) == 2
    assert answers.findings[0].startswith("'close > open': AssertionError: ")
    monkeypatch.setattr(fuzz, "_block", lambda *_: answers)
    assert fuzz.main(["--texts", "2", "--seed", "7"]) == 1
    assert "block 0: 'close >': AssertionError" in capsys.readouterr().out
