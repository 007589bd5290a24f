"""A small paper trader that knows nothing but the API: two averages cross, an order is filled at the next open.

``PYTHONPATH=clients/python python examples/paper_trading.py [URL] [SYMBOL] [START] [END]``, with times as 2013-01-31T00:00:00Z.

It steps through the past day by day and asks what was known then (``as_of``), so that no later bar, restatement, split or dividend
reaches a decision. Costs are SLIPPAGE on each side. It is an example, not advice.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from dataclasses import dataclass, field

from finstage_client import Client, ProblemError

FAST, SLOW = 10, 30
SLIPPAGE = 0.0005
DAY = dt.timedelta(days=1)


@dataclass
class Account:
    """Cash and shares, and what was traded."""

    cash: float = 10_000.0
    shares: float = 0.0
    price: float = 0.0
    fills: list[tuple[str, str, float]] = field(default_factory=list)
    """Date of the bar, buy or sell, and price."""

    @property
    def equity(self) -> float:
        """What it is worth at the last known close."""
        return self.cash + self.shares * self.price

    def trade(self, wants: bool, date: str, opened: float) -> None:
        """Buy with all cash, or sell all shares, at an open."""
        if wants and not self.shares:
            price = opened * (1 + SLIPPAGE)
            self.cash, self.shares = 0.0, self.cash / price
            self.fills.append((date, "buy", price))
        elif not wants and self.shares:
            price = opened * (1 - SLIPPAGE)
            self.cash, self.shares = self.cash + self.shares * price, 0.0
            self.fills.append((date, "sell", price))


async def simulate(client: Client, symbol: str, start: dt.datetime, end: dt.datetime) -> Account:
    """Trade from ``start`` to ``end``, or to the newest price."""
    account, wants, last, now = Account(), False, "", start
    state = (await client.trading(symbol, as_of=_text(start)))["results"]
    if state and state[0]["reason"] in {"index", "inactive"}:
        raise SystemExit(f"{symbol} cannot be traded: {state[0]['reason']}")
    while now <= end:
        moment = _text(now)
        try:
            adjusted = (await client.bars(symbol, as_of=moment, adjustment="all", limit=SLOW))["results"]
        except ProblemError as error:
            if error.problem.get("field") != "as_of":
                raise
            break  # the future begins here
        if adjusted and adjusted[-1]["date"] != last:
            raw = (await client.bars(symbol, as_of=moment, limit=1))["results"][-1]
            if last:
                await _act(client, account, symbol, last, moment)
                account.trade(wants, raw["date"], raw["open"])
            last, account.price = raw["date"], raw["close"]
            closes = [bar["close"] for bar in adjusted]
            wants = len(closes) == SLOW and sum(closes[-FAST:]) / FAST > sum(closes) / SLOW
        now += DAY
    return account


async def _act(client: Client, account: Account, symbol: str, since: str, moment: str) -> None:
    """Splits and dividends between the last bar and now. A dividend belongs to who held the shares before."""
    page = await client.corporate_actions(symbol, start=since, as_of=moment)
    for action in sorted(page["results"], key=lambda each: each["kind"]):  # a dividend is in the shares before the split
        if action["kind"] == "split":
            account.shares *= action["value"]
        else:
            account.cash += account.shares * action["value"]


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


async def main(url: str, symbol: str, start: str, end: str) -> None:
    """Print the fills and what is left."""
    async with Client(url) as client:
        account = await simulate(client, symbol, *(dt.datetime.fromisoformat(each) for each in (start, end)))
    for date, side, price in account.fills:
        print(date, side, f"{price:.4f}")
    print(f"{account.equity:.2f}")


if __name__ == "__main__":
    given = [*sys.argv[1:], *("http://127.0.0.1:8080", "AAPL", "2013-01-02T00:00:00Z", "2013-03-28T00:00:00Z")[len(sys.argv) - 1 :]]
    asyncio.run(main(*given[:4]))
