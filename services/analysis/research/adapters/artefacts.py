"""Stores the files of runs: in a folder, or anywhere that fsspec can write."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from services.analysis.research.domain.run_record import RunError, RunRecord
from shared.failures import SettingsError
from shared.run_files import open_files

RECORD: Final = "result.json"
"""Written last: a run with it is complete."""
_FOLDER: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


class RunFiles:
    """The files of runs, a folder a run. Blocks."""

    def __init__(self, place: str) -> None:
        """``place``: a folder or a URL. Raises RunError if nothing can write to such a URL."""
        self._place = place.rstrip("/")
        try:
            self._files = open_files(self._place)
        except SettingsError as error:
            raise RunError(str(error)) from error

    def save(self, folder: str, record: RunRecord, artefacts: Mapping[str, bytes]) -> str:
        """Write a run; returns its place. A file is there whole or not at all, and ``result.json`` comes last. Raises OSError."""
        for name, body in artefacts.items():
            self._files.write(f"{folder}/{name}", body)
        self._files.write(f"{folder}/{RECORD}", msgspec.json.format(msgspec.json.encode(record), indent=1))
        return f"{self._place}/{folder}"

    def record(self, name: str) -> tuple[str, RunRecord]:
        """The folder and the record of a run, by the beginning of its folder's name.

        Raises:
            RunError: there is none, there are several, or it cannot be read.
        """
        try:
            found = [each for each in self._files.folders(RECORD) if name and each.startswith(name)]
        except OSError as error:
            raise RunError(f"research_artefacts: {self._place} cannot be read: {error}") from error
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
