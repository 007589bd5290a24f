"""The generated module: written once by the first process, then loaded from the cache, written again after an edit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from services.analysis.kernels import indicators, machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from tests.analysis.market import KERNELS

ROOT = Path(__file__).parents[2]

LOAD = """
import sys
from pathlib import Path
from services.analysis.kernels.machine_code import load
print(load(Path(sys.argv[1])).core.__file__)
"""

RUN = """
import sys
from pathlib import Path
import numpy as np
from services.analysis.kernels.machine_code import load
from services.analysis.kernels.whole_series import history
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
loops, x = load(Path(sys.argv[1])), np.arange(1.0, 50.0)
history(loops, plan(), Bars(x, x, x, x, x, np.zeros(len(x), np.int64), x, x))
print(sum(loops.core.history.stats.cache_hits.values()), sum(loops.core.history.stats.cache_misses.values()))
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_several_processes_write_it_at_once(tmp_path: Path) -> None:
    processes = [start(LOAD, tmp_path / "new") for _ in range(2)]
    printed = {process.communicate(timeout=120)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0]
    assert printed == {str(file) for file in (tmp_path / "new").iterdir() if file.is_file()}
    assert len(printed) == 1


def test_another_process_compiles_nothing() -> None:
    x = np.arange(1.0, 50.0)
    history(machine_code.load(KERNELS), plan(), Bars(x, x, x, x, x, np.zeros(len(x), np.int64), x, x))
    printed, _ = start(RUN, KERNELS).communicate(timeout=170)
    assert printed.split() == ["1", "0"]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a copy of the indicators, of which the hash is computed from now on."""
    for file in Path(str(indicators.__file__)).parent.glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"))
    monkeypatch.setattr(indicators, "__file__", str(tmp_path / "__init__.py"))
    yield tmp_path
    machine_code.kernel_fingerprint.cache_clear()


def versions() -> tuple[str, str]:
    """Names of the machine code and of the state, as the sources are now."""
    machine_code.kernel_fingerprint.cache_clear()
    return machine_code.kernel_fingerprint(), plan(fingerprint=machine_code.kernel_fingerprint()).version


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new))


def test_an_edit_of_a_constant_gives_other_machine_code_and_another_state(copied: Path) -> None:
    before = versions()
    edit(copied / "ema.py", "2.0", "3.0")
    code, state = versions()
    assert code != before[0]
    assert state != before[1]


def test_an_edit_of_a_docstring_a_comment_or_an_annotation_keeps_both(copied: Path) -> None:
    before = versions()
    for file in copied.glob("*.py"):
        text = file.read_text("utf-8").replace('"""', '"""Edited. ', 1).replace(") -> tuple[State, Values]:", "):")
        file.write_text(f"# edited\n{text}")
    assert versions() == before
    edit(copied / "kind.py", "    session: Int64s", "    session: Floats")
    assert versions() == before


def test_the_order_of_a_bars_fields_is_code(copied: Path) -> None:
    before = versions()
    edit(copied / "kind.py", "    open: Floats\n    high: Floats", "    high: Floats\n    open: Floats")
    assert versions()[0] != before[0]
