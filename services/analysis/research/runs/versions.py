"""The version of the code that a result depends on."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

PARTS: Final = ("analysis/research", "analysis/kernels")
"""Folders under services/ whose code decides a result."""
LIBRARIES: Final = ("numpy", "numba", "pandas", "scipy")
SERVICES: Final = Path(__file__).parents[3]


@cache
def code_version() -> str:
    """A hash of the source files of research and the kernels, comments included, and of the libraries that compute."""
    found = hashlib.sha256(" ".join([platform.python_version(), *(f"{name} {version(name)}" for name in LIBRARIES)]).encode())
    for part in PARTS:
        for file in sorted((SERVICES / part).rglob("*.py")):
            found.update(f"{file.relative_to(SERVICES)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]
