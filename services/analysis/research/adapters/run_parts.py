"""Keeps finished parts of runs in a folder beside the runs."""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.analysis.research.settings import ResearchSettings
from shared.run_files import LocalFiles
from shared.settings import data_folder

KEPT_SECONDS: Final = 7 * 86_400
"""Parts of a run that was not taken up again are removed after a week."""
_DIGEST: Final = hashlib.sha256().digest_size


class PartFolder:
    """``PartStore`` of a folder: a folder a run, a file a part with its SHA-256 before it. Parts hold no code. Blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = LocalFiles(folder)

    @classmethod
    def of(cls, settings: ResearchSettings) -> PartFolder:
        """Beside the files of runs; on this machine if those are elsewhere."""
        place = settings.research_artefacts
        return cls((data_folder(settings.var) / "research" if "://" in place else Path(place)) / "parts")

    def load(self, run: str, name: str) -> bytes | None:
        """A part; None if it is not there or damaged."""
        try:
            body = self._files.read(f"{run}/{name}")
        except FileNotFoundError:
            return None
        return body[_DIGEST:] if hashlib.sha256(body[_DIGEST:]).digest() == body[:_DIGEST] else None

    def save(self, run: str, name: str, body: bytes) -> None:
        """Raises OSError."""
        self._files.write(f"{run}/{name}", hashlib.sha256(body).digest() + body)

    def remove(self, run: str) -> None:
        """Forget a run, and the runs that nothing has been saved of for a week."""
        shutil.rmtree(self._folder / run, ignore_errors=True)
        for each in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # another process removes it too
                if time.time() - each.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(each, ignore_errors=True)
