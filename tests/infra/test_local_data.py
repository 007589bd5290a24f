"""Each source has a data folder of its own; old data is moved there; commands find a run from any folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from infra.kafka.node import KafkaNode, write_owner
from infra.local.__main__ import main
from infra.local.data_folders import make_data_folder, move_old_data
from infra.local.errors import StackError
from infra.local.kernel_stamp import kernel_stamp
from infra.local.prepare import run_process
from infra.local.run_lock import run_lock
from infra.local.settings import LocalSettings
from shared.settings import MeshSettings


def settings(root: Path, **more: object) -> LocalSettings:
    return LocalSettings(var=root, cache=root / "cache", _env_file=None, **more)  # type: ignore[arg-type]


def database(path: Path, *cursors: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE ingest_cursors (cursor TEXT)")
        connection.executemany("INSERT INTO ingest_cursors VALUES (?)", [(name,) for name in cursors])


def write_old_data(root: Path, *cursors: str) -> None:
    database(root / "finstage.db", *cursors)
    (root / "kafka" / "node-1" / "data").mkdir(parents=True)
    (root / "log").mkdir()


def test_every_source_and_tape_has_its_own_folder_and_services_get_it(tmp_path: Path) -> None:
    every = [settings(tmp_path), settings(tmp_path, tape="crypto"), settings(tmp_path, source="yahoo", tape="crypto")]
    assert [each.folder.name for each in every] == ["replay-demo", "replay-crypto", "live-yahoo"]
    assert len({each.database for each in every}) == 3
    for each in every:
        messages = each.environment()
        assert (messages["VAR"], messages["TAPE"], messages["SOURCE"]) == (str(each.folder), each.tape, each.source)
        assert each.logs.is_relative_to(each.folder)
        assert not each.cache_folder.is_relative_to(each.folder)


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".", "x" * 41])
def test_an_invalid_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="tape"):
        settings(tmp_path, tape=name)
    with pytest.raises(ValueError, match="source"):
        settings(tmp_path, source=name)


def test_tools_find_the_newest_run(tmp_path: Path) -> None:
    plain = MeshSettings(var=tmp_path, _env_file=None)
    assert plain.database_url == f"sqlite+aiosqlite:///{tmp_path / 'finstage.db'}"
    make_data_folder(settings(tmp_path))
    make_data_folder(settings(tmp_path, tape="crypto"))
    newest = settings(tmp_path, tape="crypto")
    assert MeshSettings(var=tmp_path, _env_file=None).database_url == newest.database
    assert MeshSettings(var=newest.folder, _env_file=None).database_url == newest.database


@pytest.mark.parametrize(
    ("cursors", "folder"), [(["replay:crypto"], "replay-crypto"), (["history:AAPL:1d", "history:IBM:1d"], "live-yahoo")]
)
def test_earlier_data_moves_to_its_source(tmp_path: Path, cursors: list[str], folder: str) -> None:
    write_old_data(tmp_path, *cursors)
    messages: list[str] = []
    move_old_data(tmp_path, messages.append)
    assert {path.name for path in (tmp_path / folder).iterdir()} == {"finstage.db", "kafka", "log"}
    assert (tmp_path / folder / "kafka" / "node-1" / "data").is_dir()
    assert not (tmp_path / "finstage.db").exists()
    assert len(messages) == 1
    assert f"moved from {tmp_path} to {tmp_path / folder}" in messages[0]
    move_old_data(tmp_path, messages.append)
    assert len(messages) == 1


@pytest.mark.parametrize("cursors", [[], ["replay:demo", "replay:crypto"], ["replay:demo", "history:AAPL:1d"]])
def test_earlier_data_of_no_or_several_sources_is_left_with_a_message(tmp_path: Path, cursors: list[str]) -> None:
    write_old_data(tmp_path, *cursors)
    messages: list[str] = []
    move_old_data(tmp_path, messages.append)
    assert (tmp_path / "finstage.db").exists()
    assert "left alone" in messages[0]


def test_earlier_data_never_replaces_newer(tmp_path: Path) -> None:
    write_old_data(tmp_path, "replay:demo")
    (tmp_path / "replay-demo" / "log").mkdir(parents=True)
    messages: list[str] = []
    move_old_data(tmp_path, messages.append)
    assert (tmp_path / "finstage.db").exists()
    assert "left alone" in messages[0]


def test_earlier_data_is_not_moved_under_a_broker(tmp_path: Path) -> None:
    write_old_data(tmp_path, "replay:demo")
    with KafkaNode(tmp_path / "kafka" / "node-1", tmp_path, 1, 2).lock() as lock_file:
        write_owner(lock_file, 4711, 1)
        with pytest.raises(StackError, match="kill 4711"):
            move_old_data(tmp_path, print)
    assert (tmp_path / "finstage.db").exists()


def test_a_tape_that_changed_is_refused_with_the_folder_to_delete(tmp_path: Path) -> None:
    chosen = settings(tmp_path, tape="seconds")
    make_data_folder(chosen)
    run_process(chosen, "shared.migrations", "upgrade")
    with closing(sqlite3.connect(chosen.folder / "finstage.db")) as connection, connection:
        connection.execute("INSERT INTO ingest_cursors VALUES ('replay:seconds', '{\"digest\": \"old\"}', 1)")
    with pytest.raises(StackError, match=f"another edition of tape seconds.*deleting the folder {chosen.folder}$"):
        run_process(chosen, "services.ingest", "check")


def test_a_run_is_found_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VAR", raising=False)
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        root.mkdir()

    def chosen(root: Path) -> LocalSettings:
        return LocalSettings(var=root, port=8191, _env_file=None)

    with run_lock(chosen(roots[0])):
        assert main(["status"]) == 0
        assert f"process {os.getpid()}, data in {roots[0]}" in capsys.readouterr().out
        monkeypatch.setenv("VAR", str(roots[1]))
        assert main(["stop"]) == 0
        assert f"Nothing runs with its data in {roots[1]}. Elsewhere: VAR={roots[0]}" in capsys.readouterr().out
        monkeypatch.delenv("VAR")
        with run_lock(chosen(roots[1])):
            assert main(["stop"]) == 1
            printed = capsys.readouterr().err
            assert all(f"VAR={root} (process {os.getpid()}, http://127.0.0.1:8191)" in printed for root in roots)
    assert main(["status"]) == 3


def test_the_stamp_of_the_kernels_changes_with_their_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "services" / "analysis" / "kernels" / "indicators" / "sma.py"
    source.parent.mkdir(parents=True)
    source.write_text("PERIOD = 20\n")
    monkeypatch.setattr("infra.local.kernel_stamp.ROOT", tmp_path)
    before = kernel_stamp(tmp_path / "cache")
    assert kernel_stamp(tmp_path / "cache") == before
    source.write_text("PERIOD = 21\n")
    assert kernel_stamp(tmp_path / "cache") != before
