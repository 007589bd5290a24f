"""Which files are searched for examples in docstrings."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Leave out files without an example: to look for one costs the import of the module and a walk through all it defines."""
    found = yield
    if file_path.suffix != ".py" or b">>> " in file_path.read_bytes():
        return found
    return [collector for collector in found if type(collector) is pytest.Module]  # the collector of examples is a subclass
