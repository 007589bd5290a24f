"""Files in a folder of this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from shared.run_files.files import FileFacts


class LocalFiles:
    """``Files`` in a folder. A file is there whole or not at all. Blocks."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def facts(self, path: str) -> FileFacts:
        status = self._found(path).stat()
        version = f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"
        return FileFacts(status.st_size, hashlib.sha256(version.encode()).hexdigest()[:32])

    def part(self, path: str, start: int, end: int) -> bytes:
        with self._found(path).open("rb") as file:
            file.seek(start)
            return file.read(end - start)

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

    def folders(self, holding: str) -> list[str]:
        return sorted(path.parent.name for path in self._root.glob(f"*/{holding}"))

    def remove(self, folder: str) -> None:
        if (self._root / folder).exists():
            shutil.rmtree(self._root / folder)

    def _found(self, path: str) -> Path:
        """Links must not lead out of the folder. Raises NotADirectoryError if the folder itself is not there."""
        if not self._root.is_dir():
            raise NotADirectoryError(f"{self._root} is no folder of this machine")
        found = (self._root / path).resolve(strict=True)
        if not (found.is_file() and found.is_relative_to(self._root.resolve(strict=True))):
            raise FileNotFoundError(f"{path} is no file in {self._root}")
        return found
