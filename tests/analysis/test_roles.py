"""``python -m services.analysis ROLE``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("role", ["astrology", ""])
def test_an_unknown_role_is_refused_with_the_list_of_roles(role: str) -> None:
    command = [sys.executable, "-m", "services.analysis", *filter(None, [role])]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "live" in done.stderr
    assert "compile" in done.stderr
    assert "industries" in done.stderr
    assert "news" in done.stderr


def test_industries_start_without_the_kernels() -> None:
    code = "import services.analysis.industries.app, sys; sys.exit(bool({'numba', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], timeout=120, check=False)
    assert done.returncode == 0
