"""The document is valid OpenAPI 3.1, and answers match its schemas."""

from __future__ import annotations

from functools import cache
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.gateway.handlers.openapi import document
from services.gateway.handlers.operations import OPERATIONS
from services.gateway.handlers.routes import ACTIONS, ROUTES, RUN_ACTIONS, Action, Route, RunAction
from shared.events import Timeframe

NEED_ANALYSIS = {"/v1/conditions/history"}
"""Analysis does not run in these tests; test_explain.py has answers of it."""


@cache
def described() -> dict[str, Any]:
    """Not to be changed."""
    return document("0")


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({"components": described()["components"], **schema})


def test_the_document_is_openapi_3_1() -> None:
    found = document("1.2.3")
    assert [str(error) for error in OpenAPIV31SpecValidator(found).iter_errors()] == []
    assert found["info"]["version"] == "1.2.3"
    assert {each.path for each in (*ROUTES, *ACTIONS)} <= set(found["paths"])


def test_reading_needs_no_key_and_changing_needs_a_scope() -> None:
    found = described()
    assert found["security"] == [{}, {"key": ["read"]}]
    assert found["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for each in OPERATIONS:
        assert found["paths"][each.path][each.method.lower()]["security"] == [{"key": [each.scope]}]


def test_parameters_match_the_query_struct() -> None:
    paths = described()["paths"]
    for route in ROUTES:
        parameters = {p["name"]: p for p in paths[route.path]["get"]["parameters"] if p["in"] == "query"}
        assert tuple(parameters) == route.query.__struct_fields__
    bars = {p["name"]: p for p in paths["/v1/bars"]["get"]["parameters"]}
    assert bars["symbol"]["required"]
    assert bars["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 1000}
    signals = {p["name"]: p for p in paths["/v1/signals"]["get"]["parameters"]}
    assert {"golden_cross", "double_top"} < set(signals["rule"]["schema"]["enum"])
    assert bars["timeframe"]["schema"]["enum"] == sorted(each.row.api for each in Timeframe)


def address(route: Route) -> str:
    """An address with results."""
    ids = {"news": "story-1", "briefings": "briefing-1", "datasets": "dataset-1"}
    known = next((found for part, found in ids.items() if part in route.path.split("/")), "backtest-1")
    return route.path.format(symbol="AAPL", industry="semiconductors", id=known) + route.example


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
async def test_answers_match_the_schema(client: aiohttp.ClientSession, route: Route) -> None:
    async with client.get("/openapi.json") as response:
        operation = (await response.json())["paths"][route.path]["get"]
    async with client.get(address(route)) as response:
        assert response.status == 200, await response.text()
        body = await response.json()
    assert body["results"], "the example must return results"
    validator(operation["responses"]["200"]["content"]["application/json"]["schema"]).validate(body)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.path)
async def test_bodies_and_answers_match_the_schema(client: aiohttp.ClientSession, action: Action) -> None:
    async with client.get("/openapi.json") as response:
        operation = (await response.json())["paths"][action.path]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    validator(body["schema"]).validate(body["example"])
    assert set(described()["components"]["schemas"][action.body.__name__]["properties"]) == set(action.body.__struct_fields__)
    async with client.post(action.path, json=body["example"]) as response:
        if action.path in NEED_ANALYSIS:
            assert response.status == 503, await response.text()
            return
        assert response.status == 200, await response.text()
        answer = await response.json()
    assert answer["results"], "the example must return results"
    validator(operation["responses"]["200"]["content"]["application/json"]["schema"]).validate(answer)


@pytest.mark.parametrize("action", RUN_ACTIONS, ids=lambda action: action.path)
def test_bodies_of_runs_match_the_schema(action: RunAction) -> None:
    operation = described()["paths"][action.path]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    validator(body["schema"]).validate(body["example"])
    properties = described()["components"]["schemas"][action.body.__name__]["properties"]
    assert set(properties) == set(action.body.__struct_fields__)
    with pytest.raises(ValidationError, match="'wat' was unexpected"):
        validator(body["schema"]).validate({**body["example"], "wat": 1})


async def test_problems_match_the_schema(client: aiohttp.ClientSession) -> None:
    schema = described()["components"]["responses"]["Problem400"]["content"]["application/problem+json"]["schema"]
    for address in ("/v1/bars", "/v1/bars?symbol=NOPE", "/v1/nothing"):
        async with client.get(address) as response:
            validator(schema).validate(await response.json(content_type=None))
