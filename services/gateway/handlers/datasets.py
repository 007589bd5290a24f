"""/v1/research/datasets: the data sets that are done, and their files."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from services.gateway.domain.datasets import NAME, StoredDataset
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import NoParameters
from services.gateway.domain.run_queries import DatasetsQuery
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views
from services.gateway.handlers.run_files import send

PROVIDER: Final = "finstage"


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


async def send_file(gateway: Gateway, request: web.Request, dataset_id: str, name: str) -> web.StreamResponse:
    """A file as it is, in parts if the request has a Range. The ETag changes with the file."""
    found = await _known(gateway, dataset_id)
    if name not in found.record.artefacts or not NAME.fullmatch(name):
        raise RequestError(
            "not-found",
            f"name: the data set has no file {name!r:.120}; /v1/research/datasets/ID lists them",
            field="name",
            value=name,
        )
    return await send(request, gateway.files, found.folder, name)


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
