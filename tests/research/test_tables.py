"""Tables of the command line fit the terminal without cutting a word off."""

from __future__ import annotations

import pytest

from services.analysis.research.commands.output import print_table

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output goes to a terminal of 80 columns."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_a_year_of_months_is_whole_on_a_small_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(monkeypatch)
    print_table("Months", ("Year", *MONTHS, "Total"), [(2020, *(f"{n:+d}" for n in range(-6, 6)), "+43.9 %"), (2021, *[None] * 13)])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    words = out.replace("┃", " ").replace("│", " ").split()
    assert {"Months", "Year", *MONTHS, "Total", "-6", "+5", "+43.9"} <= {*words}
    assert words.count("2020") == words.count("Year") == 2, "each part says what its rows are about"
    assert words.count("Months") == 1


def test_a_long_text_is_folded_and_nothing_of_it_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(monkeypatch)
    signal = "stochastic_cross(high=80, low=20, period=14) [bold]" + "x" * 100
    print_table("", ("signal", "won"), [(signal, "49%")])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    shown = "".join(line.partition("│")[0].strip() for line in out.splitlines()[2:])
    assert shown.replace(" ", "") == signal.replace(" ", "")


def test_a_table_without_rows_has_its_heads(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("", ("id", "state"), [])
    assert capsys.readouterr().out.splitlines()[0].split("┃")[1].strip() == "state"
