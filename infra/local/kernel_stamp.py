"""Where the machine code of the kernels is noted as complete, so that a run does not load it only to see that it is there."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import llvmlite.binding

from infra.local.settings import ROOT

SOURCES: Final = ("services/analysis/kernels", "services/analysis/live/domain")
"""Folders with compiled functions."""
COMPILERS: Final = ("numba", "llvmlite", "numpy")


def kernel_stamp(cache_folder: Path) -> Path:
    """The file that exists once the kernels are compiled as they are now, for this Python and this processor."""
    digest = hashlib.sha256()
    for part in (sys.version, llvmlite.binding.get_host_cpu_name(), *map(version, COMPILERS)):
        digest.update(f"{part}\n".encode())
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(f"{file.relative_to(ROOT)}\n".encode())
            digest.update(file.read_bytes())
    return cache_folder / "kernels" / f"compiled-{digest.hexdigest()[:16]}"
