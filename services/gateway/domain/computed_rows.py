"""Rows of indicators that analysis research computes over stored bars: the job, and its result as rows of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import BarWindow, JsonRow
from services.gateway.domain.problems import RequestError
from services.gateway.domain.research_refusals import FOR_EVER, LATER_SECONDS
from services.gateway.domain.times import rfc3339
from shared.conditions import ConditionError, resolve
from shared.events import IndicatorHistory, IndicatorHistoryJob, Timeframe

SOURCE: Final = "gateway"
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class ComputedRows:
    """Rows of indicators, oldest first."""

    rows: list[JsonRow]
    more: bool
    """The window has further rows, which did not fit."""
    source: str
    """Of the newest row's bar; empty where there are no rows."""
    replayed: bool


def canonical_columns(text: str | None) -> tuple[str, ...]:
    """The canonical names of some columns, separated by commas.

    Raises:
        RequestError: there is no such column, or its parameters are out of bounds.

    >>> canonical_columns("rsi_21,bb_upper_20_2,rsi_21")
    ('rsi_21', 'bb_upper_20')
    """
    found: dict[str, None] = {}
    for name in text.split(",") if text else ():
        try:
            found[resolve(name).column] = None
        except ConditionError as error:
            why = f"columns: {name[:80]!r}: {error}; docs/indicators.md lists them"
            raise RequestError(
                "invalid-parameter", why, field="columns", value=name, code=error.code, values=error.values
            ) from error
    return tuple(found)


def indicator_job(
    job_id: str, symbol: str, timeframe: Timeframe, columns: tuple[str, ...], window: BarWindow, now: int
) -> IndicatorHistoryJob:
    """The job for the rows of a window. ``now``: milliseconds since the epoch."""
    return IndicatorHistoryJob(
        id=job_id, symbol=symbol, timeframe=timeframe, columns=columns, start=window.start, end=window.end, limit=window.fetch,
        newest=window.newest, ts_event=now, ts_init=now, source=SOURCE,
    )  # fmt: skip


def computed_rows(found: IndicatorHistory) -> ComputedRows:
    """The rows of a result.

    Raises:
        RequestError: the job was refused.
    """
    if found.error is not None:
        raise _refusal(found.error.code, found.error.message)
    columns = zip(found.closes, found.prices, found.replayed, found.rows, strict=True)
    rows = [
        (close, _encode(api_models.Indicators(date=rfc3339(close), close=price, values=dict(zip(found.columns, row, strict=True)),
                                              replayed=replayed)))
        for close, price, replayed, row in columns
    ]  # fmt: skip
    return ComputedRows(rows, found.more, found.bar_source, any(found.replayed))


def _refusal(code: str, message: str) -> RequestError:
    if code in FOR_EVER:
        return RequestError("invalid-parameter", message, field=message.partition(":")[0], code="not-computed")
    return RequestError("unavailable", f"{message}; try again later", retry_after=LATER_SECONDS, code="analysis-busy")
