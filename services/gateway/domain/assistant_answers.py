"""Answers for assistants: short enough for a context, with the total, the assumptions and what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

MOST_ROWS: Final = 50
"""Rows of one answer."""
MOST_CHARACTERS: Final = 300
"""Characters of one text, such as the summary of a story."""
ASSUMPTIONS: Final = {
    "bars": "Prices are adjusted for splits and dividends, in the instrument's currency. A bar is stamped with its close, UTC.",
    "signals": (
        "A signal fires once, on a closed bar. `quality` is what followed such signals in the past, out of sample and after costs; "
        "null: not computed. Not investment advice."
    ),
    "backtest": (
        "Fills at the next open; costs and slippage are modelled, in basis points, as the result states. Past results say nothing "
        "about the future. Not investment advice."
    ),
    "news": (
        "A story is several articles of one event, by when it was first seen. Texts in Korean may be machine translations. "
        "A story says nothing about why a price moved."
    ),
    "move": "The move is against the previous session's close. The industry is the median of its members that traded today.",
}


def shown(page: Mapping[str, Any], most: int, about: str) -> dict[str, Any]:
    """A page of the API with at most ``most`` rows; ``total`` says how many there were.

    >>> shown({"results": [1, 2, 3], "warnings": [], "next_page_token": "x"}, 2, "bars")["total"]
    'more than 3'
    """
    rows, more = page["results"], page.get("next_page_token") is not None
    count = max(1, min(most, MOST_ROWS))
    return {
        "results": [shortened(row) for row in rows[:count]],
        "shown": len(rows[:count]),
        "total": f"more than {len(rows)}" if more else len(rows),
        "provider": page.get("provider"),
        "warnings": list(page.get("warnings", ())),
        "assumptions": ASSUMPTIONS.get(about, ""),
    }


def shortened(value: Any) -> Any:
    """The value with long texts and long lists cut; a cut is marked."""
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return value[:MOST_CHARACTERS] + "…"
    if isinstance(value, Mapping):
        return {name: shortened(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        more = [f"… {len(value) - MOST_ROWS} more"] if len(value) > MOST_ROWS else []
        return [*(shortened(one) for one in value[:MOST_ROWS]), *more]
    return value


def against_industries(quote: Mapping[str, Any] | None, industries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The move of an instrument, of its industries, and the differences; null where a move is unknown.

    >>> against_industries({"change_percent": 0.05}, [{"industry": "ai", "view": {"median_move": 0.02}}])
    {'move': 0.05, 'industries': [{'industry': 'ai', 'median_move': 0.02, 'difference': 0.03}]}
    """
    move = None if quote is None else quote.get("change_percent")
    found = []
    for industry in industries:
        median = (industry.get("view") or {}).get("median_move")
        difference = None if move is None or median is None else round(move - median, 10)
        found.append({"industry": industry["industry"], "median_move": median, "difference": difference})
    return {"move": move, "industries": found}
