"""The compiled simulation, and the answers of other backtesters."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.analysis.research.backtest.machine_code import BacktestKernels, load_backtest

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("CACHE", ROOT / ".cache")).absolute()
SCRIPT = Path(__file__).with_name("oracle_answers.py")


@pytest.fixture(scope="session")
def backtest_kernels() -> BacktestKernels:
    """Compiled once for a checkout."""
    return load_backtest(CACHE / "kernels")


@pytest.fixture(scope="session")
def oracle_answers() -> dict[str, Any]:
    """What ``oracle_answers.py`` prints in its environment. Both are made once: vectorbt compiles for a minute at each start."""
    lock = ROOT / "requirements" / "oracles.txt"
    digest = hashlib.sha256(SCRIPT.read_bytes() + lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    kept = CACHE / "oracles" / f"answers-{digest}.json"
    if not kept.exists():
        script = ROOT / "infra" / "local" / "environment.py"
        subprocess.run([sys.executable, script, "oracles"], env={**os.environ, "VENV": str(kept.parent)}, check=True, timeout=600)
        done = subprocess.run(
            [kept.parent / "bin" / "python", "-W", "ignore", SCRIPT], capture_output=True, text=True, check=True, timeout=600
        )
        temporary = kept.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(done.stdout)
        temporary.replace(kept)
    answers: dict[str, Any] = json.loads(kept.read_text())
    return answers
