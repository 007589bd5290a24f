"""Whether the stream can be relied on, which symbols must be polled because it cannot, and which exchanges are silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.ingest.domain.delays import DELAY_MS
from shared.calendars import Sessions


@dataclass(frozen=True)
class PollDecision:
    """What is to be done now."""

    streaming: bool
    """True when prices flow, or when no market is open that could send any."""
    poll: frozenset[str]
    """Symbols that are polled: all of open markets where the stream is silent, else those that it leaves out."""


def open_since(sessions: Sessions, now: int) -> int | None:
    """When prices of the running session began to reach us, or None while the exchange is closed; Yahoo's delay is counted in."""
    delay = DELAY_MS.get(sessions.exchange, 0)
    i = sessions.at(now - delay)
    return None if i < 0 else int(sessions.open[i]) + delay


class StreamFreshness:
    """Remembers when the stream last told of each symbol. Times in milliseconds."""

    def __init__(self, exchanges: Mapping[str, str], started: int, *, stale: int, silent: int) -> None:
        """``exchanges``: symbol -> exchange; ``stale``: of one symbol; ``silent``: of all together."""
        self._exchanges = exchanges
        self._last_received = dict.fromkeys(exchanges, started)
        self._stale = stale
        self._silent = silent

    def received(self, symbol: str, now: int) -> None:
        """The stream told of this symbol."""
        self._last_received[symbol] = now

    def decide(self, opened: Mapping[str, int | None], now: int) -> PollDecision:
        """Decide; ``opened``: exchange -> what ``open_since`` says.

        >>> fresh = StreamFreshness({"AAPL": "NASDAQ", "IBM": "NYSE"}, 0, stale=120, silent=30)
        >>> fresh.decide({"NASDAQ": 0, "NYSE": 0}, 31).poll == {"AAPL", "IBM"}
        True
        >>> fresh.received("AAPL", 110)
        >>> fresh.decide({"NASDAQ": 0, "NYSE": 0}, 121)
        Verdict(streaming=True, poll=frozenset({'IBM'}))
        >>> fresh.decide({"NASDAQ": None, "NYSE": None}, 999)
        Verdict(streaming=True, poll=frozenset())
        """
        since = {
            symbol: opened_at for symbol, exchange in self._exchanges.items() if (opened_at := opened.get(exchange)) is not None
        }
        if not since:
            return PollDecision(streaming=True, poll=frozenset())
        ages = {symbol: now - max(self._last_received[symbol], opened_at) for symbol, opened_at in since.items()}
        if min(ages.values()) > self._silent:
            return PollDecision(streaming=False, poll=frozenset(since))
        return PollDecision(streaming=True, poll=frozenset(symbol for symbol, age in ages.items() if age > self._stale))


class StaleFeeds:
    """Remembers when an exchange was last heard of, and which ones have fallen silent. Times in milliseconds."""

    def __init__(self, exchanges: Mapping[str, str], max_silence: int) -> None:
        """``exchanges``: symbol -> exchange; ``max_silence``: how long an open exchange may be silent."""
        self._exchanges = exchanges
        self._max_silence = max_silence
        self._received: dict[str, int] = {}
        self.stale: set[str] = set()
        """Exchanges that are open and silent."""

    def received(self, symbol: str, now: int) -> None:
        """A tick of this symbol came."""
        if (exchange := self._exchanges.get(symbol)) is not None:
            self._received[exchange] = now

    def silent_ms(self, exchange: str, opened: int | None, now: int) -> int:
        """For how long an exchange has been silent, its running session considered; 0 while it is closed."""
        if opened is None:
            return 0
        return now - max(opened, self._received.setdefault(exchange, now))

    def changes(self, opened: Mapping[str, int | None], now: int) -> dict[str, bool]:
        """Exchanges that have become stale (True) or are so no more; ``opened``: exchange -> what ``open_since`` says.

        >>> feeds = StaleFeeds({"AAPL": "NASDAQ"}, 300)
        >>> feeds.changes({"NASDAQ": 0}, 10), feeds.changes({"NASDAQ": 0}, 311), feeds.changes({"NASDAQ": 0}, 312)
        ({}, {'NASDAQ': True}, {})
        >>> feeds.received("AAPL", 320)
        >>> feeds.changes({"NASDAQ": 0}, 321)
        {'NASDAQ': False}
        """
        found = {}
        for exchange, since in opened.items():
            stale = self.silent_ms(exchange, since, now) > self._max_silence
            if stale != (exchange in self.stale):
                found[exchange] = stale
                (self.stale.add if stale else self.stale.discard)(exchange)
        return found
