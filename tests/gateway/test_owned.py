"""Watchlist, alerts, rules and deliveries: the rows of the bot, changed once and by one at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from services.gateway.domain.keys import parse_key
from services.gateway.domain.owned import MAX_WATCHED
from shared import wire
from shared.conditions.user_limits import MAX_PER_OWNER, MAX_PREMIUM, PREMIUM_GRACE
from shared.tables import audit_log, chats, conditions, deliveries, key_chats, watchlists
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, create_key
from tests.gateway.test_keys import bearer, send

NOT_LINKED = "this key is not linked"


@pytest.fixture
async def key(server: RunningGateway) -> str:
    return await create_key(server, "write")


async def link(server: RunningGateway, key: str, chat: str = "7") -> None:
    parsed = parse_key(key)
    assert parsed is not None
    row = {"key_id": parsed[0], "channel": "telegram", "chat_id": chat, "code_hash": parsed[0], "created_at": 1}
    async with server.database.begin() as connection:
        await connection.execute(insert(key_chats).values(**row))
    server.gateway.authentication.kept.clear()


async def put_list(client: aiohttp.ClientSession, key: str, symbols: list[str], match: str) -> tuple[int, str]:
    headers = bearer(key) | ({"If-Match": match} if match else {})
    async with client.put("/v1/watchlist", json={"symbols": symbols}, headers=headers) as response:
        return response.status, response.headers.get("ETag", "")


async def etag(client: aiohttp.ClientSession, key: str, path: str = "/v1/watchlist") -> str:
    async with client.get(path, headers=bearer(key)) as response:
        return response.headers["ETag"]


async def symbols(client: aiohttp.ClientSession, key: str) -> list[str]:
    _, body = await send(client, "GET", "/v1/watchlist", key)
    return [each["symbol"] for each in body["results"]]


async def test_a_watchlist_is_changed_by_one_at_a_time(client: aiohttp.ClientSession, key: str) -> None:
    first = await etag(client, key)
    assert (await put_list(client, key, ["AAPL"], ""))[0] == 428
    status, second = await put_list(client, key, ["NVDA", "AAPL", "AAPL"], first)
    assert (status, second) == (200, await etag(client, key))
    assert (await put_list(client, key, ["JPM"], first))[0] == 412
    assert await symbols(client, key) == ["AAPL", "NVDA"]
    assert (await put_list(client, key, ["JPM", "AAPL"], f'"other", {second}'))[0] == 200
    assert (await put_list(client, key, ["JPM"], "*"))[0] == 200
    assert await symbols(client, key) == ["JPM"]
    async with client.get("/v1/watchlist", headers=bearer(key) | {"If-None-Match": await etag(client, key)}) as response:
        assert response.status == 304
    assert (await put_list(client, key, ["NOPE"], "*"))[0] == 404
    assert await symbols(client, key) == ["JPM"]


async def test_a_change_without_if_match_is_refused_before_its_idempotency_key_is_looked_up(
    client: aiohttp.ClientSession, key: str
) -> None:
    once = bearer(key) | {"Idempotency-Key": "a"}
    for path, body in (("/v1/watchlist", {"symbols": ["AAPL"]}), ("/v1/rules/golden_cross", {"wanted": True})):
        for headers, status in (
            (once | {"If-Match": "*"}, 200 if "watch" in path else 422),
            (once, 428),
            (once | {"If-Match": " ,"}, 428),
        ):
            async with client.put(path, json=body, headers=headers) as response:
                assert response.status == status, await response.text()


async def test_what_does_not_exist_is_404_before_if_match_is_asked_for(client: aiohttp.ClientSession, key: str) -> None:
    for path, body, field in (
        ("/v1/rules/unknown", {"wanted": True}, "rule"),
        ("/v1/watchlist", {"symbols": ["NOPE"]}, "symbols"),
    ):
        for headers in ({}, {"If-Match": "*"}):
            async with client.put(path, json=body, headers=bearer(key) | headers) as response:
                assert (response.status, (await response.json(content_type=None))["field"]) == (404, field)


async def test_of_two_changes_of_the_same_state_one_is_refused(client: aiohttp.ClientSession, key: str) -> None:
    first = await etag(client, key)
    done = await asyncio.gather(*(put_list(client, key, [symbol], first) for symbol in ("AAPL", "NVDA", "JPM")))
    assert sorted(status for status, _ in done) == [200, 412, 412]
    assert len(await symbols(client, key)) == 1


async def test_one_instrument_is_added_and_removed(server: RunningGateway, client: aiohttp.ClientSession, key: str) -> None:
    for _ in range(2):
        status, body = await send(client, "PUT", "/v1/watchlist/%5EGSPC", key)
        assert (status, [each["symbol"] for each in body["results"]]) == (200, ["^GSPC"])
        assert body["warnings"][0].startswith(NOT_LINKED)
    async with server.database.begin() as connection:
        rows = [
            {"channel": "api", "chat_id": "kim", "thread_id": 0, "symbol": f"S{n}", "created_at": 1} for n in range(MAX_WATCHED - 1)
        ]
        await connection.execute(insert(watchlists), rows)
    assert (await send(client, "PUT", "/v1/watchlist/AAPL", key))[0] == 409
    assert (await send(client, "PUT", "/v1/watchlist/%5EGSPC", key))[0] == 200
    for _ in range(2):
        async with client.delete("/v1/watchlist/%5EGSPC", headers=bearer(key)) as response:
            assert (response.status, await response.read()) == (204, b"")
    assert "^GSPC" not in await symbols(client, key)


async def test_a_linked_key_has_the_rows_of_its_chat_and_of_no_other(
    server: RunningGateway, client: aiohttp.ClientSession, key: str
) -> None:
    other = await create_key(server, "write", owner="lee")
    await send(client, "PUT", "/v1/watchlist/JPM", key)
    async with server.database.begin() as connection:
        await connection.execute(
            insert(watchlists).values(channel="telegram", chat_id="7", thread_id=3, symbol="NVDA", created_at=1)
        )
    await link(server, key)
    assert await symbols(client, key) == ["NVDA"]
    status, body = await send(client, "PUT", "/v1/watchlist/AAPL", key)
    assert (status, body["warnings"]) == (200, [])
    async with server.database.connect() as connection:
        rows = (await connection.execute(select(watchlists.c.chat_id, watchlists.c.symbol).order_by(watchlists.c.symbol))).all()
    assert [tuple(row) for row in rows] == [("7", "AAPL"), ("kim", "JPM"), ("7", "NVDA")]
    assert await symbols(client, other) == []


async def test_the_same_idempotency_key_does_nothing_again(server: RunningGateway, client: aiohttp.ClientSession, key: str) -> None:
    async def add(condition: str, name: str = "a") -> tuple[int, str, Any]:
        headers = bearer(key) | {"Idempotency-Key": name}
        async with client.post("/v1/alerts", json={"condition": condition, "symbols": ["AAPL"]}, headers=headers) as response:
            return response.status, response.headers.get("Idempotent-Replayed", ""), await response.json(content_type=None)

    first, again = await add("rsi_14 < 30 on 1d"), await add("rsi_14 < 30 on 1d")
    assert (first[:2], again[:2]) == ((201, ""), (201, "true"))
    assert first[2] == again[2]
    assert (await add("rsi_14 < 20 on 1d"))[0] == 422, "the key was used for another request"
    assert (await add("rsi_14 < 20 on 1d", "b"))[2]["results"][0]["number"] == 2
    assert (await add("rsi_14 < 20 on 1d", "x" * 65))[0] == 400
    many = await asyncio.gather(*(add("close > 5 on 1d", "c") for _ in range(5)))
    assert {status for status, _, _ in many} <= {201, 409}
    async with server.database.connect() as connection:
        assert len((await connection.execute(select(conditions))).all()) == 3
        found = await connection.execute(select(audit_log.c.action).where(audit_log.c.action == "alert.add"))
        assert len(found.all()) == 3, "the log has what was done, not what was asked"


async def test_alerts_are_added_listed_and_removed(client: aiohttp.ClientSession, key: str) -> None:
    bodies: list[dict[str, Any]] = [
        {"condition": "RSI_14<30 on 1d", "symbols": ["AAPL", "NVDA"]},
        {"condition": "close > sma_200 on 1d", "industry": "ai", "frequency": "once_per_bar"},
        {"condition": "rsi_21 < 30 on 1h"},
        {"condition": "rsi_14 < 30 on 1d", "symbols": ["NVDA", "AAPL"]},
    ]
    numbers = [(await send(client, "POST", "/v1/alerts", key, json=body))[1]["results"][0]["number"] for body in bodies]
    assert numbers == [1, 2, 3, 1], "the last one is the first one in another spelling"
    _, body = await send(client, "GET", "/v1/alerts", key)
    assert [(each["condition"], each["scope"], each["targets"], each["timeframe"]) for each in body["results"]] == [
        ("rsi_14 < 30 on 1d", "symbols", ["AAPL", "NVDA"], "1Day"),
        ("close > sma_200 on 1d", "industry", ["ai"], "1Day"),
        ("rsi_21 < 30 on 1h", "watched", [], "1Hour"),
    ]
    async with client.delete("/v1/alerts/2", headers=bearer(key)) as response:
        assert response.status == 204
    for number in ("2", "x", "9" * 12):
        assert (await send(client, "DELETE", f"/v1/alerts/{number}", key))[0] == 404
    for wrong, status, field in (
        ({"condition": "clse > 5"}, 422, "condition"),
        ({"condition": "close > 5", "symbols": ["NOPE"]}, 404, "symbols"),
        ({"condition": "close > 5", "industry": "teapots"}, 404, "industry"),
        ({"condition": "close > 5", "industry": "ai", "symbols": ["AAPL"]}, 422, "industry"),
        ({"condition": "close > 5", "frequency": "always"}, 400, "frequency"),
    ):
        found = await send(client, "POST", "/v1/alerts", key, json=wrong)
        assert (found[0], found[1]["field"]) == (status, field)


async def test_an_alert_is_paused_resumed_removed_and_taken_back(
    server: RunningGateway, client: aiohttp.ClientSession, key: str
) -> None:
    async def change(method: str, **more: Any) -> tuple[int, list[Any]]:
        status, body = await send(client, method, "/v1/alerts/1", key, **more)
        return status, [(each["enabled"], each["stopped"]) for each in body["results"]] if status == 200 else []

    async def listed() -> list[Any]:
        return [(each["number"], each["stopped"]) for each in (await send(client, "GET", "/v1/alerts", key))[1]["results"]]

    async def remove() -> int:
        async with client.delete("/v1/alerts/1", headers=bearer(key)) as response:
            return response.status

    for n in (1, 2):
        await send(client, "POST", "/v1/alerts", key, json={"condition": f"close > {n} on 1d"})
    assert await change("PUT", json={"enabled": False}) == (200, [(False, "paused")])
    assert await listed() == [(1, "paused"), (2, "")]
    async with server.database.begin() as connection:
        await connection.execute(update(conditions).values(expires_at=5, last_fired_at=5))
    assert await change("PUT", json={"enabled": True}) == (200, [(True, "")])
    async with server.database.connect() as connection:
        rows = (await connection.execute(select(conditions.c.expires_at, conditions.c.last_fired_at))).all()
    assert [tuple(row) for row in rows] == [(0, 0), (5, 5)], "one that was over runs on without an end"
    assert await remove() == 204
    assert await listed() == [(2, "")]
    assert await remove() == 404
    assert await change("PUT", json={"enabled": False}) == (200, [(False, "paused")])
    assert await listed() == [(1, "paused"), (2, "")]
    assert await remove() == 204
    await send(client, "POST", "/v1/alerts", key, json={"condition": "close > 3 on 1d"})
    assert (await change("PUT", json={"enabled": True}))[0] == 404, "another one was added meanwhile"
    assert (await change("PUT", json={"enabled": "yes"}))[0] == 400


async def test_the_limits_of_alerts_are_those_of_the_bot(client: aiohttp.ClientSession, key: str) -> None:
    for n in range(MAX_PER_OWNER):
        assert (await send(client, "POST", "/v1/alerts", key, json={"condition": f"close > {n + 1} on 1d"}))[0] == 201
    status, problem = await send(client, "POST", "/v1/alerts", key, json={"condition": "close > 99 on 1d"})
    assert (status, problem["detail"]) == (409, f"there are {MAX_PER_OWNER} alerts already, which is the most")


@pytest.mark.parametrize(("ended", "most"), [(PREMIUM_GRACE - 60_000, MAX_PREMIUM), (PREMIUM_GRACE, MAX_PER_OWNER)])
async def test_a_chat_that_pays_may_have_more_alerts(
    client: aiohttp.ClientSession, server: RunningGateway, key: str, ended: int, most: int
) -> None:
    await link(server, key)
    now = server.gateway.clock()
    row = {"channel": "telegram", "chat_id": "7", "kind": "private", "created_at": 1, "premium_until": now - ended}
    others = {"channel": "telegram", "chat_id": "7", "condition_id": "c", "timeframe": "1d", "frequency": "once", "created_at": 1}
    stored = [
        others
        | {"number": n, "condition_text": f"close > {n} on 1d", "scope": "watched", "targets": "[]", "enabled": True, "extra": "[]"}
        for n in range(1, most)
    ]
    async with server.database.begin() as connection:
        await connection.execute(insert(chats).values(**row))
        await connection.execute(insert(conditions), stored)
    last = await send(client, "POST", "/v1/alerts", key, json={"condition": "rsi_14 < 30 on 1d"})
    status, problem = await send(client, "POST", "/v1/alerts", key, json={"condition": "rsi_14 < 20 on 1d"})
    assert (last[0], status, problem["detail"]) == (201, 409, f"there are {most} alerts already, which is the most")


async def test_rules_are_chosen(client: aiohttp.ClientSession, key: str) -> None:
    async def choose(rule: str, match: str) -> int:
        headers = bearer(key) | {"If-Match": match}
        async with client.put(f"/v1/rules/{rule}", json={"wanted": False}, headers=headers) as response:
            return response.status

    before = await etag(client, key, "/v1/rules")
    assert await choose("golden_cross", before) == 200
    assert await choose("gap", before) == 412
    assert await choose("golden_cros", "*") == 404
    _, body = await send(client, "GET", "/v1/rules", key)
    assert body["results"] == [{"rule": "golden_cross", "wanted": False}]


async def test_deliveries_of_the_linked_chat(server: RunningGateway, client: aiohttp.ClientSession, key: str) -> None:
    rows = []
    for n, chat in enumerate(["7", "7", "8"]):
        signal = market.signal("AAPL", n)
        rows.append(
            {
                "signal_id": signal.id, "channel": "telegram", "chat_id": chat, "thread_id": 0, "status": "sent" if n else "failed",
                "tries": 1, "error": "" if n else "refused", "body": wire.encode(signal).decode(), "created_at": n, "updated_at": n,
                "kind": "signal",
            }
        )  # fmt: skip
    others = ("notice", "story", "edit")
    rows += [rows[0] | {"signal_id": kind, "kind": kind, "body": "{}", "created_at": 9, "status": "failed"} for kind in others]
    async with server.database.begin() as connection:
        await connection.execute(insert(deliveries), rows)
    assert (await send(client, "GET", "/v1/deliveries", key))[1]["results"] == []
    await link(server, key)
    _, body = await send(client, "GET", "/v1/deliveries?limit=1", key)
    assert [(each["status"], each["symbol"]) for each in body["results"]] == [("sent", "AAPL")]
    _, older = await send(client, "GET", f"/v1/deliveries?limit=1&page_token={body['next_page_token']}", key)
    assert [(each["status"], each["error"]) for each in older["results"]] == [("failed", "refused")]
    assert older["next_page_token"] is None
    _, failed = await send(client, "GET", "/v1/deliveries?status=failed", key)
    assert len(failed["results"]) == 1
