"""The options of the records of signals."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Level = Literal["instrument", "industry", "all"]


class QualityOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which records are given. All of them are computed and corrected for together, whichever are asked for."""

    rule: str = ""
    """A rule or chart pattern; empty: all."""
    level: Level | None = None
    """The records of each instrument, of each industry, or of all instruments together; None: every level."""
    horizon: Literal[0, 1, 5, 20] = 0
    """Bars that a position is held; 0: every one."""
    cost_bps: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 10.0
    """Fees and slippage of a side, in basis points of the price."""
