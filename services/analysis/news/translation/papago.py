"""Papago (NAVER Cloud): ``POST /nmt/v1/translation`` with a form, the key in two headers; one text a request."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pydantic import SecretStr

from services.analysis.news.translation.http import TranslationHttp


class _Result(msgspec.Struct):
    translated: str = msgspec.field(name="translatedText")


class _Message(msgspec.Struct):
    result: _Result


class _Answer(msgspec.Struct):
    message: _Message


class Papago:
    """Papago's API."""

    name = "papago"
    at_a_time = 1

    def __init__(self, http: TranslationHttp, url: str, key_id: SecretStr, key: SecretStr, target: str) -> None:
        self._http = http
        self._url = f"{url}/nmt/v1/translation"
        self._headers = {"X-NCP-APIGW-API-KEY-ID": key_id, "X-NCP-APIGW-API-KEY": key}
        self._target = target

    async def translate(self, texts: Sequence[str]) -> list[str]:
        """The translation of one text. Raises TranslatorError."""
        headers = {name: value.get_secret_value() for name, value in self._headers.items()}
        (text,) = texts
        form = {"source": "en", "target": self._target, "text": text}
        answer = await self._http.post(self.name, self._url, _Answer, data=form, headers=headers)
        return [answer.message.result.translated]
