"""/v1/research/datasets: the data sets that are done, and their files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from services.gateway.domain.datasets import NAME, StoredDataset
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import DatasetsQuery, NoParameters, page_token, parse_page_token
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.responses import answer_of_views

PROVIDER: Final = "finstage"
TYPES: Final = {".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".md": "text/markdown; charset=utf-8"}


async def list_datasets(gateway: Gateway, query: DatasetsQuery) -> Answer:
    """Data sets that analysis research has written, the newest first."""
    before = parse_page_token("d", query.page_token, int, str) if query.page_token is not None else None
    found = await gateway.datasets.newest(query.limit + 1, (before[0], before[1]) if before else None)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    token = page_token("d", last.created_at, last.id) if last else None
    return answer_of_views((each.shown() for each in shown), PROVIDER, next_page_token=token)


async def get_dataset(gateway: Gateway, query: NoParameters, id: str) -> Answer:  # noqa: A002, ARG001 - the name in the path
    """One data set with its files."""
    return answer_of_views([(await _known(gateway, id)).shown()], PROVIDER)


async def send_file(gateway: Gateway, dataset_id: str, name: str) -> web.StreamResponse:
    """A file as it is on disk, in parts if the request has a Range. The ETag changes with the file."""
    found = await _known(gateway, dataset_id)
    if name not in found.record.artefacts or not NAME.fullmatch(name):
        raise RequestError(
            "not-found",
            f"name: the data set has no file {name!r:.120}; /v1/research/datasets/ID lists them",
            field="name",
            value=name,
        )
    path = await asyncio.to_thread(_place, gateway.settings.research_artefacts, found.folder, name)
    if path is None:
        raise RequestError("unavailable", f"the file {name} is not where this gateway reads data sets", field="name", value=name)
    headers: LooseHeaders = {
        **{key: value for key, value in API_HEADERS.items() if key != "Server"},
        "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-cache",
    }
    return web.FileResponse(path, headers=headers)


def download(gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of files."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if unknown := next(iter(request.query), None):
            raise RequestError("unknown-parameter", f"{unknown!r:.80} is not a parameter of this resource", field=unknown[:80])
        return await send_file(gateway, request.match_info["id"], request.match_info["name"])

    return answer


async def _known(gateway: Gateway, dataset_id: str) -> StoredDataset:
    found = await gateway.datasets.one(dataset_id) if NAME.fullmatch(dataset_id) else None
    if found is None:
        raise RequestError(
            "not-found",
            f"id: there is no data set {dataset_id!r:.80}; /v1/research/datasets lists them",
            field="id",
            value=dataset_id,
        )
    return found


def _place(root: Path, folder: str, name: str) -> Path | None:
    """The file, if it is a file inside of the root: links must not lead out of it."""
    if not folder:
        return None
    try:
        found, inside = (root / folder / name).resolve(strict=True), root.resolve(strict=True)
    except OSError:
        return None
    return found if found.is_file() and found.is_relative_to(inside) else None
