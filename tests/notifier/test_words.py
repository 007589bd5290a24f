"""The catalogue of words: complete and well-formed in both languages, with the same values; Korean particles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, FluentSerializer, ast
from fluent.syntax.visitor import Visitor

from services.notifier.bot.menu import menus
from services.notifier.words.catalogue import FOLDER, LANGUAGES, PAGE, WordsError, files, phrase
from shared.particles import with_particle
from shared.sequences import vocabulary


class Values(Visitor):
    """The names of the values of a pattern."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's name
        self.names.add(node.id.name)


def page_files(language: str) -> list[Path]:
    return sorted(FOLDER / language / name for name in PAGE)


@cache
def entries(file: Path) -> list[ast.EntryType]:
    return FluentParser().parse(file.read_text("utf-8")).body


def catalogue(language: str, *, page: bool = False) -> dict[str, set[str]]:
    """By message or attribute, the names of its values."""
    found: dict[str, set[str]] = {}
    for file in page_files(language) if page else files(language):
        for entry in entries(file):
            assert not isinstance(entry, ast.Junk), f"{file.name}: {entry.content}"
            if not isinstance(entry, ast.Message):
                continue
            parts = {entry.id.name: entry.value} | {f"{entry.id.name}.{each.id.name}": each.value for each in entry.attributes}
            for name, pattern in parts.items():
                assert name not in found, f"{name} is there twice"
                assert pattern is not None
                values = Values()
                values.visit(pattern)
                found[name] = values.names
    return found


@pytest.mark.parametrize("page", [False, True], ids=["notifier", "page"])
def test_both_languages_have_the_same_messages_with_the_same_values(page: bool) -> None:
    korean, english = (catalogue(language, page=page) for language in LANGUAGES)
    assert korean.keys() ^ english.keys() == set()
    assert {name for name in korean if korean[name] != english[name]} == set()


def test_every_rule_and_command_has_its_words() -> None:
    known = catalogue("en")
    wanted = {f"rule-{rule.replace('_', '-')}{part}" for rule in vocabulary() for part in ("", ".up", ".down")}
    assert wanted <= known.keys()
    assert all(1 <= len(about) <= 256 for menu in menus(sells=True).values() for about in menu.values())


@pytest.mark.parametrize(("key", "values"), [("no-such-message", {}), ("no-such", {}), ("help.up", {})])
def test_a_missing_message_or_value_is_an_error(key: str, values: dict[str, object]) -> None:
    with pytest.raises(WordsError):
        phrase("en", key, **values)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("은/는", "삼성전자는 현대차는 셀트리온은 AAPL은 NVDA는 IBM은 Tesla는 Google은 Facebook은 Microsoft는 Netflix는 10은 5는"),
        ("이/가", "카카오가 네이버가 기아가 SK텔레콤이 LG전자가 KT가 Intel이 Amazon이 Apple이 Meta가 2가 3이 100이 1.5가"),
        ("을/를", "금을 은을 유로를 달러를 S&P500을 Boeing을 Walmart를 Chip을 rsi_14를 sma_50을"),
        ("과/와", "애플과 구글과 코스피와 AMD와 GM과 close와"),
        ("으로/로", "서울로 부산으로 제주로 1로 3으로 7로 AAPL로 USD로 KRX로 Amazon으로"),
    ],
)
def test_particles_follow_the_last_sound(pair: str, words: str) -> None:
    forms = sorted(pair.split("/"), key=len, reverse=True)
    for written in words.split():
        form = next(form for form in forms if written.endswith(form))
        assert with_particle(written.removesuffix(form), pair) == written


def test_markup_signs_and_brackets_are_not_read() -> None:
    assert with_particle("<b>애플</b>", "이/가") == "<b>애플</b>이"
    assert with_particle("'rsi_14'", "을/를") == "'rsi_14'를"
    assert with_particle("삼성전자 (Samsung)", "은/는") == "삼성전자 (Samsung)는"
    assert with_particle("", "은/는") == "는"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_of_bot_and_page_stands_in_one_file(language: str) -> None:
    def texts(path: Path) -> set[tuple[str, str]]:
        messages = [entry for entry in entries(path) if isinstance(entry, ast.Message)]
        return {(entry.id.name, FluentSerializer().serialize_entry(entry).strip()) for entry in messages}

    page = {text for file in page_files(language) for text in texts(file)}
    twice = {text for file in files(language) for _, text in texts(file) & page}
    assert {text for text in twice if len(text.split("=", 1)[1].split()) > 2} == set()


PARTICLES = frozenset("은 는 이 가 을 를 과 와 으로 로 이라 라 이고 고 이나 나 이란 란".split())  # noqa: SIM905
UNDECIDED = re.compile(r"\((은|는|이|가|을|를|와|과|으)\)")


def undecided_particles(pattern: ast.Pattern) -> list[str]:
    """Particles that depend on the value before them, and stand there in one form, or in both."""
    words = [each.value if isinstance(each, ast.TextElement) else "" for each in pattern.elements]
    values = [isinstance(each, ast.Placeable) and isinstance(each.expression, ast.VariableReference) for each in pattern.elements]
    after = [word.lstrip("'\"’”*»") for word, value in zip(words[1:], values, strict=False) if value]
    undecided = [word for word in after if re.split(r"[^가-힣]", word, maxsplit=1)[0] in PARTICLES]
    return undecided + [word for word in words if UNDECIDED.search(word)]


@pytest.mark.parametrize("page", [False, True], ids=["notifier", "page"])
def test_a_particle_after_a_value_follows_its_last_sound(page: bool) -> None:
    found = {}
    for file in page_files("ko") if page else files("ko"):
        messages = [entry for entry in entries(file) if isinstance(entry, ast.Message)]
        for entry in messages:
            patterns = [pattern for pattern in (entry.value, *(each.value for each in entry.attributes)) if pattern]
            found[entry.id.name] = [word for pattern in patterns for word in undecided_particles(pattern)]
    assert {name: words for name, words in found.items() if words} == {}
