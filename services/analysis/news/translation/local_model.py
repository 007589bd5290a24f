"""A model of Firefox Translations in a process of its own: its engine holds the interpreter while it computes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from services.analysis.news.translation.errors import TranslatorError
from shared.children.process import ChildError, ChildProcess


class LocalRequest(msgspec.Struct, frozen=True):
    """What the process is asked."""

    folder: str
    texts: tuple[str, ...]


class LocalModel:
    """The engine fxtranslate on the model of a folder. A text that takes too long ends with the process."""

    name = "local"
    at_a_time = 10

    def __init__(self, folder: Path, seconds: float, module: str = "services.analysis.news.translation.local_worker") -> None:
        self._folder = str(folder.absolute())
        self._seconds = seconds
        self._child = ChildProcess(module)

    async def translate(self, texts: Sequence[str]) -> list[str]:
        """The translations. Raises TranslatorError."""
        try:
            answer = await self._child.request(msgspec.json.encode(LocalRequest(self._folder, tuple(texts))), self._seconds)
        except ChildError as error:
            raise TranslatorError(self.name, "timeout" if str(error) == "timeout" else "unavailable", str(error)) from None
        found: list[str] | str = msgspec.json.decode(answer, type=list[str] | str)
        if isinstance(found, str):
            raise TranslatorError(self.name, "refused", found)
        return found

    async def close(self) -> None:
        """End the process."""
        await self._child.close()
