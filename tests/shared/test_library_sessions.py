"""The sessions in files are those that the libraries compute."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from shared import library_sessions
from shared.library_sessions import library_sessions as read

SINCE, UPTO = dt.date(2023, 12, 20), dt.date(2024, 2, 20)


@pytest.mark.parametrize("calendar", ["XNYS", "XKRX", "CMES", "24/5", "24/7"])
def test_a_file_gives_what_is_computed(calendar: str, tmp_path: Path) -> None:
    computed = read(calendar, SINCE, UPTO, None)
    assert read(calendar, SINCE, UPTO, tmp_path) == computed
    assert len(list(tmp_path.iterdir())) == 1
    assert list(read(calendar, SINCE, UPTO, tmp_path).items()) == list(computed.items())


def test_a_file_is_read_and_serves_every_range_of_its_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = read("XNYS", SINCE, SINCE + dt.timedelta(days=20), None)
    read("XNYS", dt.date(2023, 5, 5), UPTO, tmp_path)
    monkeypatch.setattr(library_sessions, "_computed", None)
    assert read("XNYS", SINCE, SINCE + dt.timedelta(days=20), tmp_path) == computed


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY", "floats", "shape"])
def test_a_damaged_file_is_computed_again(content: bytes | str, tmp_path: Path) -> None:
    computed = read("XNYS", SINCE, UPTO, tmp_path)
    (file,) = tmp_path.iterdir()
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.save(file, np.zeros((3, 3)) if content == "floats" else np.zeros((3, 2), np.int64))
    assert read("XNYS", SINCE, UPTO, tmp_path) == computed
    assert np.load(file).shape[1] == 3


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read("XNYS", SINCE, UPTO, tmp_path / "file") == read("XNYS", SINCE, UPTO, None)


def test_other_versions_of_the_libraries_have_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read("XNYS", SINCE, UPTO, tmp_path)
    library_sessions._versions.cache_clear()
    monkeypatch.setattr(library_sessions, "version", lambda name: "0" if name == "holidays" else "1")
    read("XNYS", SINCE, UPTO, tmp_path)
    library_sessions._versions.cache_clear()
    assert len(list(tmp_path.iterdir())) == 2
