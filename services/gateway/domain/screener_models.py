"""What /v1/screener is asked and answers."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.parameter_types import Slug
from services.gateway.domain.problems import unknown_value_error
from services.gateway.domain.screen_table import ScreenTable
from services.gateway.domain.screening import Screening
from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME, TimeframeName
from services.gateway.domain.times import Time, rfc3339
from shared.conditions import Condition
from shared.conditions.condition import LONGEST

Column = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9_.]{1,64}$", extra_json_schema={"minLength": 1, "maxLength": 64, "examples": ["rsi_14"]})
]
MAX_SHOWN_COLUMNS: Final = 50


class ScreenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which instruments, and what of them."""

    condition: Annotated[
        str, msgspec.Meta(min_length=1, max_length=LONGEST, description="As in docs/conditions.md, on the newest closed bar.")
    ]
    industry: Slug | None = None
    columns: Annotated[list[Column], msgspec.Meta(max_length=MAX_SHOWN_COLUMNS)] = []
    """Columns of the answer beside those in the condition: indicators and bar fields."""
    sort: Column | None = None
    """The column to sort by; without it by symbol. Unknown values come last."""
    order: Literal["asc", "desc"] = "asc"
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class ScreenedInstrument(msgspec.Struct, frozen=True):
    """An instrument for which the condition is true."""

    symbol: str
    name: str
    name_ko: str
    date: Time
    """Close of its newest bar."""
    values: dict[str, float | None]


class ScreenResult(msgspec.Struct, frozen=True, kw_only=True):
    """The instruments for which a condition is true."""

    condition: str
    """The normal form."""
    timeframe: TimeframeName
    evaluated: int
    """Instruments with a row of indicators."""
    matched: int
    """Instruments for which it is true; ``rows`` has at most ``limit`` of them."""
    unknown: int
    """Instruments for which it is neither true nor false, because a value is not known."""
    rows: list[ScreenedInstrument]


def parse_screen(body: bytes) -> ScreenRequest:
    """The request in a body. Raises RequestError."""
    return parse_body(body, ScreenRequest)


def screened(request: ScreenRequest, condition: Condition, table: ScreenTable, directory: InstrumentDirectory) -> ScreenResult:
    """The answer.

    Raises:
        ScreenError: the condition cannot be evaluated on the newest rows.
        RequestError: a column has no values here.
    """
    true, false = Screening(table).truth(condition.root)
    _check(request.columns, table, "columns")
    _check([request.sort] if request.sort else [], table, "sort")
    columns = list(dict.fromkeys([*condition.fields, *condition.columns, *request.columns]))
    chosen = _members(request.industry, table, directory)
    found = np.flatnonzero(true & chosen)
    shown = _sorted(found, request, table)[: request.limit]
    values = table.current[[table.column_of[name] for name in columns]][:, shown] if columns else np.empty((0, len(shown)))
    rows = [_row(table.symbols[row], int(table.times[row]), columns, values[:, n], directory) for n, row in enumerate(shown)]
    return ScreenResult(
        condition=condition.text,
        timeframe=NAME_BY_TIMEFRAME[condition.timeframe],
        evaluated=int(chosen.sum()),
        matched=len(found),
        unknown=int((chosen & ~true & ~false).sum()),
        rows=rows,
    )


def _check(columns: list[str], table: ScreenTable, field: str) -> None:
    for name in columns:
        if name not in table.column_of:
            raise unknown_value_error(field, name, sorted(table.column_of))


def _members(industry: str | None, table: ScreenTable, directory: InstrumentDirectory) -> Any:
    if industry is None:
        return np.ones(len(table.symbols), bool)
    chosen = np.zeros(len(table.symbols), bool)
    chosen[[table.row_of[symbol] for symbol in directory.members.get(industry, ()) if symbol in table.row_of]] = True
    return chosen


def _sorted(found: Any, request: ScreenRequest, table: ScreenTable) -> Any:
    by_symbol = sorted(found, key=table.symbols.__getitem__) if len(found) else found
    if request.sort is None or not len(found):
        return by_symbol
    values = table.current[table.column_of[request.sort]][by_symbol]
    key = -values if request.order == "desc" else values
    return np.asarray(by_symbol)[np.argsort(key, kind="stable")]  # NaN is sorted to the end


def _row(symbol: str, ts: int, columns: list[str], values: Any, directory: InstrumentDirectory) -> ScreenedInstrument:
    known = directory.instruments.get(symbol)
    shown = {name: float(value) if np.isfinite(value) else None for name, value in zip(columns, values, strict=True)}
    return ScreenedInstrument(symbol, known.name if known else symbol, known.name_ko if known else "", rfc3339(ts), shown)
