"""The page at / and the API document at /docs: the built files, kept in memory so that no URL reads from the disk."""

from __future__ import annotations

import gzip
import json
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web

from services.gateway.domain.accept_encoding import accepts_gzip
from services.gateway.domain.problems import RequestError
from services.gateway.handlers.problems import API_HEADERS

IMMUTABLE: Final = "public, max-age=31536000, immutable"
MANIFEST: Final = "application/manifest+json"
TEXT: Final = ("text/", "application/json", "application/javascript", MANIFEST, "image/svg")
NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Finstage</title>
<h1>The page is not built yet</h1>
<p>The API works: see <a href="/openapi.json">/openapi.json</a>. To build the page:</p>
<pre>cd services/gateway/page
npm ci
npm run build</pre>
<p>then reload this page. <code>make run</code> does all of it.</p>
</html>
"""


@dataclass(frozen=True)
class File:
    """A built file."""

    body: bytes
    gzipped: bytes | None
    content_type: str


@dataclass
class Site:
    """The built page in ``folder``; read at the first request, so that it may be built after the start."""

    folder: Path
    files: dict[str, File] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    """Hashes of the styles that the chart library inserts into the page."""

    def load(self) -> None:
        """Read the built files where there are any."""
        if not (self.folder / "index.html").is_file():
            return
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                self.files[path.relative_to(self.folder).as_posix()] = _read(path)
        listed = self.files.pop("csp.json", None)
        self.styles = tuple(json.loads(listed.body)["styles"]) if listed else ()

    async def index(self, request: web.Request) -> web.Response:
        """The page, or instructions to build it."""
        if not self.files:
            self.load()
        if "index.html" not in self.files:
            headers = {**API_HEADERS, "Cache-Control": "no-store"}
            return web.Response(status=200, text=NOT_BUILT, content_type="text/html", headers=headers)
        return self._send(request, "index.html", self._policy())

    async def asset(self, request: web.Request) -> web.Response:
        """A file whose name contains the hash of its content."""
        if not self.files:
            self.load()
        return self._send(request, f"assets/{request.match_info['name']}", self._policy(), IMMUTABLE)

    async def docs(self, request: web.Request) -> web.Response:
        """The page that shows /openapi.json."""
        if not self.files:
            self.load()
        if "docs.html" not in self.files:
            return await self.index(request)
        return self._send(request, "docs.html", self._policy(unsafe_styles=True))

    def _policy(self, *, unsafe_styles: bool = False) -> str:
        styles = "'unsafe-inline'" if unsafe_styles else " ".join(f"'{hashed}'" for hashed in self.styles)
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self' {styles}; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def _send(self, request: web.Request, name: str, policy: str, cache_control: str = "no-cache") -> web.Response:
        found = self.files.get(name)
        if found is None:
            raise RequestError("not-found", f"there is no file {name!r:.120}")
        headers = {
            **API_HEADERS,
            "Content-Type": found.content_type,
            "Content-Security-Policy": policy,
            "Cache-Control": cache_control,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if found.gzipped is None:
            return web.Response(body=found.body, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        if not accepts_gzip(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=found.body, headers=headers)
        return web.Response(body=found.gzipped, headers={**headers, "Content-Encoding": "gzip"})


def _read(path: Path) -> File:
    body = path.read_bytes()
    known = MANIFEST if path.suffix == ".webmanifest" else mimetypes.guess_type(path.name)[0]
    kind = known or "application/octet-stream"
    text = kind.startswith(TEXT)
    gzipped = gzip.compress(body, 9, mtime=0) if text and len(body) > 1024 else None
    return File(body, gzipped, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
