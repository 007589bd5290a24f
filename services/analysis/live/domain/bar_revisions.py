"""Stored bars that other prices replace: what was known until then is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

RESTATED: Final = ("ts_open", "open", "high", "low", "close", "volume")
"""A bar with the same of these is the same bar: factors change with each split and dividend."""


def revisions(
    stored: Iterable[Mapping[str, Any]], new: Mapping[int, Mapping[str, Any]], replaced_at: int
) -> Iterator[dict[str, Any]]:
    """The stored bars that ``new`` (by close time) replaces with other values or lacks, as rows of their table.

    >>> bar = dict.fromkeys(RESTATED, 1.0) | {"ts_close": 7}
    >>> [row["close"] for row in revisions([bar], {7: bar | {"close": 2.0}}, 9)], list(revisions([bar], {7: bar}, 9))
    ([1.0], [])
    """
    for row in stored:
        now = new.get(row["ts_close"])
        if now is None or any(row[name] != now[name] for name in RESTATED):
            yield {**row, "replaced_at": replaced_at}
