"""How many conditions users may have, and what these cost: one set of limits for the bot and the API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal

from shared.conditions.condition import Condition

MAX_PER_OWNER: Final = 20
MAX_PREMIUM: Final = 100
"""Of an owner who pays."""
PREMIUM_GRACE: Final = 3_600_000
"""A renewal may be known this late, milliseconds: until then nothing is taken away."""
MAX_TOTAL: Final = 5_000
MAX_EXTRA_PER_OWNER: Final = 10
"""Requested indicators of one owner's conditions."""
MAX_EXTRA_TOTAL: Final = 64

Limit = Literal["full", "extra", "busy"]


def has_premium(until: int, now: int) -> bool:
    """Whether an owner has premium, by payment or granted, that lasts ``until`` (milliseconds; 0: none).

    >>> has_premium(0, 0), has_premium(1, PREMIUM_GRACE), has_premium(1, PREMIUM_GRACE + 1)
    (False, True, False)
    """
    return until > 0 and until + PREMIUM_GRACE > now


def extra_columns(condition: Condition) -> tuple[str, ...]:
    """A column of each indicator that is computed only because the condition needs it."""
    return tuple(wanted.column for wanted in condition.indicators if not wanted.running)


def exceeded(
    own: Sequence[Collection[str]], requested: Collection[str], count: int, in_use: Collection[str], most: int = MAX_PER_OWNER
) -> Limit | None:
    """The limit that a further condition exceeds, or None.

    ``own`` and ``requested``: extra columns of the owner's conditions and of the new one; ``count`` and ``in_use``: conditions and
    extra columns of all owners; ``most``: conditions that the owner may have.

    >>> exceeded([()] * 19, (), 19, ()), exceeded([()] * 20, (), 20, ()), exceeded([], ("sma_7",), MAX_TOTAL, ())
    (None, 'full', 'busy')
    """
    if len(own) >= most:
        return "full"
    if len({column for columns in (*own, requested) for column in columns}) > MAX_EXTRA_PER_OWNER:
        return "extra"
    fresh = set(requested) - set(in_use)
    if count >= MAX_TOTAL or (fresh and len(in_use) + len(fresh) > MAX_EXTRA_TOTAL):
        return "busy"
    return None
