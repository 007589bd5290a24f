"""Files wherever fsspec reaches: object stores, HTTP servers, FTP and others, by the scheme of a URL."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import aiohttp

from shared.failures import SettingsError
from shared.run_files.files import FileFacts

READ_SECONDS: Final = 20.0
"""Time limit of one question or of reading one part."""
WRITE_SECONDS: Final = 600.0
"""Time limit of writing or removing."""
_GONE: Final = frozenset({404, 410})


class RemoteFiles:
    """``Files`` at a URL. Every call ends within its time limit, and what it asked for is cancelled then. Blocks."""

    def __init__(self, url: str, read_seconds: float = READ_SECONDS) -> None:
        """Raises SettingsError if nothing here can reach such a URL. Imports the package of its scheme, which may take seconds."""
        scheme, _, rest = url.partition("://")
        self._place, self._seconds = url.rstrip("/"), read_seconds
        if "@" in (address := rest.partition("/")[0]) and ":" in address.rpartition("@")[0]:
            raise SettingsError(f"{scheme}:// with a password: leave it out, and set FSSPEC_{scheme.upper()}_PASSWORD")
        if find_spec("fsspec") is None:
            raise SettingsError(f"{scheme}:// needs the package fsspec, which is not installed (requirements/research.txt has it)")
        try:
            system, self._root = import_module("fsspec.core").url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise SettingsError(f"{scheme}://: {error}") from error
        self._system: Any = system if system.async_impl else _waiting(system)

    def facts(self, path: str) -> FileFacts:
        found = self._call("info", f"{self._root}/{path}")
        if found.get("type") == "directory":
            raise FileNotFoundError(f"{path} is a folder")
        if not isinstance(size := found.get("size"), int):
            raise OSError(f"{self._place} does not say how large {path} is")
        return FileFacts(size, hashlib.sha256(str(sorted(found.items())).encode()).hexdigest()[:32])

    def part(self, path: str, start: int, end: int) -> bytes:
        url = f"{self._root}/{path}"
        if self._place.startswith(("http://", "https://")):
            return bytes(self._done(self._http_part(url, start, end), self._seconds))
        return bytes(self._call("cat_file", url, start=start, end=end))

    def read(self, path: str) -> bytes:
        return bytes(self._call("cat_file", f"{self._root}/{path}"))

    def write(self, path: str, body: bytes) -> None:
        self._call("makedirs", f"{self._root}/{path.rpartition('/')[0]}", exist_ok=True, seconds=WRITE_SECONDS)
        self._call("pipe_file", f"{self._root}/{path}", body, seconds=WRITE_SECONDS)

    def folders(self, holding: str) -> list[str]:
        return sorted(str(path).split("/")[-2] for path in self._call("glob", f"{self._root}/*/{holding}"))

    def remove(self, folder: str) -> None:
        if self._call("exists", f"{self._root}/{folder}"):
            self._call("rm", f"{self._root}/{folder}", recursive=True, seconds=WRITE_SECONDS)

    def _call(self, name: str, *arguments: Any, seconds: float | None = None, **options: Any) -> Any:
        """Have it done by fsspec's thread. Raises OSError."""
        limit = self._seconds if seconds is None else seconds
        return self._done(getattr(self._system, f"_{name}")(*arguments, **options), limit)

    async def _http_part(self, url: str, start: int, end: int) -> bytes:
        """Of a server that ignores Range no more is read than was asked for; fsspec's ``cat_file`` reads all that it sends."""
        system = self._system
        options = {"session": await system.set_session(), "size": end, "cache_type": "none", "loop": system.loop}
        file = import_module("fsspec.implementations.http").HTTPFile(system, url, asynchronous=True, **options, **system.kwargs)
        body: bytes = await file.async_fetch_range(start, end)
        return body

    def _done(self, work: Coroutine[Any, Any, Any], limit: float) -> Any:
        future = asyncio.run_coroutine_threadsafe(work, self._system.loop)
        try:
            return future.result(limit)
        except TimeoutError:
            future.cancel()
            raise TimeoutError(f"{self._place} has not answered within {limit:g} s") from None
        except FileNotFoundError as error:
            if _unreachable(error.__cause__):
                raise ConnectionError(f"{self._place} cannot be reached: {error.__cause__}") from error
            raise
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"{self._place}: {type(error).__name__}: {error}") from error


def _waiting(system: Any) -> Any:
    """A filesystem that blocks, called in threads, one call at a time: most of them have one connection."""
    wrapper = import_module("fsspec.implementations.asyn_wrapper").AsyncFileSystemWrapper
    return wrapper(system, asynchronous=False, semaphore=asyncio.Semaphore(1))


def _unreachable(cause: BaseException | None) -> bool:
    """Whether "not found" means that nobody was asked: fsspec's HTTP says so of every error."""
    if isinstance(cause, FileNotFoundError) or getattr(cause, "status", None) in _GONE:
        return False
    return isinstance(cause, aiohttp.ClientError | OSError)
