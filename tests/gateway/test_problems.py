"""Any request gets an answer or a problem, never a traceback and never a 500."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from yarl import URL

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.key_models import KeyRequest
from services.gateway.domain.problems import PREFIX, PROBLEM_TYPES, Problem, RequestError
from services.gateway.domain.remedies import REMEDIES
from services.gateway.handlers.operations import OPERATIONS
from services.gateway.handlers.routes import ACTIONS, ROUTES, RUN_ACTIONS
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.gateway.test_openapi import described
from tests.sizes import examples


async def problem(response: aiohttp.ClientResponse) -> Problem:
    assert response.content_type == "application/problem+json"
    found = msgspec.json.decode(await response.read(), type=Problem)
    assert found.status == response.status
    assert found.type.removeprefix(PREFIX) in PROBLEM_TYPES
    return found


@pytest.mark.parametrize(
    ("address", "name", "field", "value"),
    [
        ("/v1/bars", "invalid-parameter", "symbol", ""),
        ("/v1/bars?symbol=AAPL&limit=0", "invalid-parameter", "limit", "0"),
        ("/v1/bars?symbol=AAPL&limit=10001", "invalid-parameter", "limit", "10001"),
        ("/v1/bars?symbol=AAPL&limit=ten", "invalid-parameter", "limit", "ten"),
        ("/v1/bars?symbol=AAPL&timeframe=2Min", "invalid-parameter", "timeframe", "2Min"),
        ("/v1/bars?symbol=AAPL&start=yesterday", "invalid-parameter", "start", "yesterday"),
        ("/v1/bars?symbol=AAPL&start=0.5", "invalid-parameter", "start", "0.5"),
        ("/v1/bars?symbol=AAPL&start=1700000000", "invalid-parameter", "start", "1700000000"),
        ("/v1/bars?symbol=AAPL&page_token=%00", "invalid-parameter", "page_token", "\0"),
        ("/v1/bars?symbol=AAPL&symbol=NVDA", "invalid-parameter", "symbol", "AAPL,NVDA"),
        ("/v1/bars?symbol=AAPL&color=red", "unknown-parameter", "color", "red"),
        ("/v1/bars?symbol=APPL", "unknown-symbol", "symbol", "APPL"),
        ("/v1/quotes?symbols=AAPL,APPL", "unknown-symbol", "symbols", "APPL"),
        ("/v1/quotes?industry=teapots", "unknown-industry", "industry", "teapots"),
        ("/v1/instruments/NOPE", "unknown-symbol", "symbol", "NOPE"),
        ("/v1/nothing", "not-found", "", ""),
        ("/assets/..%2f..%2fsettings.py", "not-found", "", ""),
        ("/v1/stream", "upgrade-required", "", ""),
        ("/v1/events", "invalid-parameter", "quotes", ""),
    ],
)
async def test_an_error_names_field_and_value(
    client: aiohttp.ClientSession, address: str, name: str, field: str, value: str
) -> None:
    async with client.get(address) as response:
        found = await problem(response)
    assert (found.type, found.field, found.value) == (PREFIX + name, field, value)


async def test_an_error_has_a_code_and_the_values_that_its_sentence_needs(client: aiohttp.ClientSession) -> None:
    found = {}
    for address in (
        "limit=10001", "limit=ten", "timeframe=1day", "adjustment=split", "start=yesterday", "start=2024-02-01&end=2024-01-01",
    ):  # fmt: skip
        async with client.get(f"/v1/bars?symbol=AAPL&{address}") as response:
            problem_found = await problem(response)
            found[address] = (problem_found.code, problem_found.values)
    async with client.post("/v1/conditions/explain", json={"condition": "rsi_999 < 30"}) as response:
        of_condition = await problem(response)
    async with client.post("/v1/conditions/check", json={"condition": "rsi_999 < 30"}) as response:
        (checked,) = (await response.json())["results"]
    assert found == {
        "limit=10001": ("value-most", {"bound": "10000"}),
        "limit=ten": ("value-kind", {"kind": "int"}),
        "timeframe=1day": ("name-near", {"near": "1Day"}),
        "adjustment=split": ("name-unknown", {"known": "raw, all"}),
        "start=yesterday": ("value-date", {}),
        "start=2024-02-01&end=2024-01-01": ("start-after-end", {"end": "2024-01-01"}),
    }
    values = {"found": "rsi_999", "parameter": "period", "least": "1", "most": "500"}
    assert (of_condition.code, of_condition.values) == ("range", values)
    assert (checked["errors"][0]["code"], checked["errors"][0]["values"]) == ("range", values)


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/v1/bars?symbol=AAPL&timeframe=1Day%20", "timeframe: '1Day ' is not known; did you mean 1Day? There are: 1Min, 5Min, "),
        (
            "/v1/bars?symbol=AAPL&timeframe=2d",
            "timeframe: '2d' is not known. There are: 1Min, 5Min, 15Min, 30Min, 1Hour, 4Hour, 1Day, 1Week, 1Month",
        ),
        ("/v1/bars?symbol=AAPL&adjustment=split", "adjustment: 'split' is not known. There are: raw, all"),
        ("/v1/patterns?status=broken", "status: 'broken' is not known. There are: forming, confirmed, failed, target"),
        ("/v1/patterns?pattern=Double-Top", "pattern: 'Double-Top' is not known; did you mean double_top?"),
        ("/v1/signals?rule=golden_cros", "rule: 'golden_cros' is not known; did you mean golden_cross?"),
        ("/v1/signals?rule=zzz", "rule: 'zzz' is not known. There are: golden_cross, dead_cross, "),
        (
            "/v1/instruments?exchange=Nasdak",
            "exchange: 'Nasdak' is not known; did you mean NASDAQ? There are: CRYPTO, KRX, NASDAQ, NYSE",
        ),
        ("/v1/signals?start=2024-02-01&end=2024-01-31T23:00:00-01:00", ""),
        ("/v1/bars?symbol=AAPL&start=2024-02-02&end=2024-02-01", "start: '2024-02-02' is after the end, '2024-02-01'"),
    ],
)
async def test_an_error_names_the_known_values(client: aiohttp.ClientSession, address: str, detail: str) -> None:
    async with client.get(address) as response:
        fits = "exchange=" in address or "end=" in address  # by the document each value is allowed
        assert response.status == ((422 if fits else 400) if detail else 200), await response.text()
        if detail:
            assert (await problem(response)).detail.startswith(detail)


async def test_a_malformed_list_of_symbols_gets_a_readable_error(client: aiohttp.ClientSession) -> None:
    for symbols in ("", "aapl", "AAPL,,NVDA", "AAPL;NVDA", ",".join(["AAPL"] * 201)):
        async with client.get("/v1/quotes", params={"symbols": symbols}) as response:
            found = await problem(response)
        assert (found.field, found.detail) == ("symbols", "symbols: expected 1 to 200 symbols separated by commas")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("validated=null", "validated"),
        ("validated=1", "validated"),
        ("validated=TRUE", "validated"),
        ("direction=null", "direction"),
        ("horizon=null", "horizon"),
        ("limit=null", "limit"),
    ],
)
async def test_values_that_the_document_does_not_allow_are_refused(client: aiohttp.ClientSession, query: str, field: str) -> None:
    async with client.get(f"/v1/signals/quality?{query}") as response:
        assert ((await problem(response)).field, response.status) == (field, 400)


async def test_every_type_of_problem_has_a_page(client: aiohttp.ClientSession) -> None:
    assert set(REMEDIES) == set(PROBLEM_TYPES)
    async with client.get("/v1/bars?symbol=NOPE") as response:
        found = await problem(response)
        assert response.headers["Link"] == f'<{found.help}>; rel="help"'
    async with client.get(found.help) as response:
        assert f"<code>{found.type}</code>, status 404" in await response.text()
    async with client.get("/problems") as response:
        listed = await response.text()
    for name, kind in PROBLEM_TYPES.items():
        assert f'<a href="/problems/{name}">' in listed
        for address in (f"/problems/{name}", f"/problems/{PREFIX}{name}"):
            async with client.get(address) as response:
                assert response.status == 200
                assert kind.title in await response.text()
    async with client.get("/problems/<b>") as response:
        assert (await problem(response)).status == 404


async def test_no_error_contains_a_regular_expression(client: aiohttp.ClientSession) -> None:
    for route in ROUTES:
        for name in route.query.__struct_fields__:
            others = {"symbol": "AAPL"} if "symbol" in route.query.__struct_fields__ else {}
            async with client.get(route.path.replace("{symbol}", "AAPL"), params={**others, name: "\t"}) as response:
                assert "regex" not in await response.text(), (route.path, name)


BODIES = [each.body for each in (*OPERATIONS, *ACTIONS, *RUN_ACTIONS) if each.body is not None]
FIELDS = [pytest.param(body, name, id=f"{body.__name__}.{name}") for body in BODIES for name in body.__struct_fields__]


@pytest.mark.parametrize(("body", "name"), FIELDS)
def test_an_error_of_a_body_lists_the_choices_and_has_no_regular_expression(body: type[msgspec.Struct], name: str) -> None:
    """``choices`` is compared with the document: it lists every value of an enumeration."""
    schema = described()["components"]["schemas"][body.__name__]["properties"][name]
    known = {str(value) for part in enumerations(schema) for value in part}
    for value in ("\t", ["\t"], [], 5.5, None, {"a": "\t"}):
        try:
            parse_body(msgspec.json.encode({name: value}), body)
        except RequestError as error:
            found = error.problem("")
            assert "regex" not in found.detail
            if found.field == name:
                assert all(each in found.detail for each in known), found


def enumerations(schema: Any) -> Iterator[list[Any]]:
    """The enumerations in a schema, those of its elements and alternatives too."""
    if isinstance(schema, dict):
        if "enum" in schema:
            yield schema["enum"]
        yield from (found for each in schema.values() for found in enumerations(each))
    elif isinstance(schema, list):
        yield from (found for each in schema for found in enumerations(each))


def test_an_error_of_a_list_names_the_element() -> None:
    with pytest.raises(RequestError) as error:
        parse_body(b'{"name": "x", "owner": "y", "scopes": ["read", "writ"]}', KeyRequest)
    found = error.value.problem("")
    assert (found.field, found.value, found.code, found.values) == ("scopes", "writ", "name-near", {"near": "write"})
    assert found.detail == "scopes: 'writ' is not known; did you mean write? There are: read, write, research, admin"


async def test_methods_bodies_and_addresses_have_limits(client: aiohttp.ClientSession) -> None:
    async with client.post("/v1/bars") as response:
        assert (await problem(response)).type == PREFIX + "method-not-allowed"
        assert "GET" in response.headers["Allow"]
    async with client.post("/v1/bars", data=b"x" * 200_000) as response:
        assert (await problem(response)).type == PREFIX + "body-too-large"
    async with client.get("/v1/bars?symbol=" + "A" * 5000) as response:
        assert (await problem(response)).type == PREFIX + "url-too-long"
    async with client.options("/v1/bars") as response:
        assert (await problem(response)).type == PREFIX + "method-not-allowed"


END = b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "name", "detail", "lines"),
    [
        (b"\x00\xff\x00\xff\r\n\r\n", "malformed-request", "Invalid method", 1),
        (b"GET / HTTP/9.9\r\n\r\n", "malformed-request", "Bad status line", 1),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", "malformed-request", "a header has more than 8190", 1),
        (b"BREW /v1/bars" + END, "method-not-allowed", "BREW is not an HTTP method; allowed: GET, HEAD", 1),
        (b"GET /" + b"a" * 70_000 + END, "url-too-long", "more than 65536", 1),
        (b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", "misdirected-host", "is not a name of this server", 0),
        (b"GET /" + b"a" * 20_000 + END, "url-too-long", "20001 characters; the limit is 4096", 0),
    ],
)
async def test_malformed_requests_get_a_problem_and_one_log_line(
    server: RunningGateway, caplog: pytest.LogCaptureFixture, sent: bytes, name: str, detail: str, lines: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
    with capture_logs() as logs:
        writer.write(sent)
        async with asyncio.timeout(10):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
            found = msgspec.json.decode(await reader.readexactly(length), type=Problem)
    writer.close()
    assert found.type == PREFIX + name
    assert detail in found.detail
    assert head.startswith(f"HTTP/1.{int(not lines)} {found.status} ")
    assert "Content-Type: application/problem+json" in head
    assert ("Allow: GET, HEAD" in head) == (name == "method-not-allowed")
    assert [(line["event"], line["type"]) for line in logs] == [("malformed request", name)] * lines
    assert caplog.records == [], "aiohttp itself must log nothing"


PARAMETER_NAMES = sorted({name for route in ROUTES for name in route.query.__struct_fields__})
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        [
            "AAPL",
            "^GSPC",
            "1Day",
            "1Min",
            "asc",
            "desc",
            "all",
            "raw",
            "null",
            "",
            "*",
            "-1",
            "0",
            "2024-01-01",
            "9999-12-31T23:59:59Z",
        ]
    ),
    st.sampled_from(["0001-01-01T00:00:00Z", "2024-01-01T00:00:00+23:59", "%00", "../", "AAPL,NVDA", "ai", "YnwxNzA0", "up"]),
)


@pytest.fixture(scope="module")
def _loop() -> Any:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def shared_gateway(_loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One gateway for all random requests of this module."""
    context = running_gateway(tmp_path_factory.mktemp("steady"), rate_limit="")
    server = _loop.run(context.__aenter__())

    async def prepare() -> tuple[aiohttp.ClientSession, str]:
        await market.store(server.database, bars=50, signals=20)
        await read_directory(server)
        market.fill(server.gateway.market, bars=40)
        return aiohttp.ClientSession(), server.url

    session, url = _loop.run(prepare())
    yield _loop, session, url
    _loop.run(session.close())
    _loop.run(context.__aexit__(None, None, None))


