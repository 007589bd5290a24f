"""DeepL: ``POST /v2/translate`` with JSON, the key in a header; the texts go and come as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pydantic import SecretStr

from services.analysis.news.translation.http import TranslationHttp


class _Text(msgspec.Struct):
    text: str


class _Answer(msgspec.Struct):
    translations: list[_Text]


class DeepL:
    """DeepL's API, free or paid."""

    name = "deepl"
    at_a_time = 10

    def __init__(self, http: TranslationHttp, url: str, key: SecretStr, target: str) -> None:
        self._http = http
        self._url = f"{url}/v2/translate"
        self._key = key
        self._target = target.upper()

    async def translate(self, texts: Sequence[str]) -> list[str]:
        """The translations. Raises TranslatorError."""
        request = {"text": [*texts], "source_lang": "EN", "target_lang": self._target}
        headers = {"Authorization": f"DeepL-Auth-Key {self._key.get_secret_value()}"}
        answer = await self._http.post(self.name, self._url, _Answer, json=request, headers=headers)
        return [each.text for each in answer.translations]
