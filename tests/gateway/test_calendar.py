"""/v1/calendar and /v1/snapshot."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.gateway import market


async def read(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    async with client.get(path) as response:
        body = await response.json(content_type=None)
        assert response.status == status, body
    return body


async def test_sessions_and_holidays_of_an_exchange(client: aiohttp.ClientSession) -> None:
    days = (await read(client, "/v1/calendar?exchange=NYSE&start=2024-07-03&end=2024-07-08"))["results"]
    assert [(day["date"], day["kind"], day["close"]) for day in days] == [
        ("2024-07-03", "session", "2024-07-03T17:00:00Z"),
        ("2024-07-04", "holiday", None),
        ("2024-07-05", "session", "2024-07-05T20:00:00Z"),
        ("2024-07-08", "session", "2024-07-08T20:00:00Z"),
    ]
    crypto = (await read(client, "/v1/calendar?exchange=CRYPTO&start=2024-07-06&end=2024-07-07"))["results"]
    assert [day["kind"] for day in crypto] == ["session", "session"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("", 400, "exchange"),
        ("exchange=LSE", 400, "exchange"),
        ("exchange=NYSE&start=2024-07-08&end=2024-07-03", 422, "start"),
        ("exchange=NYSE&start=1999-01-01", 422, "start"),
        ("exchange=NYSE&start=2023-01-01&end=2024-12-31", 422, "end"),
        ("exchange=NYSE&end=9999-12-31", 422, "end"),
        ("exchange=NYSE&start=9999-12-31", 422, "end"),
        ("exchange=NYSE&end=0001-01-01", 422, "start"),
        ("exchange=NYSE&start=2024-7-3", 400, "start"),
    ],
)
async def test_a_wrong_range_names_the_field(client: aiohttp.ClientSession, query: str, status: int, field: str) -> None:
    assert (await read(client, f"/v1/calendar?{query}", status))["field"] == field


async def test_a_snapshot_has_what_its_resources_answer(client: aiohttp.ClientSession) -> None:
    body = await read(client, "/v1/snapshot/AAPL?bars=5&limit=3")
    (found,) = body["results"]
    for name, path in (
        ("instrument", "/v1/instruments/AAPL"),
        ("quote", "/v1/quotes?symbols=AAPL"),
        ("indicators", "/v1/indicators?symbol=AAPL&limit=1"),
    ):
        assert [found[name]] == (await read(client, path))["results"]
    for name, path in (
        ("bars", "/v1/bars?symbol=AAPL&limit=5&adjustment=all"),
        ("signals", "/v1/signals?symbol=AAPL&limit=3"),
        ("patterns", "/v1/patterns?symbol=AAPL&limit=3"),
    ):
        assert found[name] == (await read(client, path))["results"]
    assert (body["provider"], len(found["bars"]), len(found["signals"])) == ("replay", 5, 3)
    assert (await read(client, "/v1/snapshot/NOPE", 404))["field"] == "symbol"


async def test_a_snapshot_of_an_instrument_without_data_is_not_refused(client: aiohttp.ClientSession) -> None:
    (found,) = (await read(client, "/v1/snapshot/JPM"))["results"]
    assert (found["instrument"]["symbol"], found["bars"], found["indicators"], found["signals"]) == ("JPM", [], None, [])
    assert found["quote"]["last_price"] == market.quote("JPM", 1).last_price