@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([route.path for route in ROUTES]),
    part=st.text(min_size=1, max_size=20),
    query=st.dictionaries(st.sampled_from(PARAMETER_NAMES), VALUES, max_size=5),
)
def test_no_request_makes_the_gateway_fail(shared_gateway: Any, path: str, part: str, query: dict[str, str]) -> None:
    runner, session, url = shared_gateway
    symbol = quote(part.encode(errors="replace"), safe="")
    address = (
        path.replace("{symbol}", symbol).replace("{id}", symbol)
        + "?"
        + urlencode({k: v.encode(errors="replace") for k, v in query.items()})
    )

    async def request() -> None:
        async with session.get(URL(url + address, encoded=True)) as response:
            body = await response.read()
            assert response.status < 500, (address, body)
            if response.status >= 400:
                await problem(response)
            else:
                assert set(msgspec.json.decode(body)) == {"results", "provider", "warnings", "next_page_token"}

    runner.run(request())


@given(st.text(alphabet=string.printable, max_size=300))
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_makes_the_gateway_fail(shared_gateway: Any, path: str) -> None:
    runner, session, url = shared_gateway

    async def request() -> None:
        async with session.get(URL(f"{url}/{quote(path, safe='/')}", encoded=True)) as response:
            assert response.status < 500

    runner.run(request())


