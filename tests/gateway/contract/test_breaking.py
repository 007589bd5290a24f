"""v1 only grows: docs/openapi.json is what clients were promised."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.gateway.command.commands import commands
from services.gateway.command.openapi import SNAPSHOT, snapshot
from services.gateway.domain.contract import breaking_changes
from services.gateway.domain.version import VERSION
from services.gateway.handlers.openapi import document

PROMISED: dict[str, Any] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_nothing_that_was_promised_is_gone() -> None:
    assert breaking_changes(PROMISED, document(VERSION)) == []


def test_the_committed_document_is_current() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == snapshot(), "make docs"


def bars(found: dict[str, Any]) -> Any:
    return found["paths"]["/v1/bars"]["get"]


def parameter(found: dict[str, Any], name: str) -> Any:
    return next(one for one in bars(found)["parameters"] if one["name"] == name)


def schema(found: dict[str, Any], name: str) -> Any:
    return found["components"]["schemas"][name]


CHANGES: list[tuple[Callable[[Any], Any], str]] = [
    (lambda d: d["paths"].pop("/v1/quotes"), "GET /v1/quotes is gone"),
    (lambda d: bars(d)["parameters"].remove(parameter(d, "sort")), "GET /v1/bars: the parameter sort is gone"),
    (lambda d: parameter(d, "start").update(required=True), "GET /v1/bars: the parameter start is required now"),
    (
        lambda d: bars(d)["parameters"].append({"name": "venue", "in": "query", "required": True, "schema": {}}),
        "GET /v1/bars: the parameter venue is required now",
    ),
    (lambda d: parameter(d, "sort")["schema"]["enum"].remove("desc"), "GET /v1/bars: sort: the values ['desc'] are gone"),
    (lambda d: parameter(d, "limit")["schema"].update(maximum=500), "GET /v1/bars: limit: maximum was 10000, is 500"),
    (lambda d: parameter(d, "limit")["schema"].update(type="string"), "GET /v1/bars: limit: type was integer, is string"),
    (lambda d: bars(d)["responses"].pop("304"), "GET /v1/bars: the status 304 is gone"),
    (lambda d: schema(d, "Bar")["properties"].pop("volume"), "Bar: the field volume is gone"),
    (lambda d: schema(d, "Bar")["required"].remove("close"), "Bar: the field close may be missing now"),
    (lambda d: schema(d, "Bar")["properties"]["close"].update(type="string"), "Bar.close: type was number, is string"),
    (lambda d: schema(d, "Signal")["properties"]["direction"]["enum"].remove("up"), "Signal.direction: the values ['up'] are gone"),
    (lambda d: schema(d, "ExplainRequest")["required"].append("limit"), "ExplainRequest: the field limit is required now"),
    (lambda d: schema(d, "ExplainRequest")["properties"].pop("language"), "ExplainRequest: the field language is gone"),
    (
        lambda d: d["paths"]["/v1/conditions/explain"]["post"].pop("requestBody"),
        "POST /v1/conditions/explain: no body is taken any more",
    ),
]


@pytest.mark.parametrize(("change", "line"), CHANGES, ids=[line for _, line in CHANGES])
def test_what_breaks_a_client_is_found(change: Callable[[Any], Any], line: str) -> None:
    changed = copy.deepcopy(PROMISED)
    change(changed)
    assert line in breaking_changes(PROMISED, changed)


def test_additions_break_nothing() -> None:
    grown = copy.deepcopy(PROMISED)
    grown["paths"]["/v1/more"] = copy.deepcopy(grown["paths"]["/v1/bars"])
    bars(grown)["parameters"].append({"name": "venue", "in": "query", "required": False, "schema": {}})
    bars(grown)["responses"]["410"] = {"description": "Gone"}
    parameter(grown, "sort")["schema"]["enum"].append("random")
    parameter(grown, "limit")["schema"]["maximum"] = 20_000
    schema(grown, "Bar")["properties"]["trades"] = {"type": "integer"}
    schema(grown, "ExplainRequest")["properties"]["more"] = {"type": "boolean"}
    assert breaking_changes(PROMISED, grown) == []


def test_the_command_refuses_to_promise_less(tmp_path: Path) -> None:
    target = tmp_path / "openapi.json"
    assert CliRunner().invoke(commands, ["openapi", "--to", str(target)]).exit_code == 0
    assert target.read_text(encoding="utf-8") == snapshot()
    more = copy.deepcopy(PROMISED)
    more["paths"]["/v1/gone"] = more["paths"]["/v1/bars"]
    target.write_text(json.dumps(more), encoding="utf-8")
    refused = CliRunner().invoke(commands, ["openapi", "--to", str(target)])
    assert (refused.exit_code, "GET /v1/gone is gone" in refused.output) == (1, True)
    assert json.loads(target.read_text(encoding="utf-8")) == more


def test_the_command_says_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    text, other, folder = tmp_path / "notes.txt", tmp_path / "other.json", tmp_path / "none"
    text.write_text("no JSON", encoding="utf-8")
    other.write_text('{"paths": []}', encoding="utf-8")
    for target, words in (
        (text, "it is no OpenAPI document of this API"),
        (other, "it is no OpenAPI document of this API"),
        (tmp_path, "cannot be read: Is a directory"),
        (folder / "openapi.json", f"there is no folder '{folder}'"),
    ):
        for options in ([], ["--check"]):
            refused = CliRunner().invoke(commands, ["openapi", "--to", str(target), *options])
            assert (refused.exit_code, refused.output.count("\n")) == (2, 1), refused.output
            assert refused.output.startswith(f"error: --to '{target}': {words}")
    assert text.read_text(encoding="utf-8") == "no JSON", "another file is not written over"


def test_a_check_says_why_it_fails(tmp_path: Path) -> None:
    target = tmp_path / "openapi.json"
    check = ["openapi", "--check", "--to", str(target)]
    missing = CliRunner().invoke(commands, check)
    target.write_text(snapshot() + "\n", encoding="utf-8")
    old = CliRunner().invoke(commands, check)
    target.write_text(snapshot(), encoding="utf-8")
    current = CliRunner().invoke(commands, check)
    assert (missing.exit_code, missing.output.partition(": write it")[0]) == (1, f"error: {target} does not exist")
    assert (old.exit_code, old.output.partition(": write it")[0]) == (1, f"error: {target} is not current")
    assert (current.exit_code, current.output) == (0, "")
