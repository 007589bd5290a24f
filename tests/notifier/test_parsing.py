"""Conditions are parsed in processes that can be killed: no text blocks the parsing of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.notifier.adapters.parsing.parser import PROCESSES, ProcessParser
from services.notifier.domain.ports.conditions import ParseError
from shared.conditions import ConditionError, parse


@asynccontextmanager
async def parsing(seconds: float = 20, module: str = "tests.slow_parser") -> AsyncIterator[ProcessParser]:
    parser = ProcessParser(seconds, module)
    try:
        yield parser
    finally:
        await parser.close()


async def test_the_process_returns_what_the_parser_returns() -> None:
    async with parsing(module="services.notifier.adapters.parsing.worker") as parser:
        found, known = await parser.parse("RSI_21<30 AND close > sma_200 on 1h"), parse("rsi_21 < 30 and close > sma_200 on 1h")
        assert (found.text, found.id, found.timeframe, found.extra) == (known.text, known.id, "1h", ("rsi_21",))
        for wrong in ("close >", "rsi_14 < 30 on 2d", "x" * 501, "\ud800", "close << 3", "rsi_0 > 2"):
            with pytest.raises(ConditionError) as by_process:
                await parser.parse(wrong)
            with pytest.raises(ConditionError) as here:
                parse(wrong.encode(errors="replace").decode())
            assert str(by_process.value) == str(here.value)
            assert by_process.value.caret() == here.value.caret()


async def test_a_text_that_hangs_times_out_and_does_not_block_others() -> None:
    async with parsing(seconds=6) as parser:
        await asyncio.gather(*(parser.parse(f"close > {n}") for n in range(PROCESSES)))  # starts all: a start may take longer
        hostile = [asyncio.create_task(parser.parse("hang")) for _ in range(PROCESSES - 1)]
        found = await parser.parse("close > 1")
        assert found.text == "close > 1 on 1d"
        assert not any(one.done() for one in hostile), "another text was parsed meanwhile"
        for one in hostile:
            with pytest.raises(ParseError, match="timeout"):
                await one
        again = await asyncio.gather(*(parser.parse(f"close > {n}") for n in range(2 * PROCESSES)))
        assert [one.text for one in again] == [f"close > {n} on 1d" for n in range(2 * PROCESSES)]


async def test_a_process_that_dies_or_whose_request_was_cancelled_is_replaced() -> None:
    async with parsing() as parser:
        with pytest.raises(ParseError, match="crashed"):
            await parser.parse("die")
        assert (await parser.parse("close > 1")).text == "close > 1 on 1d"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await parser.parse("hang")
        assert (await parser.parse("close > 2")).text == "close > 2 on 1d"
