"""LibreTranslate: ``POST /translate`` with JSON; the texts go and come as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pydantic import SecretStr

from services.analysis.news.translation.http import TranslationHttp


class _Answer(msgspec.Struct):
    translated: list[str] | str = msgspec.field(name="translatedText")


class LibreTranslate:
    """A server of one's own, or a public one with a key."""

    name = "libretranslate"
    at_a_time = 10

    def __init__(self, http: TranslationHttp, url: str, key: SecretStr, target: str) -> None:
        self._http = http
        self._url = f"{url}/translate"
        self._key = key
        self._target = target

    async def translate(self, texts: Sequence[str]) -> list[str]:
        """The translations. Raises TranslatorError."""
        request = {"q": [*texts], "source": "en", "target": self._target, "format": "text"}
        if key := self._key.get_secret_value():
            request["api_key"] = key
        found = (await self._http.post(self.name, self._url, _Answer, json=request)).translated
        return [found] if isinstance(found, str) else found
