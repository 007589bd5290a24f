"""The moment that a request asks about."""

from __future__ import annotations

import datetime as dt

from services.gateway.domain.problems import RequestError
from services.gateway.domain.times import milliseconds, rfc3339


def past_moment(as_of: dt.datetime, now: int, clock: str = "") -> int:
    """``as_of`` in milliseconds since the epoch. ``now``: likewise, by the clock of which ``clock`` tells.

    Raises:
        RequestError: it lies in the future, of which nothing is known.
    """
    found = milliseconds(as_of)
    if found > now:
        why = f"as_of: {rfc3339(found)} lies in the future; it is {rfc3339(now)}{clock}"
        raise RequestError("invalid-parameter", why, field="as_of", value=as_of.isoformat())
    return found
