"""Words of the page: both catalogues have the same messages, and every rule, error code and type of problem is said in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules.table import RULES
from services.analysis.research.adapters.answer_process import CHECK_KILLED, CHECK_SLOW
from services.gateway.domain.problems import PROBLEM_TYPES
from services.gateway.domain.research_refusals import FOR_EVER
from services.gateway.domain.wrong_values import BOUNDS, STARTS
from shared.conditions import PROBLEMS
from shared.conditions.user_limits import Limit
from tests.gateway.page.english import RUN

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "shared" / "words"


def messages(language: str, *files: str) -> dict[str, str]:
    """The messages of a catalogue by their names."""
    text = "".join((WORDS / language / name).read_text(encoding="utf-8") for name in files or ("page.ftl",))
    return dict(re.findall(r"^([a-z][\w-]*) =((?:.*\n)(?:[ ]+.*\n)*)", text, re.MULTILINE))


@pytest.mark.parametrize("file", ["page.ftl", "problems.ftl", "conditions.ftl"])
def test_both_languages_have_the_same_messages_with_the_same_values(file: str) -> None:
    english, korean = messages("en", file), messages("ko", file)
    assert list(english) == list(korean)
    assert english

    def values(text: str) -> set[str]:
        return set(re.findall(r"\$\w+", text))

    assert {name: values(text) for name, text in english.items()} == {name: values(text) for name, text in korean.items()}


@pytest.mark.parametrize("rule", [*(each.name for each in RULES), *(each.name for each in PATTERNS)])
def test_every_rule_has_a_name_in_both_languages(rule: str) -> None:
    name = f"rule-{rule.replace('_', '-')}"
    files = ("rules.ftl", "patterns.ftl")
    assert messages("en", *files).get(name), f"the catalogue has no name of the rule {rule}"
    assert re.search("[가-힣]", messages("ko", *files).get(name, "")), f"the Korean name of {rule} is missing"


def codes() -> Iterator[str]:
    """The error codes in the gateway's source, and those that it makes of tables."""
    for path in (ROOT / "services" / "gateway").rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            given = [each.value for each in call.keywords if each.arg == "code"]
            if isinstance(call.func, ast.Name):
                given += {"WrongValue": call.args[:1], "_unavailable": call.args[1:]}.get(call.func.id, [])
            branches = (
                part for value in given for part in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
            )
            yield from (str(each.value) for each in branches if isinstance(each, ast.Constant))
    yield from FOR_EVER
    yield from (f"alerts-{limit}" for limit in get_args(Limit))
    yield from (code for _, code in STARTS)
    yield from (code for _, *both in BOUNDS for code in both)


def test_every_error_code_and_type_of_the_gateway_is_said_in_both_languages() -> None:
    found = {*codes()}
    assert {"value-most", "symbol-unknown", "scope-missing", "analysis-silent", "alerts-full"} <= found
    assert not found & {code.replace("_", "-") for code in PROBLEMS}, "a code means one thing, of conditions or not"
    for language in ("en", "ko"):
        said = messages(language, "problems.ftl", "conditions.ftl")
        assert sorted(found - {name.removeprefix("problem-") for name in said}) == []
        assert sorted({f"problem-of-{name}" for name in PROBLEM_TYPES} - {*said}) == []
        assert sorted({f"condition-{code.replace('_', '-')}" for code in PROBLEMS} - {*said}) == []


ERRORS = frozenset(
    {
        "RunError",
        "BacktestError",
        "GridError",
        "DataRequestError",
        "SignalNameError",
        "SplitError",
        "NoCrossValidationError",
        "UnitError",
    }
)
"""The errors that refuse a run."""
RESEARCH = ROOT / "services" / "analysis" / "research"
OF_THE_MACHINE = frozenset({"artefacts.py", "dask_workers.py", "quality_store.py", "croissant.py", "file_series.py"})
"""Files that cannot be read or written, or that the command line alone names: ``test_uncoded_refusals.py``."""
OF_ARRAYS = frozenset({"prices.py", "simulation.py", "sweeping.py"})
"""They check arrays that the program made."""


def refusals() -> Iterator[tuple[Path, ast.Call]]:
    """The errors in the source of research that refuse a run, without those that repeat another."""
    for path in RESEARCH.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                yield path, node


def test_every_refusal_of_a_run_has_a_code_and_all_that_its_sentence_says() -> None:
    english, found, wrong = messages("en", "problems.ftl"), set[str](), list[str]()
    for path, call in refusals():
        if path.name in OF_THE_MACHINE | OF_ARRAYS:
            continue
        place = f"{path.name}:{call.lineno}"
        if len(call.args) < 2:
            wrong.append(f"{place}: no code")
        elif isinstance(call.args[1], ast.Constant):
            code = str(call.args[1].value)
            found.add(code)
            needs = set(re.findall(r"\$(\w+)", english.get(f"problem-{code}", "$sentence"))) - {"field"}
            if lacks := needs - {each.arg for each in call.keywords}:
                wrong.append(f"{place}: {code} lacks {sorted(lacks)}")
    assert wrong == []
    assert {"value-within", "no-exit", "range-missing", "timeframe-other", "no-bars-of"} <= found
    for language in ("en", "ko"):
        said = {name.removeprefix("problem-") for name in messages(language, "problems.ftl")}
        assert sorted({*found, CHECK_SLOW, CHECK_KILLED, "value-between", "value-above", "name-near"} - said) == []


def test_what_korean_says_of_a_problem_has_no_english_word() -> None:
    said = messages("ko", "problems.ftl")
    plain = {name: re.sub(r"\{[^{}]*->|\[\w+\]|\*|\{ \$\w+ \}|\{ JOSA\(\$\w+, |[{}]", "", text) for name, text in said.items()}
    assert {name: found for name, text in plain.items() if (found := re.findall("[A-Za-z]{2,}", text))} == {}


ALIKE = {"api", "language-en", "from-to", "heat-empty", "run-title"}
"""Messages of the page with nothing to translate."""


@pytest.mark.parametrize("file", ["page.ftl", "rules.ftl", "patterns.ftl", "records.ftl", "problems.ftl", "conditions.ftl"])
def test_every_message_of_the_korean_page_is_translated(file: str) -> None:
    said = {name: text for name, text in messages("ko", file).items() if name not in ALIKE}
    assert {name: text for name, text in said.items() if not re.search("[가-힣]", text)} == {}
    plain = {name: re.sub(r"\{[^{}]*->|\{[^{}]*\}|`[^`]*`", "", text) for name, text in said.items()}
    assert {name: found for name, text in plain.items() if (found := RUN.findall(text))} == {}
