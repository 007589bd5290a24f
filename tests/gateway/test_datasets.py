"""Data sets over HTTP: lists, files with ETag and ranges, and no way out of their folder."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import insert, update
from yarl import URL

from shared import tables
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, running_gateway
from tests.run_store import RunStore, run_store

FILES = {"year-2020.parquet": b"PAR1" + bytes(range(256)) * 5000, "manifest.json": b'{"format": 1}', "card.md": "# Kärte".encode()}
AT = "/v1/research/datasets"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[RunStore]:
    async with run_store(tmp_path / "research") as found:
        yield found


@pytest.fixture(params=["folder", "http"])
async def stored(request: pytest.FixtureRequest, tmp_path: Path, store: RunStore) -> AsyncIterator[RunningGateway]:
    """Three data sets, the files of ``dataset-2``, and a secret beside their folder, which is read as one or at a URL."""
    root = tmp_path / "research"
    folder = root / "dataset-2-0a1b2c3d"
    folder.mkdir(parents=True)
    for name, body in FILES.items():
        (folder / name).write_bytes(body)
    (tmp_path / "secret.json").write_text("secret")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    place = store.url if request.param == "http" else str(root)
    async with running_gateway(tmp_path, research_artefacts=place) as server:
        names = {*FILES, "gone.json", "link.json", "../../secret.json"}
        rows = [
            market.dataset_row(n, str(folder), {name: hashlib.sha256(name.encode()).hexdigest() for name in names})
            for n in (1, 2, 3)
        ]
        rows += [{**market.dataset_row(4, "", {}), "kind": "backtest"}, {**market.dataset_row(5, "", {}), "state": "failed"}]
        async with server.database.begin() as connection:
            await connection.execute(insert(tables.research_runs), rows)
        yield server


@pytest.fixture
async def client(stored: RunningGateway) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(stored.url) as session:
        yield session


async def test_they_are_listed_newest_first(client: aiohttp.ClientSession) -> None:
    async with client.get(AT, params={"limit": 2}) as response:
        page = await response.json()
    assert [each["id"] for each in page["results"]] == ["dataset-3", "dataset-2"]
    async with client.get(AT, params={"limit": 2, "page_token": page["next_page_token"]}) as response:
        rest = await response.json()
    assert ([each["id"] for each in rest["results"]], rest["next_page_token"]) == (["dataset-1"], None)
    async with client.get(f"{AT}/dataset-2") as response:
        (one,) = (await response.json())["results"]
    assert (one["rows"], one["parts"]["train"], one["labels"]) == (100, 70, ["label_forward_return_5"])
    assert one["files"][0] == {
        "name": "../../secret.json", "sha256": hashlib.sha256(b"../../secret.json").hexdigest(), "bytes": None,
        "url": f"{AT}/dataset-2/files/../../secret.json",
    }  # fmt: skip
    async with client.get(f"{AT}/dataset-4") as response:
        assert response.status == 404
        assert (await response.json(content_type=None))["field"] == "id"


async def test_a_file_is_sent_whole_in_parts_or_not_again(client: aiohttp.ClientSession, store: RunStore) -> None:
    address, body = f"{AT}/dataset-2/files/year-2020.parquet", FILES["year-2020.parquet"]
    async with client.get(address) as response:
        assert (response.status, await response.read()) == (200, body)
        assert response.content_type == "application/vnd.apache.parquet"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        etag = response.headers["ETag"]
    async with client.get(address, headers={"If-None-Match": etag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    async with client.get(address, headers={"Range": "bytes=100-199", "If-Range": etag}) as response:
        assert (response.status, await response.read()) == (206, body[100:200])
        assert response.headers["Content-Range"] == f"bytes 100-199/{len(body)}"
    for asked, sent in (("bytes=-7", body[-7:]), (f"bytes={len(body) - 3}-", body[-3:]), ("bytes=5-99999999", body[5:])):
        async with client.get(address, headers={"Range": asked}) as response:
            assert (response.status, await response.read()) == (206, sent)
    for asked in ("bytes=0-3,9-12", "rows=0-3"):
        async with client.get(address, headers={"Range": asked}) as response:
            assert (response.status, await response.read()) == (200, body), "what is not understood is ignored"
    async with client.head(address, headers={"Range": "bytes=0-3"}) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(len(body))), "a range is of GET alone"
    for asked in (f"bytes={len(body)}-", "bytes=9-3", "bytes=-0"):
        async with client.get(address, headers={"Range": asked}) as response:
            assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{len(body)}")
    async with client.get(address, headers={"Range": "bytes=100-199", "If-Range": '"another"'}) as response:
        assert (response.status, await response.read()) == (200, body)
    async with client.head(address) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(len(body)))
    (store.folder / "dataset-2-0a1b2c3d" / "year-2020.parquet").write_bytes(body + b"more")
    async with client.get(address, headers={"If-None-Match": etag}) as response:
        assert (response.status, await response.read()) == (200, body + b"more")


NAMES = (
    "..%2F..%2Fsecret.json", "%2E%2E/%2E%2E/secret.json", "..%5C..%5Csecret.json", "%2Fetc%2Fpasswd", "link.json", "gone.json",
    "no.json", "year-2020.parquet%00.json", "manifest.json%2F",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_no_name_leads_out_of_the_folder(stored: RunningGateway, client: aiohttp.ClientSession, name: str) -> None:
    async with client.get(URL(f"{stored.url}{AT}/dataset-2/files/{name}", encoded=True)) as response:
        assert response.status == 404
        assert response.content_type == "application/problem+json"
        assert (await response.json(content_type=None))["title"] == "There is no such resource"


@pytest.mark.parametrize("location", ["/etc", "..", "/somewhere/..", "s3://bucket/dataset 2", ""])
async def test_no_location_leads_out_of_the_folder(
    stored: RunningGateway, client: aiohttp.ClientSession, store: RunStore, location: str
) -> None:
    (store.folder.parent / "manifest.json").write_text("secret")
    async with stored.database.begin() as connection:
        await connection.execute(update(tables.research_runs).values(location=location))
    async with client.get(f"{AT}/dataset-2/files/manifest.json") as response:
        assert response.status == 404
        assert "is not where this gateway reads files of runs" in (await response.json(content_type=None))["detail"]


async def test_a_row_that_cannot_be_read_hides_no_other(stored: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with stored.database.begin() as connection:
        await connection.execute(update(tables.research_runs).where(tables.research_runs.c.id == "dataset-3").values(result="{"))
    async with client.get(AT) as response:
        assert [each["id"] for each in (await response.json())["results"]] == ["dataset-2", "dataset-1"]


@pytest.mark.parametrize("stored", ["http"], indirect=True)
async def test_a_store_that_cannot_be_read_is_unavailable_and_never_a_shorter_file(
    stored: RunningGateway, client: aiohttp.ClientSession, store: RunStore
) -> None:
    address = f"{stored.url}{AT}/dataset-2/files/year-2020.parquet"
    store.mode = "fails"
    async with client.get(address) as response:
        assert (response.status, response.content_type) == (503, "application/problem+json")
        assert (await response.json(content_type=None))["field"] == "name"
    store.mode = "cut"
    async with client.get(address) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    store.mode = "works"
    store.asked.clear()
    async with client.get(address, headers={"Range": "bytes=0-9"}) as response:
        assert await response.read() == FILES["year-2020.parquet"][:10]
    assert [each for each in store.asked if each.startswith("GET")] == [
        "GET /runs/dataset-2-0a1b2c3d/year-2020.parquet bytes=0-9"
    ], "no more is read than is sent"


async def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, research_artefacts=str(tmp_path / "nowhere")) as server:
        async with server.database.begin() as connection:
            await connection.execute(insert(tables.research_runs), [market.dataset_row(1, "/x/dataset-1", {"card.md": "0" * 64})])
        async with aiohttp.ClientSession() as session, session.get(f"{server.url}{AT}/dataset-1/files/card.md") as response:
            assert response.status == 503
