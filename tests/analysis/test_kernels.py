"""The generated module: written once by whoever comes first, served from the cache after that, made anew after an edit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.analysis.adapters import kernels
from services.analysis.domain import indicators
from tests.analysis.market import KERNELS

ROOT = Path(__file__).parents[2]

LOAD = """
import sys
from pathlib import Path
from services.analysis.adapters.kernels import load
print(load(Path(sys.argv[1])).__file__)
"""

RUN = """
import sys
from pathlib import Path
import numpy as np
from services.analysis.adapters.kernels import load
from services.analysis.domain.history import history
from services.analysis.domain.indicators.kind import Bars
from services.analysis.domain.plan import plan
loops, x = load(Path(sys.argv[1])), np.arange(1.0, 50.0)
history(loops, plan(), Bars(x, x, x, x, x, np.zeros(len(x), np.int64), x, x))
print(sum(loops.history.stats.cache_hits.values()), sum(loops.history.stats.cache_misses.values()))
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_several_processes_write_it_at_once(tmp_path: Path) -> None:
    processes = [start(LOAD, tmp_path / "new") for _ in range(3)]
    said = {process.communicate(timeout=120)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert said == {str(file) for file in (tmp_path / "new").iterdir() if file.is_file()}
    assert len(said) == 1


def test_another_process_compiles_nothing() -> None:
    first, _ = start(RUN, KERNELS).communicate(timeout=170)
    second, _ = start(RUN, KERNELS).communicate(timeout=170)
    assert first.split() in (["1", "0"], ["0", "1"])
    assert second.split() == ["1", "0"]


def test_an_edit_of_a_step_gives_another_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in Path(str(indicators.__file__)).parent.glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"))
    before = kernels.sources()
    monkeypatch.setattr(indicators, "__file__", str(tmp_path / "__init__.py"))
    try:
        kernels.sources.cache_clear()
        copied = kernels.sources()
        (tmp_path / "ema.py").write_text((tmp_path / "ema.py").read_text("utf-8").replace("2.0", "3.0"))
        kernels.sources.cache_clear()
        assert kernels.sources() not in (before, copied)
    finally:
        kernels.sources.cache_clear()
