"""How tests run in several processes: each test is reported once, whatever happens to the process that ran it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
SHARED = """
import pytest

@pytest.fixture(scope="session")
def server():
    yield
    with open("ended", "a") as log:
        log.write("x")
"""
TESTS = """
import os, signal, pytest

def test_passes(server, tmp_path): assert tmp_path.is_dir()
def test_fails(): print("printed"); assert [1] == [2]
def test_is_skipped(): pytest.skip("not here")
def test_ends_its_process(): os.kill(os.getpid(), signal.SIGKILL)
def test_comes_after(server): pass
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(SHARED)
    command = [sys.executable, "-m", "pytest", "-p", "tests.forking", "--processes", "2", "--junitxml", "report.xml", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_reports_every_test(tmp_path: Path) -> None:
    for name in ("test_one.py", "test_two.py", "test_three.py"):
        (tmp_path / name).write_text(TESTS)
    done = run(tmp_path)
    cases = list(ET.parse(tmp_path / "report.xml").iter("testcase"))  # noqa: S314 - our own
    assert Counter(case.get("name") for case in cases) == dict.fromkeys(
        ("test_passes", "test_fails", "test_is_skipped", "test_ends_its_process", "test_comes_after"), 3
    )
    outcomes = Counter((case.get("name"), *(child.tag for child in case)) for case in cases)
    assert outcomes["test_passes",] == outcomes["test_comes_after",] == outcomes["test_is_skipped", "skipped"] == 3
    assert outcomes["test_fails", "failure"] == outcomes["test_ends_its_process", "failure"] == 3
    assert "6 failed, 6 passed, 3 skipped" in done.stdout
    said = [case.findtext("failure") for case in cases if case.get("name") == "test_ends_its_process"]
    assert said == ["The process that ran it ended with exit code -9."] * 3
    assert "printed" in done.stdout
    assert done.returncode == 1
    assert (tmp_path / "ended").read_text() in ("xx", "x")  # of the workers that were left at the end


def test_stops_at_the_first_failure(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(TESTS)
    done = run(tmp_path, "-x")
    assert "1 failed, 1 passed" in done.stdout
    assert "stopping after 1 failures" in done.stdout
    assert (tmp_path / "ended").read_text() == "x"


def test_finds_nothing(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 5


def test_what_a_group_shares_ends_with_its_last_test(tmp_path: Path) -> None:
    for name, line in (
        ("tests/gateway/test_explain.py", "def test_uses(server): pass"),
        ("tests/notifier/test_process.py", "from pathlib import Path\ndef test_too(server): assert not Path('ended').exists()"),
        ("tests/others/test_first.py", "def test_uses_another(server): pass"),
        ("tests/others/test_other.py", "from pathlib import Path\ndef test_later(): assert Path('ended').read_text() == 'x'"),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(line)
    done = run(tmp_path, "--processes", "1", "--rootdir", str(tmp_path))
    assert "4 passed" in done.stdout
    assert (tmp_path / "ended").read_text() == "xx"
