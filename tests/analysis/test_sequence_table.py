"""The followed sequences: the operator's command, the table, and rows that cannot be read."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from services.analysis.live.adapters.sequences import SequenceTable
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.settings import LiveSettings
from services.analysis.sequences import main
from shared.db import open_database
from shared.sequences import parse
from shared.tables import industries, instrument_industries, instruments, sequences

ONE, TWO = "rsi_oversold up then macd_cross up within 10 bars on 1d", "golden_cross up then gap up within 3 bars on 1h"


async def universe(url: str) -> None:
    row = {"name_en": "", "name_ko": "", "exchange": "NYSE", "currency": "USD", "kind": "stock", "sector": "", "aliases": "[]"}
    async with open_database(url) as database, database.begin() as connection:
        await connection.execute(instruments.insert(), [{"symbol": each, "active": True, **row} for each in ("A", "B")])
        await connection.execute(industries.insert(), [{"industry": "chips", "name_en": "", "name_ko": ""}])
        await connection.execute(instrument_industries.insert(), [{"symbol": "B", "industry": "chips"}])


FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


async def followed(url: str) -> tuple[FollowedSequence, ...]:
    async with open_database(url) as database:
        return await SequenceTable(database).followed()


def test_an_operator_adds_changes_lists_and_removes(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    asyncio.run(universe(database_url))
    assert main(["list"]) == 0
    assert "0 sequences" in capsys.readouterr().out
    assert main(["add", ONE.upper()]) == 0
    assert main(["add", TWO, "--industries", "ｃｈｉｐｓ"]) == 0
    assert asyncio.run(followed(database_url)) == (FollowedSequence(parse(ONE)), FollowedSequence(parse(TWO), frozenset({"B"})))
    assert main(["add", ONE, "--symbols", "ａ，\u200bB"]) == 0  # for these alone from now on
    assert asyncio.run(followed(database_url))[0] == FollowedSequence(parse(ONE), frozenset({"A", "B"}))
    capsys.readouterr()
    assert main(["list"]) == 0
    first, second, count = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"{parse(ONE).id[:12]}  {ONE}  for symbols A, B", first)
    assert second.endswith(f"{TWO}  for industries chips")
    assert count == "2 sequences"
    assert main(["remove", parse(ONE).id[:6].translate(FULL_WIDTH)]) == 0
    assert asyncio.run(followed(database_url)) == (FollowedSequence(parse(TWO), frozenset({"B"})),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "golden_cros then gap up within 3"], "golden_cros then gap up within 3\n^\n'golden_cros' is no rule"),
        (["add", ONE, "--symbols", "A,ZZZ"], "no instrument is called ZZZ"),
        (["add", ONE, "--industries", "ships"], "no industry is called ships"),
        (["add", "golden_cross and gap up within 3"], "'and' cannot stand here; write 'then'"),
        (["add", "x" * 5000], "x" * 60 + "\n" + " " * 60 + "^\n"),
        (["add", "golden_cross \x1b[31m then gap up within 3"], "golden_cross  [31m then gap up within 3\n             ^\n"),
        (["remove", "ffff"], "no sequence with an id that begins ffff"),
    ],
)
def test_a_failed_command_prints_the_reason(
    arguments: list[str], message: str, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    asyncio.run(universe(database_url))
    assert main(arguments) == 1
    assert message in capsys.readouterr().err
    assert asyncio.run(followed(database_url)) == ()


def test_an_unusable_database_is_reported_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/new.db")
    assert main(["list"]) == 1
    assert capsys.readouterr().err.startswith("there are no tables yet in sqlite")
    assert not (tmp_path / "new.db").exists()
    monkeypatch.setenv("DATABASE_URL", "foo")
    with pytest.raises(SystemExit):
        main(["list"])
    assert capsys.readouterr().err.startswith("error: setting DATABASE_URL='foo': not a URL like sqlite+aiosqlite:///FILE")


def test_an_empty_list_of_symbols_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["add", ONE, "--symbols", " , "])
    assert "no name is given" in capsys.readouterr().err


def test_the_default_database_is_in_the_folder_of_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("VAR", str(tmp_path))
    assert LiveSettings(_env_file=None).database_url == f"sqlite+aiosqlite:///{tmp_path}/finstage.db"


async def test_a_row_that_cannot_be_read_stops_no_other(database_url: str) -> None:
    async with open_database(database_url) as database:
        rows = [
            {"sequence_id": "1", "sequence_text": "no sequence", "scope": "all", "targets": "[]", "created_at": 1},
            {"sequence_id": "2", "sequence_text": ONE, "scope": "symbols", "targets": "not json", "created_at": 2},
            {"sequence_id": "3", "sequence_text": TWO, "scope": "all", "targets": "[]", "created_at": 3},
        ]
        async with database.begin() as connection:
            await connection.execute(sequences.insert(), rows)
        assert await SequenceTable(database).followed() == (FollowedSequence(parse(ONE), frozenset()), FollowedSequence(parse(TWO)))
