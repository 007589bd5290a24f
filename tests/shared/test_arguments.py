from __future__ import annotations

import os
import subprocess
import sys

import pytest

from shared.arguments import given_arguments


def test_arguments_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["finstage", "삼성전자 > 5", ""])
    assert given_arguments() == ["삼성전자 > 5", ""]


@pytest.mark.parametrize(
    "program", [("services.gateway", "keys", "revoke"), ("services.analysis", "explain")], ids=lambda each: each[0]
)
def test_bytes_that_are_no_text_are_refused(program: tuple[str, ...]) -> None:
    """They were left out: a condition on ``cl\\xe9ose`` was read as one on the close."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    command = [os.fsencode(each) for each in (sys.executable, "-m", *program)]
    ended = subprocess.run([*command, b"cl\xe9ose > 5"], env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "error: the argument 'cl\\udce9ose > 5' is not UTF-8\n"
