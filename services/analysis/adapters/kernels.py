"""The compiled loops: writes the generated module into a folder once, and imports it; numba keeps the machine code beside it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from services.analysis.domain import indicators, loops, rules
from services.analysis.domain.conditions import machine


class Kernels(Protocol):
    """The generated functions; what they take and do is told in ``domain/loops.py``. All release the GIL."""

    def advance(self, *arguments: Any) -> None: ...
    def close_bars(self, *arguments: Any) -> None: ...
    def peek_bars(self, *arguments: Any) -> None: ...
    def values(self, *arguments: Any) -> None: ...
    def history(self, *arguments: Any) -> None: ...
    def judge_conditions(self, *arguments: Any) -> None: ...
    def scan_condition(self, *arguments: Any) -> None: ...


@cache
def sources() -> str:
    """A hash of everything that is compiled: an edit of any step or rule gives another one."""
    folders = [Path(str(package.__file__)).parent for package in (indicators, rules)]
    files = [*sorted(file for folder in folders for file in folder.glob("*.py")), Path(str(machine.__file__))]
    text = "\0".join([loops.source(), *(f"{file.parent.name}/{file.name}\0{file.read_text('utf-8')}" for file in files)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def load(folder: Path) -> Kernels:
    """The loops, from the cache in ``folder`` where it has them (half a second), else compiled at their first call (ten or so).

    Several processes may do this at once.

    Raises:
        OSError: the folder cannot be written.
    """
    name = f"finstage_loops_{sources()}"
    path = folder.resolve() / f"{name}.py"
    if not path.exists():
        _write(path, loops.source())
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return cast("Kernels", module)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    os.utime(temporary, (0, 0))  # numba's cache looks at the time: whoever writes the file last must not outdate the others' code
    Path(temporary).replace(path)
