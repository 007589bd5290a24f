"""No input can make a regular expression slow: each is linear, or its input has a limited length."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from shared.conditions import vocabulary
from tests.shared.regexes.found import FOLDERS, ROOT, Expression, UnknownPatternError, in_grammars, in_python
from tests.shared.regexes.judging import judge

MADE = {
    "shared/conditions/vocabulary.py": list(
        {pattern.groups: pattern for each in vocabulary._patterns().values() for _, _, pattern in each}.values()
    )
}
"""Modules that make patterns when they run, with one of each form that they make: here, for each number of parameters."""
BOUNDED = {
    "shared/logs.py": "redact cuts a text at 16,384 characters, and every repetition in it ends at 255; see test_logs.py",
}
"""Where expressions may be polynomial, never exponential, and what bounds the text."""
POLYNOMIAL = ("2nd degree", "3rd degree", "4th degree", "polynomial")


@cache
def expressions() -> list[Expression]:
    return [*in_python(MADE), *in_grammars()]


def test_the_expressions_are_found() -> None:
    found = {(each.path, each.pattern) for each in expressions()}
    assert ("services/ingest/settings.py", r"^[a-z0-9-]{1,40}$") in found
    assert ("services/gateway/domain/stream_query.py", r"^[0-9]{1,16}$") in found
    assert ("shared/sequences/grammar.lark", "[a-z_][a-z0-9_]*") in found
    assert any(path == "shared/conditions/scanning.py" and "(?P<hangul>" in pattern for path, pattern in found)
    assert len([path for path, _ in found if path == "shared/conditions/vocabulary.py"]) > len(
        MADE["shared/conditions/vocabulary.py"]
    )
    assert any(path == "services/notifier/domain/conditions.py" and "once_per_bar_close" in pattern for path, pattern in found)


def test_a_pattern_that_is_not_known_beforehand_is_an_error() -> None:
    with pytest.raises(UnknownPatternError, match="vocabulary"):
        list(in_python({}))


def test_each_is_linear_or_bounded() -> None:
    asked = [(each, given) for each in expressions() for given in each.in_javascript()]
    scripts = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.ts"))
        if not {"node_modules", "dist"} & set(path.relative_to(ROOT).parts)
    ]
    assert scripts, "the page's scripts are not where they were"
    answer = judge([given for _, given in asked], scripts, ROOT / "var")
    wrong = []
    for (each, _), action in zip(asked, answer["patterns"], strict=True):
        bounded = each.path in BOUNDED and any(degree in action["verdict"] for degree in POLYNOMIAL)
        if action["verdict"] != "safe" and not bounded:
            wrong.append(f"{each.where}: {action['source']}: {action['verdict']}")
    wrong += [
        f"{script['path']}: {script['source']}: {script['verdict']}" for script in answer["scripts"] if script["verdict"] != "safe"
    ]
    assert not wrong, "\n".join(wrong)


def test_the_check_finds_bad_expressions_and_reads_typescript(tmp_path: Path) -> None:
    script = tmp_path / "page.ts"
    script.write_text('const a = /^(a|a)*$/i, b = /^ab$/, c = new RegExp("(x+x+)+y"), d = (s: string) => RegExp(s);\n')
    answer = judge([{"source": r"(_?\d+(\.\d+)?)+$", "flags": ""}, {"source": r"\s+$", "flags": ""}], [script], ROOT / "var")
    assert [each["verdict"] for each in answer["patterns"]] == ["exponential", "2nd degree polynomial"]
    assert [each["verdict"] for each in answer["scripts"]] == ["exponential", "safe", "exponential", "not a literal"]
