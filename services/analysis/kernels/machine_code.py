"""Loads the compiled loops: writes each generated module into a folder once and imports it; numba caches its code there."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import cast

from services.analysis.kernels import codegen, indicators, patterns, rules
from services.analysis.kernels.conditions import past, stack_machine
from services.analysis.kernels.fingerprint import fingerprint, source_hash
from services.analysis.kernels.patterns import codegen as pattern_codegen
from services.analysis.kernels.signatures import KindKernels, PatternKernels, SeriesKernels


@cache
def kernel_fingerprint() -> str:
    """The fingerprint of all code compiled for indicators, rules and conditions; it changes with an edit of a step or rule."""
    return fingerprint(_sources(codegen.module_text(), *_kernel_files()))


@cache
def pattern_fingerprint() -> str:
    """The same for chart patterns."""
    return fingerprint(_sources(pattern_codegen.module_text(), *_files(patterns)))


@cache
def kernel_source_hash() -> str:
    """Of the sources of indicators, rules, conditions and patterns: it does not depend on what compiles them."""
    return source_hash(
        [*_sources(codegen.module_text(), *_kernel_files()), *_sources(pattern_codegen.module_text(), *_files(patterns))]
    )


def _kernel_files() -> list[Path]:
    return [*_files(indicators), *_files(rules), Path(str(stack_machine.__file__)), Path(str(past.__file__))]


def _files(package: ModuleType) -> list[Path]:
    return sorted(Path(str(package.__file__)).parent.glob("*.py"))


def _sources(generated: str, *files: Path) -> list[tuple[str, str]]:
    return [("generated", generated), *((f"{file.parent.name}/{file.name}", file.read_text("utf-8")) for file in files)]


class MachineCode:
    """The compiled loops in a folder. A module is loaded from the cache in half a second, or compiled at its first calls.

    Several processes may use one folder at once. All methods raise ``OSError`` when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def core(self) -> SeriesKernels:
        """The kinds of the default plan, the rules, and the conditions."""
        return cast("SeriesKernels", load_module(self.folder, f"finstage_loops_{kernel_fingerprint()}", codegen.module_text()))

    @cache  # noqa: B019 - the few instances live as long as the process
    def of_kind(self, name: str) -> KindKernels:
        """The module of one kind of indicator."""
        return cast("KindKernels", load_module(self.folder, *_kind_module(name)))

    def is_compiled(self, name: str) -> bool:
        """Whether the folder holds the machine code of a kind, so that ``of_kind`` need not compile it."""
        module, _ = _kind_module(name)
        return all(any(self.folder.glob(f"__pycache__/{module}.{function}-*.nbi")) for function in ("advance_bar", "values"))


@cache
def load(folder: Path) -> MachineCode:
    """The compiled loops of a folder; one object for each folder."""
    return MachineCode(folder)


@cache
def load_patterns(folder: Path) -> PatternKernels:
    """The loops of the chart patterns, likewise."""
    return cast("PatternKernels", load_module(folder, f"finstage_patterns_{pattern_fingerprint()}", pattern_codegen.module_text()))


@cache
def _kind_module(kind: str) -> tuple[str, str]:
    """The name and the text of the module of a kind."""
    text = codegen.kind_module_text(kind)
    return f"finstage_{kind}_{fingerprint(_sources(text, *_files(indicators)))}", text


def load_module(folder: Path, name: str, text: str) -> ModuleType:
    """Writes a generated module into the folder unless it is there, and imports it. Raises ``OSError``."""
    path = folder.resolve() / f"{name}.py"
    if not path.exists():
        _write(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    os.utime(
        temporary, (0, 0)
    )  # numba's cache checks the time: a process that writes the file again must not invalidate the others' code
    Path(temporary).replace(path)
