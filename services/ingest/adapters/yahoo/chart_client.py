"""A blocking client of Yahoo's chart endpoint, through yfinance's session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import yfinance
from curl_cffi.requests.exceptions import RequestException, Timeout
from yfinance.data import YfData
from yfinance.exceptions import YFException, YFRateLimitError

from services.ingest.adapters.yahoo.http_session import YahooSession
from services.ingest.adapters.yahoo.network_errors import explain_request
from services.ingest.domain.yahoo_chart import Chart, read_chart
from services.ingest.domain.yahoo_errors import NotJsonError, RateLimitedError, UnreachableError

CHART_URL: Final = "https://query2.finance.yahoo.com/v8/finance/chart/"


class ChartClient:
    """Requests charts. Blocking and thread-safe.

    ``YfData`` handles cookies, crumbs, consent pages and the browser's TLS handshake. The body is parsed here: yfinance's data
    frames round, merge and drop values that are needed (the unit of a price, splits beside unadjusted rows, nulls, the forming
    bar), and return empty frames for failures.
    """

    def __init__(self, cache: Path, origin: str, seconds: float) -> None:
        """``cache``: a folder for yfinance's cookies, not shared with other processes; ``seconds``: time limit of a whole
        request.
        """
        cache.mkdir(parents=True, exist_ok=True)
        yfinance.set_tz_cache_location(str(cache))
        yfinance.config.debug.hide_exceptions = False
        yfinance.config.network.retries = 0
        self._session = YahooSession(origin)
        self._data = YfData(session=self._session)
        self._seconds = seconds

    def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart:
        """Request one chart.

        Raises:
            YahooError: a subclass, for every kind of failure.
        """
        query = {**params, "interval": interval, "includePrePost": "false", "events": "div,splits,capitalGains"}
        try:
            with self._session.within(self._seconds):
                answer = self._data.get(CHART_URL + quote(symbol, safe="="), params=query, timeout=self._seconds)
                status, body = answer.status_code, answer.content
        except YFRateLimitError as error:
            raise RateLimitedError(symbol, "too many requests", 429) from error
        except Timeout as error:
            raise UnreachableError(symbol, f"no response within {self._seconds:g} s") from error
        except (RequestException, OSError) as error:
            raise UnreachableError(symbol, explain_request(error)[:200]) from error
        except (YFException, LookupError, AttributeError, TypeError, ValueError) as error:
            # raised inside yfinance when a cookie or consent page is not as it expects
            raise NotJsonError(symbol, f"yfinance: {type(error).__name__}: {error}"[:200]) from error
        return read_chart(symbol, interval, status, body)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
