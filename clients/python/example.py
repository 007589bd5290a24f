"""Prints the newest daily bars of an instrument and the condition of the market, then follows its quotes and signals.

``python example.py [URL] [SYMBOL] [MESSAGES]``
"""

from __future__ import annotations

import asyncio
import sys

from finstage_client import Client


async def main(url: str, symbol: str, count: int) -> None:
    """Read by REST, then from the stream."""
    async with Client(url) as client:
        page = await client.bars(symbol, timeframe="1Day", limit=5, adjustment="all")
        for bar in page["results"]:
            print(bar["date"], bar["close"])
        found = await client.screener({"condition": "close > 0 on 1d", "limit": 3})
        print("screened", found["results"][0]["evaluated"])
        seen = 0
        async for message in client.stream("/v1/stream/test", quotes=["*"], signals=["*"]):
            print(message["T"], message["symbol"])
            seen += 1
            if seen == count:
                return


if __name__ == "__main__":
    given = [*sys.argv[1:], *("http://127.0.0.1:8080", "AAPL", "5")[len(sys.argv) - 1 :]]
    asyncio.run(main(given[0], given[1], int(given[2])))
