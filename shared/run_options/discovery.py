"""The options of a search for sequences and combinations of signals."""

from __future__ import annotations

from typing import Annotated

import msgspec

from shared.sequences import MOST_BARS

Part = Annotated[int, msgspec.Meta(ge=1, le=3)]


class DiscoveryOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How candidates are made and how many are judged; docs/research.md explains the method."""

    within: Annotated[int, msgspec.Meta(ge=1, le=MOST_BARS)] = 10
    """Bars within which a signal follows another one."""
    size: Part = 2
    """Parts of a candidate besides the signal that fires."""
    least: Annotated[int, msgspec.Meta(ge=2, le=1_000_000)] = 30
    """Signals that a candidate has in the first part."""
    share: Annotated[float, msgspec.Meta(ge=0.2, le=0.8)] = 0.5
    """Of all dates, those of the first part."""
    most: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 200
    """Candidates that are judged on the rest: the best of the first part."""
    horizon: Annotated[int, msgspec.Meta(ge=0, le=250)] = 0
    """Bars that a position is held; 0: of 1, 5 and 20 the best of the first part."""
    cost_bps: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 10.0
    """Fees and slippage of a side, in basis points of the price."""
    index: str = ""
    """The index whose state is that of the market, or ``none``. Empty: each instrument's benchmark for stored bars, SPY where the
    data has it, otherwise none."""
