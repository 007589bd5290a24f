"""The MCP server: tools for assistants, which read the API and change nothing of its users."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote as quoted

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from services.gateway.adapters.own_api import OwnApi, RefusedError
from services.gateway.domain.assistant_answers import ASSUMPTIONS, MOST_ROWS, against_industries, shortened, shown

READ_ROWS: Final = 1000
"""Rows that are read to count them; at most ``MOST_ROWS`` are answered."""
BACKTEST_SECONDS: Final = 60.0
POLL_SECONDS: Final = 1.0
ENDED: Final = frozenset({"done", "failed", "refused", "cancelled"})
INSTRUCTIONS: Final = (
    "Prices, signals with their out-of-sample records, news and backtests. Fractions: 0.05 is 5 %. Times are UTC. "
    "Data marked `replayed` are recorded prices played back, not the market of today. Nothing here is investment advice."
)


class AssistantTools:
    """The tools. Every error is a ``ToolError`` with the reason and, where there are any, the valid values."""

    def __init__(self, api: OwnApi) -> None:
        self._api = api

    async def instruments(self, words: str = "", industry: str | None = None, limit: int = 20) -> dict[str, Any]:
        """Find instruments by symbol, English or Korean name, or alias; or those of an industry."""
        return shown(await self._get("/v1/instruments", q=words or None, industry=industry, limit=READ_ROWS), limit, "")

    async def bars(
        self, symbol: str, timeframe: str = "1Day", start: str | None = None, end: str | None = None, limit: int = 20
    ) -> dict[str, Any]:
        """Closed bars, newest first, adjusted. `timeframe`: 1Min, 5Min, 15Min, 30Min, 1Hour, 4Hour, 1Day, 1Week, 1Month."""
        found = await self._get(
            "/v1/bars", symbol=symbol, timeframe=timeframe, start=start, end=end, adjustment="all", sort="desc", limit=READ_ROWS
        )
        return shown(found, limit, "bars")

    async def signals(
        self,
        symbol: str | None = None,
        industry: str | None = None,
        rule: str | None = None,
        timeframe: str | None = None,
        limit: int = 10,
    ) -> dict[str, Any]:
        """Signals with what followed such signals in the past, newest first."""
        found = await self._get("/v1/signals", symbol=symbol, industry=industry, rule=rule, timeframe=timeframe, limit=READ_ROWS)
        return shown(found, limit, "signals")

    async def news(
        self, symbol: str | None = None, industry: str | None = None, words: str = "", limit: int = 10
    ) -> dict[str, Any]:
        """Stories of news, newest first; each has the articles of several publishers merged."""
        return shown(await self._get("/v1/news", symbol=symbol, industry=industry, q=words or None, limit=READ_ROWS), limit, "news")

    async def backtest(self, entry: str, exit: str = "", symbols: list[str] | None = None) -> dict[str, Any]:  # noqa: A002 - the API's name
        """What trading on a rule or condition would have made; `entry`: `golden_cross`, `rsi_14 < 30 on 1d`. A minute at most."""
        body = {"entry": entry, "exit": exit, "symbols": symbols or []}
        job = (await self._post("/v1/research/backtests", body))["results"][0]
        until = time.monotonic() + BACKTEST_SECONDS
        while job["state"] not in ENDED and time.monotonic() < until:
            await asyncio.sleep(POLL_SECONDS)
            job = (await self._get(f"/v1/research/jobs/{quoted(job['id'], safe='')}"))["results"][0]
        replayed = (await self._get("/v1/quotes", symbols=",".join(symbols[:MOST_ROWS])))["warnings"] if symbols else []
        return {
            "job": shortened(job),
            "ended": job["state"] in ENDED,
            "warnings": replayed,
            "assumptions": ASSUMPTIONS["backtest"],
        }

    async def explain_move(self, symbol: str) -> dict[str, Any]:
        """What an instrument did today against its industries, with its signals and the stories of the last days."""
        instrument = next(iter((await self._get(f"/v1/instruments/{quoted(symbol, safe='')}"))["results"]), None)
        quotes, signals, news = (
            await self._get("/v1/quotes", symbols=symbol),
            await self._get("/v1/signals", symbol=symbol, limit=5),
            await self._get("/v1/news", symbol=symbol, limit=5),
        )
        slugs = (instrument or {}).get("industries", [])
        industries = [(await self._get(f"/v1/industries/{slug}"))["results"][0] for slug in slugs[:5]]
        quote = next(iter(quotes["results"]), None)
        return {
            "instrument": shortened(instrument),
            "quote": quote,
            **against_industries(quote, industries),
            "signals": shown(signals, 5, "signals"),
            "news": shown(news, 5, "news"),
            "warnings": quotes["warnings"],
            "assumptions": ASSUMPTIONS["move"],
        }

    async def _get(self, path: str, **parameters: str | int | None) -> Any:
        try:
            return await self._api.get(path, **parameters)
        except RefusedError as error:
            raise ToolError(str(error)) from error

    async def _post(self, path: str, body: Any) -> Any:
        try:
            return await self._api.post(path, body)
        except RefusedError as error:
            raise ToolError(str(error)) from error


def assistant_server(api: OwnApi, version: str) -> MCPServer[Any]:
    """The server with all tools; each answers at most ``MOST_ROWS`` rows."""
    tools = AssistantTools(api)
    methods = (tools.instruments, tools.bars, tools.signals, tools.news, tools.backtest, tools.explain_move)
    return MCPServer(
        "finstage",
        version=version,
        instructions=f"{INSTRUCTIONS} Answers have at most {MOST_ROWS} rows.",
        tools=[_strict(each) for each in methods],
    )


class StrictTool(Tool):
    """A tool whose errors of arguments name those that it has."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if not isinstance(cause := error.__cause__, ValidationError):
                raise
            wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in cause.errors()]
            known = ", ".join(self.parameters["properties"])
            raise ToolError(f"{'; '.join(wrong)}. The arguments of {self.name} are: {known}") from cause


def _strict(method: Callable[..., Any]) -> Tool:
    """A tool that refuses arguments that it does not have: ignored, they would make a wrong answer look right."""
    tool = StrictTool.from_function(method)
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    return tool.model_copy(update={"parameters": arguments.model_json_schema(by_alias=True)})
