"""Whether the stream works, which symbols must be polled because it does not, and which exchanges send no ticks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.ingest.domain.exchange_delays import DELAY_MS
from shared.calendars import Sessions


@dataclass(frozen=True)
class PollDecision:
    """Whether to use the stream, and which symbols to poll."""

    streaming: bool
    """True if prices are streamed, or if no market is open."""
    poll: frozenset[str]
    """Symbols to poll: all of open markets if the stream is silent, else those without a streamed price."""


def open_since(sessions: Sessions, now: int) -> int | None:
    """Time from which prices of the current session arrive, Yahoo's delay included; None while the exchange is closed."""
    delay = DELAY_MS.get(sessions.exchange, 0)
    i = sessions.at(now - delay)
    return None if i < 0 else int(sessions.open[i]) + delay


class StreamFreshness:
    """The time of the newest streamed price of each symbol. Times in milliseconds."""

    def __init__(self, exchanges: Mapping[str, str], started: int, *, stale: int, silent: int) -> None:
        """``exchanges``: symbol -> exchange; longest time without a price: ``stale`` of one symbol, ``silent`` of all
        together.
        """
        self._exchanges = exchanges
        self._last_received = dict.fromkeys(exchanges, started)
        self._stale = stale
        self._silent = silent

    def received(self, symbol: str, now: int) -> None:
        """A price of this symbol was streamed."""
        self._last_received[symbol] = now

    def decide(self, opened: Mapping[str, int | None], now: int) -> PollDecision:
        """The decision at ``now``; ``opened``: exchange -> result of ``open_since``.

        >>> fresh = StreamFreshness({"AAPL": "NASDAQ", "IBM": "NYSE"}, 0, stale=120, silent=30)
        >>> fresh.decide({"NASDAQ": 0, "NYSE": 0}, 31).poll == {"AAPL", "IBM"}
        True
        >>> fresh.received("AAPL", 110)
        >>> fresh.decide({"NASDAQ": 0, "NYSE": 0}, 121)
        PollDecision(streaming=True, poll=frozenset({'IBM'}))
        >>> fresh.decide({"NASDAQ": None, "NYSE": None}, 999)
        PollDecision(streaming=True, poll=frozenset())
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
    """The time of the newest tick of each exchange, and the open exchanges without ticks. Times in milliseconds."""

    def __init__(self, exchanges: Mapping[str, str], max_silence: int) -> None:
        """``exchanges``: symbol -> exchange; ``max_silence``: longest time that an open exchange may be without a tick."""
        self._exchanges = exchanges
        self._max_silence = max_silence
        self._received: dict[str, int] = {}
        self.stale: set[str] = set()
        """Exchanges that are open and without ticks."""

    def received(self, symbol: str, now: int) -> None:
        """A tick of this symbol was received."""
        if (exchange := self._exchanges.get(symbol)) is not None:
            self._received[exchange] = now

    def silent_ms(self, exchange: str, opened: int | None, now: int) -> int:
        """Milliseconds since the newest tick or the open of the current session, whichever is later; 0 while the exchange is
        closed.
        """
        if opened is None:
            return 0
        return now - max(opened, self._received.setdefault(exchange, now))

    def changes(self, opened: Mapping[str, int | None], now: int) -> dict[str, bool]:
        """Exchanges that have become stale (True) or are no longer stale (False); ``opened``: exchange -> result of
        ``open_since``.

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
