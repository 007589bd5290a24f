from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from infra.clients.__main__ import main as clients
from infra.documents.__main__ import documents, main
from infra.local.web_page import main as web_page
from services.analysis.documents.__main__ import main as page_of_indicators
from shared.asyncapi import document, event_schemas, schemas
from shared.events import Tick
from shared.topics import TOPICS
from tests.wire.test_wire import SAMPLES


def test_the_committed_documents_are_current() -> None:
    assert [path.name for path, text in documents().items() if path.read_text() != text] == []
    assert main(["--check"]) == 0


@pytest.mark.parametrize("program", [main, clients, page_of_indicators, web_page], ids=lambda each: each.__module__)
def test_the_programs_that_make_files_explain_themselves_and_refuse_what_they_do_not_know(
    program: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        program(["--help"])
    assert ended.value.code == 0
    assert f"usage: python -m {program.__module__.removesuffix('.__main__')} [-h]" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        program(["--chek-all"])
    assert ended.value.code == 2
    assert "unrecognized arguments: --chek-all" in capsys.readouterr().err


def test_every_topic_and_event_is_in_it() -> None:
    found = document("1")
    assert set(found["channels"]) == {topic.name for topic in TOPICS}
    assert set(found["components"]["messages"]) == {path.stem for path in SAMPLES}


def test_every_reference_leads_somewhere() -> None:
    found = document("1")

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                at = found
                for part in node["$ref"].removeprefix("#/").split("/"):
                    at = at[part]
            for one in node.values():
                walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(found)


def test_the_samples_agree_with_their_schemas() -> None:
    found = json.loads(json.dumps({"components": {"schemas": schemas()}}))
    names = {message["name"]: message["title"] for message in document("1")["components"]["messages"].values()}
    for sample in SAMPLES:
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{names[sample.stem]}", **found})
        assert [error.message for error in validator.iter_errors(json.loads(sample.read_bytes()))] == []


def test_each_event_has_a_schema_of_its_own_that_its_sample_agrees_with() -> None:
    found = event_schemas()
    assert set(found) == {path.stem for path in SAMPLES}
    for sample in SAMPLES:
        Draft202012Validator.check_schema(found[sample.stem])
        validator = Draft202012Validator(found[sample.stem])
        body = json.loads(sample.read_bytes())
        assert [error.message for error in validator.iter_errors(body)] == []
        assert list(validator.iter_errors({**body, "ts_event": "now"})), "a wrong type is found"


def test_fields_carry_their_descriptions() -> None:
    found = schemas()["Tick"]["properties"]
    assert "without gaps" in found["seq"]["description"].lower()
    assert set(found) == {*Tick.__struct_fields__, "type"}
