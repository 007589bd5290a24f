"""Stores the files of runs: in a folder, or anywhere that fsspec can write."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from services.analysis.research.domain.run_record import RunError, RunRecord

RECORD: Final = "result.json"
"""Written last: a run with it is complete."""
_FOLDER: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


class _Files(Protocol):
    """Reads and writes whole files by their path below the place of the store."""

    def read(self, path: str) -> bytes: ...

    def write(self, path: str, body: bytes) -> None: ...

    def folders(self) -> list[str]: ...

    def remove(self, folder: str) -> None: ...


class RunFiles:
    """The files of runs, a folder a run. Blocks."""

    def __init__(self, place: str) -> None:
        """``place``: a folder or a URL. Raises RunError if nothing can write to such a URL."""
        self._place = place.rstrip("/")
        self._files: _Files = _Remote(self._place) if "://" in place else LocalFiles(Path(place))

    def save(self, folder: str, record: RunRecord, artefacts: Mapping[str, bytes]) -> str:
        """Write a run; returns its place. A file is there whole or not at all, and ``result.json`` comes last."""
        for name, body in artefacts.items():
            self._files.write(f"{folder}/{name}", body)
        self._files.write(f"{folder}/{RECORD}", msgspec.json.format(msgspec.json.encode(record), indent=1))
        return f"{self._place}/{folder}"

    def record(self, name: str) -> tuple[str, RunRecord]:
        """The folder and the record of a run, by the beginning of its folder's name.

        Raises:
            RunError: there is none, there are several, or it cannot be read.
        """
        found = [each for each in self._files.folders() if name and each.startswith(name)]
        exact = [each for each in found if each == name] or found
        if len(exact) != 1:
            raise RunError(f"result: {len(exact) or 'no'} run{'s' * (len(exact) != 1)} in {self._place} begin with {name[:64]!r}")
        return exact[0], self._record(f"{exact[0]}/{RECORD}")

    def artefact(self, folder: str, name: str, digest: str) -> bytes:
        """A file of a run. Raises RunError if it is missing or damaged."""
        try:
            body = self._files.read(f"{folder}/{name}")
        except OSError as error:
            raise RunError(f"file: {name} of {folder} cannot be read: {error}") from error
        if hashlib.sha256(body).hexdigest() != digest:
            raise RunError(f"file: {name} of {folder} is damaged: its SHA-256 is not {digest}")
        return body

    def remove(self, folder: str) -> None:
        """Remove the files of a run; nothing happens if there are none. Raises OSError."""
        if not _FOLDER.fullmatch(folder):
            raise ValueError(f"folder: {folder[:80]!r} is no folder of a run")
        self._files.remove(folder)

    def _record(self, path: str) -> RunRecord:
        try:
            return read_record(self._files.read(path))
        except OSError as error:
            raise RunError(f"result: {self._place}/{path} cannot be read: {error}") from error


def read_record(body: bytes) -> RunRecord:
    """A record from its file. Raises RunError."""
    try:
        return msgspec.json.decode(body, type=RunRecord)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunError(f"result: it is no record of a run: {error}") from error


class LocalFiles:
    """A folder. A file is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def write(self, path: str, body: bytes) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def remove(self, folder: str) -> None:
        if (self._root / folder).exists():
            shutil.rmtree(self._root / folder)

    def folders(self) -> list[str]:
        return sorted(path.parent.name for path in self._root.glob(f"*/{RECORD}"))


class _Remote:
    """A filesystem of fsspec; an object there appears whole."""

    def __init__(self, url: str) -> None:
        scheme = url.partition("://")[0]
        if find_spec("fsspec") is None:
            raise RunError(f"research_artefacts: {scheme}:// is written with the package fsspec, which is not installed")
        try:
            self._system: Any
            self._system, self._root = import_module("fsspec.core").url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise RunError(f"research_artefacts: {scheme}://: {error}") from error

    def read(self, path: str) -> bytes:
        return bytes(self._system.cat_file(f"{self._root}/{path}"))

    def write(self, path: str, body: bytes) -> None:
        self._system.makedirs(f"{self._root}/{path.rpartition('/')[0]}", exist_ok=True)
        self._system.pipe_file(f"{self._root}/{path}", body)

    def folders(self) -> list[str]:
        return sorted(str(path).split("/")[-2] for path in self._system.glob(f"{self._root}/*/{RECORD}"))

    def remove(self, folder: str) -> None:
        if self._system.exists(f"{self._root}/{folder}"):
            self._system.rm(f"{self._root}/{folder}", recursive=True)
