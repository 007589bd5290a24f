"""A data set is loaded over the API: in pieces, continued after a break, and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import insert

from examples.load_dataset import download, frame_of
from shared import tables
from tests.gateway import market
from tests.gateway.running_gateway import running_gateway


async def test_a_data_set_is_loaded_in_pieces_and_checked(tmp_path: Path) -> None:
    root, mine = tmp_path / "research", tmp_path / "mine"
    folder = root / "dataset-1-0a1b2c3d"
    folder.mkdir(parents=True)
    years = {year: pd.DataFrame({"symbol": ["A", "B"], "rsi_14": [float(year), 2.0]}) for year in (2020, 2021)}
    for year, rows in years.items():
        rows.to_parquet(folder / f"year-{year}.parquet")
    (folder / "manifest.json").write_text("{}")
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    async with running_gateway(tmp_path, research_artefacts=str(root)) as server:
        async with server.database.begin() as connection:
            await connection.execute(insert(tables.research_runs), [market.dataset_row(1, str(folder), hashes)])
        mine.mkdir()
        (mine / "year-2020.parquet").write_bytes((folder / "year-2020.parquet").read_bytes()[:100])
        about = await download(server.url, mine, piece=700)
        assert about["id"] == "dataset-1"
        assert frame_of(mine).equals(pd.concat(years.values(), ignore_index=True))
        assert {path.name for path in mine.iterdir()} == set(hashes)
        (mine / "year-2021.parquet").write_bytes(b"wrong" * 1000)
        with pytest.raises(ValueError, match=r"year-2021.parquet: another content"):
            await download(server.url, mine)
