"""Tests are collected before what they need is made, and run after it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.until import until

ROOT = Path(__file__).parents[1]
TESTS = """
from pathlib import Path

Path("collected").touch()

def test_needs(): assert Path("made").exists()
"""


async def start(folder: Path, descriptor: int) -> asyncio.subprocess.Process:
    (folder / "test_one.py").write_text(TESTS)
    command = ["-m", "pytest", "-p", "tests.forking", "-p", "tests.preparing", "--processes", "2", f"--prepared-fd={descriptor}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=folder, env=environment, pass_fds=[descriptor], stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )


@pytest.mark.parametrize(
    ("said", "code", "printed"),
    [(b"prepared\n", 0, "1 passed"), (b"", 4, "what the tests need could not be made")],
    ids=["made", "not made"],
)
async def test_they_run_once_it_is_made(said: bytes, code: int, printed: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = await start(tmp_path, reading)
    os.close(reading)
    await until((tmp_path / "collected").exists)
    if said:
        (tmp_path / "made").touch()
        os.write(writing, said)
    os.close(writing)
    output, _ = await process.communicate()
    assert (process.returncode, printed in output.decode()) == (code, True), output.decode()
    assert ("passed" in output.decode()) == bool(said), "no test ran without what it needs"
