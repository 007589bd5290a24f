"""Loads a data set over the API: the newest one, its files by part of a file, checked by hash, as one frame.

``PYTHONPATH=clients/python python -m examples.load_dataset [URL] [FOLDER]``; it needs pandas and pyarrow.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pandas as pd
from finstage_client import Client

PIECE = 4 * 1024 * 1024
END = 416
"""There is nothing after the bytes that are here already."""


async def download(url: str, folder: Path, *, key: str = "", piece: int = PIECE) -> dict[str, Any]:
    """The newest data set, its files in ``folder``; a file that is there in part is continued. ``piece``: bytes of one request."""
    async with Client(url, key) as client, aiohttp.ClientSession(url, headers=_headers(key)) as session:
        newest = (await client.research_datasets(limit=1))["results"]
        if not newest:
            raise SystemExit("there is no data set yet: docs/datasets.md")
        found: dict[str, Any] = dict(newest[0])
        folder.mkdir(parents=True, exist_ok=True)
        for file in found["files"]:
            await _file(session, file, folder / file["name"], piece)
    return found


async def _file(session: aiohttp.ClientSession, file: Any, path: Path, piece: int) -> None:
    """Raises ValueError: what was received is not what the data set says."""
    have, size = path.stat().st_size if path.exists() else 0, file["bytes"]
    while size is None or have < size:
        async with session.get(file["url"], headers={"Range": f"bytes={have}-{have + piece - 1}"}) as response:
            if response.status == END:
                break
            response.raise_for_status()
            body = await response.read()
        with path.open("ab") as out:
            out.write(body)
        have, size = have + len(body), int(response.headers["Content-Range"].rpartition("/")[2])
    if hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
        raise ValueError(f"{file['name']}: another content than the data set says; delete it and load it again")


def frame_of(folder: Path) -> pd.DataFrame:
    """The rows of all years, by close time, then symbol."""
    return pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))], ignore_index=True)


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


if __name__ == "__main__":
    given = [*sys.argv[1:], *("http://127.0.0.1:8080", "dataset")[len(sys.argv) - 1 :]]
    about = asyncio.run(download(given[0], Path(given[1])))
    print(about["id"], frame_of(Path(given[1])).shape)
