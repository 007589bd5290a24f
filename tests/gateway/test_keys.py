"""Keys: who may do what, how often, and that no secret is kept."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from services.gateway.command.commands import commands
from services.gateway.domain.keys import ApiKey, hash_of, new_code, parse_key
from services.gateway.handlers.operations import OPERATIONS
from shared.failures import TransientError
from shared.migrations import command as migrations
from shared.tables import api_keys, audit_log
from tests.gateway.running_gateway import RunningGateway, create_key, running_gateway

KEY_REQUEST = {"name": "dashboard", "owner": "kim", "scopes": ["read", "write"]}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def send(client: aiohttp.ClientSession, method: str, path: str, key: str = "", **more: Any) -> tuple[int, Any]:
    async with client.request(method, path, headers=bearer(key) if key else {}, **more) as response:
        return response.status, await response.json(content_type=None)


async def result(client: aiohttp.ClientSession, method: str, path: str, key: str, **more: Any) -> Any:
    status, body = await send(client, method, path, key, **more)
    assert status < 300, body
    return body["results"][0]


async def test_a_key_is_created_used_rotated_and_revoked(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    admin = await create_key(server, "admin")
    made = await result(client, "POST", "/v1/keys", admin, json=KEY_REQUEST)
    assert parse_key(made["key"]) is not None
    assert (made["scopes"], made["linked"], made["expires"]) == (["read", "write"], False, None)
    assert (await result(client, "GET", "/v1/keys/self", made["key"]))["id"] == made["id"]
    status, listed = await send(client, "GET", "/v1/keys", admin)
    assert (status, [each["id"] for each in listed["results"]][1:]) == (200, [made["id"]])
    assert all("key" not in each for each in listed["results"])
    turned = await result(client, "POST", f"/v1/keys/{made['id']}/rotate", admin, json={"keep_seconds": 60})
    for each in (made["key"], turned["key"]):
        assert (await send(client, "GET", "/v1/keys/self", each))[0] == 200
    again = await result(client, "POST", f"/v1/keys/{made['id']}/rotate", admin, json={})
    for each, expected in ((made["key"], 401), (turned["key"], 401), (again["key"], 200)):
        assert (await send(client, "GET", "/v1/keys/self", each))[0] == expected
    for _ in range(2):
        async with client.delete(f"/v1/keys/{made['id']}", headers=bearer(admin)) as response:
            assert response.status == 204
    assert (await send(client, "GET", "/v1/quotes", again["key"]))[0] == 401
    status, problem = await send(client, "POST", f"/v1/keys/{made['id']}/rotate", admin, json={})
    assert (status, "neither revoked nor expired" in problem["detail"]) == (404, True), "its new secret would never be taken"
    status, problem = await send(client, "DELETE", "/v1/keys/0000000000", admin)
    assert (status, problem["type"]) == (404, "urn:finstage:problem:unknown-key")


async def test_no_secret_is_stored_logged_or_audited(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    with capture_logs() as logs:
        admin = await create_key(server, "admin")
        made = await result(client, "POST", "/v1/keys", admin, json=KEY_REQUEST)
        await send(client, "GET", "/v1/quotes", made["key"] + "x")
    async with server.database.connect() as connection:
        stored = [str(row) for table in (api_keys, audit_log) for row in (await connection.execute(select(table))).all()]
    secret = made["key"].split("_", 2)[2]
    assert hash_of(secret) in "".join(stored)
    assert secret not in "".join(stored) + str(logs)


async def test_changes_are_audited_with_their_actor(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    admin = await create_key(server, "admin")
    own = (await result(client, "GET", "/v1/keys/self", admin))["id"]
    made = await result(client, "POST", "/v1/keys", admin, json=KEY_REQUEST)
    await client.delete(f"/v1/keys/{made['id']}", headers=bearer(admin))
    _, body = await send(client, "GET", "/v1/audit?limit=2", admin)
    assert [(each["actor"], each["address"], each["action"], each["target"]) for each in body["results"]] == [
        (own, "127.0.0.1", "key.revoke", made["id"]),
        (own, "127.0.0.1", "key.create", made["id"]),
    ]
    _, older = await send(client, "GET", f"/v1/audit?limit=2&page_token={body['next_page_token']}", admin)
    assert [each["actor"] for each in older["results"]] == ["command"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
async def test_every_operation_needs_its_scope(server: RunningGateway, client: aiohttp.ClientSession, operation: Any) -> None:
    path = operation.path.format(id="0123456789", number=1, symbol="AAPL", rule="golden_cross")
    body = {"data": operation.example, "headers": {"Content-Type": "application/json"}} if operation.body else {}
    async with client.request(operation.method, path, **body) as response:
        assert response.status in ({401} if operation.scope != "read" or "self" in path else {200, 401}), await response.text()
    if operation.scope == "read":
        return
    weak = await create_key(server, "read")
    async with client.request(operation.method, path, data=body.get("data"), headers=bearer(weak)) as response:
        assert response.status == 403
        assert (await response.json(content_type=None))["type"] == "urn:finstage:problem:forbidden"


async def test_a_key_opens_what_is_not_public(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, public_read=False) as server, aiohttp.ClientSession(server.url) as client:
        key = await create_key(server, "read")
        assert (await send(client, "GET", "/v1/industries"))[0] == 401
        assert (await send(client, "GET", "/v1/industries", key))[0] == 200
        assert (await send(client, "GET", "/v1/industries"))[0] == 401, "the answer in the cache is for those with a key"
        for text in (key + "x", key[:-1], "", "x", "fs_0123456789_x", "é"):
            async with client.get("/v1/industries", headers={"Authorization": f"Bearer {text}"}) as response:
                assert response.status == 401
        async with client.get("/v1/industries", headers={"Authorization": f"Basic {key}"}) as response:
            assert response.status == 401
        async with client.get("/v1/events?quotes=*", headers=bearer(key)) as response:
            assert response.status == 200
        for message in ({"key": key}, {"key": "name", "secret": key}):
            async with client.ws_connect("/v1/stream") as socket:
                await socket.receive()
                await socket.send_json({"action": "auth", **message})
                assert (await socket.receive_json())[0]["msg"] == "authenticated"
                await socket.send_json({"action": "subscribe", "quotes": ["*"]})
                assert (await socket.receive_json())[0]["T"] == "subscription"


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream/test", "/v1/stream/alpaca"])
async def test_a_stream_that_sends_no_key_is_closed_where_one_is_required(tmp_path: Path, path: str) -> None:
    """Actions and keys that are not valid do not prolong the time; a valid key ends it."""
    private = running_gateway(tmp_path, public_read=False, auth_seconds=1.0)
    async with private as server, aiohttp.ClientSession(server.url) as client, asyncio.timeout(20):
        key = await create_key(server, "read")
        async with client.ws_connect(path) as known, client.ws_connect(path) as unknown:
            await known.send_json({"action": "auth", "key": key})
            assert [(await known.receive_json())[0]["msg"] for _ in range(2)] == ["connected", "authenticated"]
            await unknown.send_json({"action": "auth", "key": key + "x"})
            await unknown.send_json({"action": "subscribe", "bars": ["FAKE"]})
            received = [message.data async for message in unknown]
            assert [json.loads(text)[0].get("code") for text in received] == [None, 402, 401, 404]
            assert unknown.close_code == 1008
            await known.send_json({"action": "subscribe", "bars": []})
            assert (await known.receive_json())[0]["T"] == "subscription"


async def test_a_key_expires(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    key = await create_key(server, "read", expires_days=1)
    assert (await send(client, "GET", "/v1/keys/self", key))[0] == 200
    server.gateway.authentication.kept.clear()
    found = parse_key(key)
    assert found is not None
    stored = await server.gateway.keys.one(found[0])
    assert stored is not None
    assert stored.accepts(found[1], stored.created_at + 86_399_999)
    assert not stored.accepts(found[1], stored.created_at + 86_400_000)


async def test_guessing_keys_is_slowed_and_a_known_key_goes_on(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, auth_failures="3/hour") as server, aiohttp.ClientSession(server.url) as client:
        known, fresh = await create_key(server, "read"), await create_key(server, "read")
        assert (await send(client, "GET", "/v1/keys/self", known))[0] == 200
        for n in range(3):
            assert (await send(client, "GET", "/v1/keys/self", f"fs_000000000{n}_guess"))[0] == 401
        for key in (fresh, "fs_0000000009_guess"):
            status, problem = await send(client, "GET", "/v1/keys/self", key)
            assert (status, "not valid" in problem["detail"]) == (429, True)
        assert (await send(client, "GET", "/v1/keys/self", known))[0] == 200
        async with client.ws_connect("/v1/stream") as socket:
            await socket.receive()
            await socket.send_json({"action": "auth", "key": fresh})
            assert (await socket.receive_json())[0]["code"] == 402
        assert (await send(client, "GET", "/v1/industries"))[0] == 200, "who sends no key is not slowed"


async def test_a_key_has_a_rate_limit_of_its_own(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, rate_limit="2/hour", key_rate_limit="4/hour") as server:
        plain, own = await create_key(server, "read"), await create_key(server, "read", rate_limit="1/hour")
        async with aiohttp.ClientSession(server.url) as client:
            for key, allowed in (("", 2), (plain, 4), (own, 1)):
                statuses = [(await send(client, "GET", "/v1/industries", key))[0] for _ in range(allowed + 1)]
                assert statuses == [200] * allowed + [429]


async def test_a_key_has_quotas_of_streams_and_selectors(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_readers_per_address=1) as server, aiohttp.ClientSession(server.url) as client:
        key = await create_key(server, "read", max_streams=2, max_selectors=2)
        async with (
            client.ws_connect("/v1/stream", headers=bearer(key)) as first,
            client.ws_connect("/v1/stream") as second,
            client.ws_connect("/v1/stream", headers=bearer(key)) as third,
        ):
            for socket in (first, second, third):
                assert (await socket.receive_json())[0]["msg"] == "connected"
            await first.send_json({"action": "subscribe", "quotes": ["A", "B", "C"]})
            assert (await first.receive_json())[0]["code"] == 405
            await second.send_json({"action": "auth", "key": key})
            assert (await second.receive_json())[0]["code"] == 406, "the key has two streams already"
            async with client.ws_connect("/v1/stream") as fourth:
                assert (await fourth.receive_json())[0]["code"] == 406, "the second one still counts for its address"


async def test_without_the_database_a_known_key_is_taken_and_another_is_not_refused_as_wrong(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as server, aiohttp.ClientSession(server.url) as client:
        known, other = await create_key(server, "read"), await create_key(server, "read")
        assert (await send(client, "GET", "/v1/industries", known))[0] == 200

        class Gone:
            async def one(self, _: str) -> ApiKey:
                raise TransientError("the database does not answer")

        server.gateway.authentication.store = cast("Any", Gone())
        for kept, read_at in list(server.gateway.authentication.kept.values()):
            assert kept is not None
            server.gateway.authentication.kept[kept.id] = (kept, read_at - 60)
        assert (await send(client, "GET", "/v1/industries", known))[0] == 200
        assert (await send(client, "GET", "/v1/industries", other))[0] == 503


async def test_keys_by_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/keys.db"
    monkeypatch.setenv("DATABASE_URL", url)

    async def run(*words: str, code: int = 0) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, commands, ["keys", *words])
        assert done.exit_code == code, done.output
        return done.output.strip()

    assert "no tables yet" in await run("list", code=1)
    await migrations.upgrade(url)
    for option, value, allowed in (
        ("--name", "", "1 to 64 letters, digits, spaces or . _ @ -, of which the first is a letter or a digit"),
        ("--owner", "-kim", "1 to 64 letters, digits, spaces or . _ @ -, of which the first is a letter or a digit"),
        ("--scopes", "fly", "one or more of read, write, research, admin, separated by commas"),
        ("--scopes", "", "one or more of read, write, research, admin, separated by commas"),
        ("--rate-limit", "fast", "a number and a period, as in 100/second; periods are second, minute, hour and day"),
        ("--days", "0", "1 to 3650"),
        ("--days", "3651", "1 to 3650"),
        ("--days", "a week", "1 to 3650"),
        ("--days", "9" * 40, "1 to 3650"),
        ("--max-streams", "0", "1 to 100000"),
        ("--max-selectors", "100001", "1 to 100000"),
    ):
        wrong = {"--name": "x", "--owner": "y"} | {option: value}
        refused = await run("create", *(word for each in wrong.items() for word in each), code=2)
        assert refused == f"error: {option} {value!r}: expected {allowed}"
    for seconds in ("-1", "604801", "an hour"):
        refused = await run("rotate", "0000000000", "--keep-seconds", seconds, code=2)
        assert refused == f"error: --keep-seconds {seconds!r}: expected 0 to 604800"
    key = await run("create", "--name", "page", "--owner", "kim", "--scopes", "read,admin", "--days", "30")
    found = parse_key(key)
    assert found is not None
    assert "read,admin" in await run("list")
    turned = await run("rotate", found[0], "--keep-seconds", "0")
    await run("rotate", "0000000000", code=1)
    async with running_gateway(tmp_path, url=url) as server, aiohttp.ClientSession(server.url) as client:
        assert (await send(client, "GET", "/v1/keys", key))[0] == 401
        assert (await send(client, "GET", "/v1/keys", turned))[0] == 200
        await run("revoke", found[0])
        assert "neither revoked" in await run("rotate", found[0], code=1)
        server.gateway.authentication.kept.clear()
        assert (await send(client, "GET", "/v1/keys", turned))[0] == 401
    assert "revoked" in await run("list")


def test_codes_have_no_characters_that_look_alike() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("01OIl") & set("".join(codes))
