"""Stand-ins for LibreTranslate, DeepL and Papago: the real contracts on a real socket, and what goes wrong with them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY = "canary-key-0123456789"
KEY_ID = "canary-id-0123456789"
Fault = Literal[
    "", "429", "456", "403", "500", "nonsense", "slow", "huge", "broken", "wrong form", "too few", "redirect", "gzip", "hang up"
]
OUTCOMES: dict[Fault, str] = {
    "429": "limited",
    "456": "quota",
    "403": "key",
    "500": "unavailable",
    "nonsense": "rejected",
    "slow": "timeout",
    "huge": "too-large",
    "broken": "malformed",
    "wrong form": "malformed",
    "too few": "malformed",
    "redirect": "refused",
    "gzip": "malformed",
    "hang up": "unreachable",
}
"""What each is counted as."""


def in_korean(text: str) -> str:
    """A translation that keeps what a translator has to keep: marks and nothing else."""
    return " ".join(word if "ZX" in word else "번역" for word in text.split())


class Translators:
    """One server with the three services. ``fault`` is what goes wrong, by service."""

    def __init__(self) -> None:
        self.fault: dict[str, Fault] = {}
        self.requests: Counter[str] = Counter()
        self.texts: list[str] = []
        self.translate: Callable[[str], str] = in_korean
        self.url = ""

    async def libretranslate(self, request: web.Request) -> web.StreamResponse:
        """``POST /translate``, as LibreTranslate's OpenAPI document has it."""
        body = await request.json()
        if (body["source"], body["target"], body["format"]) != ("en", "ko", "text"):
            return web.json_response({"error": "unsupported"}, status=400)
        if body.get("api_key") != KEY:
            return web.json_response({"error": "Invalid API key"}, status=403)
        return await self._answer("libretranslate", request, body["q"], lambda found: {"translatedText": found})

    async def deepl(self, request: web.Request) -> web.StreamResponse:
        """``POST /v2/translate``, as DeepL's API reference has it."""
        if request.headers.get("Authorization") != f"DeepL-Auth-Key {KEY}":
            return web.json_response({"message": "forbidden"}, status=403)
        body = await request.json()
        if (body["source_lang"], body["target_lang"]) != ("EN", "KO"):
            return web.json_response({"message": "unsupported"}, status=400)

        def form(found: list[str]) -> dict[str, Any]:
            return {"translations": [{"detected_source_language": "EN", "text": text} for text in found]}

        return await self._answer("deepl", request, body["text"], form)

    async def papago(self, request: web.Request) -> web.StreamResponse:
        """``POST /nmt/v1/translation``, as the reference of Papago Translation has it."""
        keys = request.headers.get("X-NCP-APIGW-API-KEY-ID"), request.headers.get("X-NCP-APIGW-API-KEY")
        if keys != (KEY_ID, KEY):
            return web.json_response({"error": {"errorCode": "210", "message": "Permission Denied"}}, status=401)
        form = await request.post()
        if (form["source"], form["target"]) != ("en", "ko"):
            return web.json_response({"error": {"errorCode": "N2MT02"}}, status=400)
        return await self._answer("papago", request, [str(form["text"])], _papago_form)

    async def _answer(
        self, service: str, request: web.Request, texts: list[str], form: Callable[[list[str]], dict[str, Any]]
    ) -> web.StreamResponse:
        self.requests[service] += 1
        self.texts += texts
        match self.fault.get(service, ""):
            case "429":
                return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "60"})
            case "456" | "403" | "500" as status:
                return web.json_response({"error": "no"}, status=int(status))
            case "nonsense":
                return web.json_response(form(["Please wait a moment." for _ in texts]))
            case "slow":
                await asyncio.sleep(30)
            case "huge":
                return web.json_response(form(["번역" * 100_000 for _ in texts]))
            case "broken":
                return web.Response(text='{"translat', content_type="application/json")
            case "wrong form":
                return web.json_response({"translatedText": 5, "translations": {}, "message": []})
            case "too few":
                return web.json_response(form([]) if service != "papago" else {"message": {}})
            case "redirect":
                return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"})
            case "gzip":
                answer = web.json_response(form([self.translate(text) for text in texts]))
                answer.enable_compression(web.ContentCoding.gzip)
                return answer
            case "hang up":
                assert request.transport is not None
                request.transport.close()
        return web.json_response(form([self.translate(text) for text in texts]))

    async def elsewhere(self, _: web.Request) -> web.StreamResponse:
        """Where no request may come: it could be any machine."""
        self.requests["elsewhere"] += 1
        return web.json_response({"translatedText": ["번역"]})


def _papago_form(found: list[str]) -> dict[str, Any]:
    result = {"srcLangType": "en", "tarLangType": "ko", "translatedText": "".join(found)}
    return {"message": {"@type": "response", "@service": "naverservice.nmt.proxy", "result": result}}


@asynccontextmanager
async def open_translators() -> AsyncIterator[Translators]:
    """The services at ``url``."""
    services = Translators()
    app = web.Application()
    app.router.add_post("/translate", services.libretranslate)
    app.router.add_post("/v2/translate", services.deepl)
    app.router.add_post("/nmt/v1/translation", services.papago)
    app.router.add_route("*", "/elsewhere", services.elsewhere)
    async with TestServer(app) as server:
        services.url = str(server.make_url("")).rstrip("/")
        yield services