async def test_a_failing_handler_is_answered_without_a_traceback(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    class Broken:
        async def bars(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("secret detail")

        async def signals(self, _: Any) -> Any:
            raise RuntimeError("secret detail")

        async def patterns(self, _: Any) -> Any:
            raise RuntimeError("secret detail")

        async def quality(self, _: Any) -> Any:
            raise RuntimeError("secret detail")

        async def feeds(self, _: Any) -> Any:
            raise RuntimeError("secret detail")

    server.gateway.history = Broken()
    async with client.get("/v1/signals") as response:
        text = await response.text()
        assert (await problem(response)).type == PREFIX + "internal"
    assert "secret" not in text
    assert "Traceback" not in text


async def test_a_slow_answer_ends_with_a_timeout(tmp_path: Path) -> None:
    class Slow:
        async def bars(self, *_: Any, **__: Any) -> Any:
            await asyncio.Event().wait()

        async def signals(self, _: Any) -> Any:
            await asyncio.Event().wait()

        async def patterns(self, _: Any) -> Any:
            await asyncio.Event().wait()

        async def quality(self, _: Any) -> Any:
            await asyncio.Event().wait()

        async def feeds(self, _: Any) -> Any:
            await asyncio.Event().wait()

    async with running_gateway(tmp_path, request_seconds=0.05) as server, aiohttp.ClientSession(server.url) as client:
        server.gateway.history = Slow()
        async with client.get("/v1/signals") as response:
            assert (await problem(response)).type == PREFIX + "timeout"


async def test_requests_of_a_client_are_rate_limited(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, rate_limit="5/hour") as server, aiohttp.ClientSession(server.url) as client:
        for left in (4, 3, 2, 1, 0):
            async with client.get("/v1/industries") as response:
                assert response.status == 200
                assert (response.headers["RateLimit-Limit"], response.headers["RateLimit-Remaining"]) == ("5", str(left))
                assert 0 < int(response.headers["RateLimit-Reset"]) <= 3600
        async with client.get("/v1/industries") as response:
            assert (await problem(response)).type == PREFIX + "rate-limited"
            assert int(response.headers["Retry-After"]) > 0
            assert response.headers["RateLimit-Remaining"] == "0"


async def test_the_public_port_has_no_probes_and_no_metrics(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as server, aiohttp.ClientSession(server.url) as client:
        for path in ("/metrics", "/healthz", "/readyz"):
            async with client.get(path) as response:
                assert (await problem(response)).type == PREFIX + "not-found"


async def test_without_a_key_nothing_is_readable_where_reading_is_not_public(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, public_read=False) as server, aiohttp.ClientSession(server.url) as client:
        for address in ("/v1/quotes", "/v1/instruments", "/v1/events?quotes=*", "/v1/nothing"):
            async with client.get(address) as response:
                found = await problem(response)
                assert (found.type, found.status) == (PREFIX + "unauthorized", 401)
                assert response.headers["WWW-Authenticate"] == 'Bearer realm="finstage"'
        async with client.ws_connect("/v1/stream") as socket:
            await socket.receive()
            await socket.send_json({"action": "auth", "key": "guess"})
            assert (await socket.receive_json())[0]["code"] == 402
            await socket.send_json({"action": "subscribe", "quotes": ["*"]})
            assert (await socket.receive_json())[0]["code"] == 401


async def test_other_origins_are_rejected_unless_they_are_listed(tmp_path: Path) -> None:
    listed, other = "https://app.example", "https://evil.example"
    async with running_gateway(tmp_path, cors_origins=listed) as server, aiohttp.ClientSession(server.url) as client:
        async with client.get("/v1/industries", headers={"Origin": listed}) as response:
            assert response.headers["Access-Control-Allow-Origin"] == listed
        async with client.get("/v1/industries", headers={"Origin": other}) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        asks = {"Access-Control-Request-Method": "GET"}
        async with client.options("/v1/industries", headers={"Origin": listed, **asks}) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Origin"] == listed
        async with client.options("/v1/industries", headers={"Origin": other, **asks}) as response:
            assert (await problem(response)).type == PREFIX + "forbidden-origin"
        for address in ("/v1/stream", "/v1/events?quotes=*"):
            async with client.get(address, headers={"Origin": other}) as response:
                assert (await problem(response)).type == PREFIX + "forbidden-origin"
        async with client.ws_connect("/v1/stream", origin=listed) as socket:
            assert (await socket.receive_json())[0]["msg"] == "connected"


@pytest.mark.parametrize(
    ("options", "host", "allowed"),
    [
        ({}, "localhost:8080", True),
        ({}, "127.0.0.1", True),
        ({}, "[::1]:1", True),
        ({}, "rebound.example:8080", False),
        ({}, "127.0.0.1.rebound.example", False),
        ({}, "localhost@rebound.example", False),
        ({"allowed_hosts": "Prices.example, other.example"}, "prices.example:443", True),
        ({"allowed_hosts": "prices.example"}, "rebound.example", False),
        ({"host": "0.0.0.0"}, "gateway:8080", True),  # noqa: S104 - as in a container
        ({"host": "0.0.0.0", "allowed_hosts": "gateway"}, "gateway:8080", True),  # noqa: S104
        ({"host": "0.0.0.0", "allowed_hosts": "gateway"}, "127.0.0.1:8080", True),  # noqa: S104
        ({"host": "0.0.0.0", "allowed_hosts": "gateway"}, "rebound.example", False),  # noqa: S104
    ],
)
async def test_unknown_host_names_are_rejected(tmp_path: Path, options: dict[str, Any], host: str, allowed: bool) -> None:
    async with (
        running_gateway(tmp_path, public_read=True, **options) as server,
        aiohttp.ClientSession(server.url, headers={"Host": host}) as client,
    ):
        for address in ("/", "/v1/industries", "/v1/events?quotes=*"):
            async with client.get(address) as response:
                assert response.status == (200 if allowed else 421)
                if not allowed:
                    found = await problem(response)
                    assert (found.type, found.field, found.value) == (PREFIX + "misdirected-host", "Host", host)
        if allowed:
            async with client.ws_connect("/v1/stream", origin=f"http://{host}") as socket:
                assert (await socket.receive_json())[0]["msg"] == "connected"
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect("/v1/stream", origin=f"http://{host}")
            assert refused.value.status == 421


async def test_every_answer_has_security_headers(client: aiohttp.ClientSession) -> None:
    for address in ("/v1/industries", "/v1/nothing", "/v1/events?quotes=*", "/"):
        async with client.get(address) as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["Server"] == "finstage"


async def test_files_of_the_page_have_security_headers(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "docs.html", "assets/page.js"):
        (tmp_path / name).write_text("made for a test", encoding="utf-8")
    (tmp_path / "assets/long.js").write_text("made for a test" * 100, encoding="utf-8")
    async with running_gateway(tmp_path, page=tmp_path) as server, aiohttp.ClientSession(server.url) as client:
        for accept, sent in (("gzip", "gzip"), ("gzip;q=0", None)):
            async with client.get("/assets/long.js", headers={"Accept-Encoding": accept}) as response:
                assert (response.headers.get("Content-Encoding"), response.headers["Vary"]) == (sent, "Accept-Encoding")
        for address in ("/", "/docs", "/assets/page.js"):
            async with client.get(address) as response:
                assert await response.text() == "made for a test"
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert response.headers["Server"] == "finstage"


async def test_without_built_files_the_page_shows_how_to_build_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, page=tmp_path / "none") as server, aiohttp.ClientSession(server.url) as client:
        async with client.get("/") as response:
            assert response.status == 200
            assert "npm run build" in await response.text()
        async with client.get("/v1/industries") as response:
            assert response.status == 200
