"""Files of runs in a folder and at a URL: the same answers, each within its time, and never outside of their place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.analysis.research.settings import ResearchSettings
from services.gateway.settings import Settings
from services.notifier.settings import NotifierSettings
from shared.failures import SettingsError
from shared.run_files import RunReader, open_files
from shared.run_files.reader import PART_BYTES
from shared.run_files.remote import RemoteFiles
from tests.run_store import RunStore, run_store

LARGE = bytes(range(256)) * 4096 * 2 + b"end"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[RunStore]:
    async with run_store(tmp_path / "store") as found:
        yield found


@pytest.fixture(params=["folder", "http", "file"])
async def place(request: pytest.FixtureRequest, store: RunStore) -> str:
    return {"folder": str(store.folder), "http": store.url, "file": store.folder.as_uri()}[request.param]


async def test_what_is_written_is_found_and_read(place: str, tmp_path: Path) -> None:
    files = open_files(place)
    for name, body in (("rows.bin", LARGE), ("result.json", b"{}")):
        await asyncio.to_thread(files.write, f"one-1/{name}", body)
    (tmp_path / "store" / "two-2").mkdir()
    assert await asyncio.to_thread(files.folders, "result.json") == ["one-1"]
    reader = RunReader(files)
    facts = await reader.facts("one-1", "rows.bin")
    assert facts.size == len(LARGE)
    parts = [part async for part in reader.parts("one-1", "rows.bin", facts, 5, len(LARGE))]
    assert (b"".join(parts), max(map(len, parts))) == (LARGE[5:], PART_BYTES)
    assert await reader.read("one-1", "result.json", 2) == b"{}"
    with pytest.raises(OSError, match="it has 2 bytes, at most 1 are read"):
        await reader.read("one-1", "result.json", 1)
    await asyncio.to_thread(files.write, "one-1/rows.bin", LARGE + b"more")
    assert (await reader.facts("one-1", "rows.bin")).version != facts.version


async def test_a_file_that_is_replaced_while_it_is_sent_is_cut_off(place: str) -> None:
    files = open_files(place)
    await asyncio.to_thread(files.write, "one-1/rows.bin", LARGE)
    reader = RunReader(files)
    parts = reader.parts("one-1", "rows.bin", await reader.facts("one-1", "rows.bin"), 0, len(LARGE))
    assert await anext(parts) == LARGE[:PART_BYTES]
    await asyncio.to_thread(files.write, "one-1/rows.bin", b"x" * len(LARGE) + b"longer")
    with pytest.raises(OSError, match="was replaced"):
        await anext(parts)


async def test_of_a_store_that_sends_files_whole_no_more_is_read_than_was_asked_for(store: RunStore) -> None:
    (store.folder / "one-1").mkdir(parents=True)
    with (store.folder / "one-1" / "rows.bin").open("wb") as file:
        file.truncate(256 * PART_BYTES)
    store.mode = "whole"
    reader = RunReader(open_files(store.url))
    facts = await reader.facts("one-1", "rows.bin")
    parts = reader.parts("one-1", "rows.bin", facts, 0, facts.size)
    assert await anext(parts) == bytes(PART_BYTES)
    with pytest.raises(OSError, match="range requests"):
        await anext(parts)
    assert store.sent < 64 * PART_BYTES, "what the sockets hold"


@pytest.mark.parametrize(
    ("folder", "name"), [("one-1", "gone.json"), ("two-2", "a.json"), ("..", "a.json"), ("one-1", "../a"), ("", "a")]
)
async def test_what_is_not_there_is_not_found(place: str, folder: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("outside")
    reader = RunReader(open_files(place))
    with pytest.raises(FileNotFoundError):
        await reader.facts(folder, name)
    with pytest.raises(FileNotFoundError):
        await reader.read(folder, name, 100)


@pytest.mark.parametrize("mode", ["fails", "hangs", "down"])
async def test_a_place_that_cannot_be_reached_is_not_a_file_that_is_missing(store: RunStore, mode: str) -> None:
    store.mode = mode
    url = store.url if mode != "down" else "http://127.0.0.1:9/runs"
    reader = RunReader(RemoteFiles(url, read_seconds=0.5))
    with pytest.raises(OSError) as raised:  # noqa: PT011 - its kind is what counts
        await reader.facts("one-1", "result.json")
    assert not isinstance(raised.value, FileNotFoundError)
    assert "127.0.0.1" in str(raised.value)


async def test_a_folder_that_is_not_there_is_not_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere is no folder"):
        await RunReader(open_files(str(tmp_path / "nowhere"))).facts("one-1", "result.json")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere://bucket/x", "research_artefacts: nowhere://: Protocol not known"),
        ("ftp://kim:secret@host/x", "research_artefacts: ftp:// with a password: leave it out, and set FSSPEC_FTP_PASSWORD"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(place: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        open_files(place)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("settings", [ResearchSettings, Settings, NotifierSettings])
def test_files_are_beside_the_database_of_the_newest_run(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the command line would write where the gateway of that run does not read, and not find what its worker has written."""
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.delenv("RESEARCH_ARTEFACTS", raising=False)
    assert settings(_env_file=None).research_artefacts == str(tmp_path / "research")
    (tmp_path / "replay-demo").mkdir()
    (tmp_path / "current").symlink_to("replay-demo")
    assert settings(_env_file=None).research_artefacts == str(tmp_path / "replay-demo" / "research")
