"""Briefings as rows of their table."""

from __future__ import annotations

from typing import Any

import msgspec

from shared.briefings import (
    Briefing,
    BriefingGroup,
    BriefingHoliday,
    BriefingMove,
    BriefingOutcome,
    BriefingOutcomes,
    BriefingReaction,
    BriefingSession,
    BriefingSignal,
    BriefingStory,
)

START = 1_719_864_000_000
"""2024-07-01 20:00 UTC."""
MOVE = BriefingMove(symbol="AAPL", name="Apple", close=109.0, move=0.01)
FIRED: dict[str, Any] = {"id": "s", "symbol": "AAPL", "name": "Apple", "rule": "golden_cross", "direction": "up", "ts_event": START}


def briefing(**more: Any) -> Briefing:
    """A briefing with something in each of its parts."""
    group = BriefingGroup(
        slug="us", name="US", advances=1, declines=0, unchanged=0, missing=2, median_move=0.01, leaders=(MOVE,), laggards=()
    )
    fields: dict[str, Any] = {
        "kind": "daily",
        "market": "us",
        "market_name": "US market",
        "day": 20240701,
        "since": START - 86_400_000,
        "until": START,
        "language": "en",
        "zone": "UTC",
        "indices": (MOVE,),
        "breadth": group,
        "industries": (group,),
        "watched": (),
        "signals": 1,
        "newest_signals": (BriefingSignal(timeframe="1d", validated=False, record="no record", **FIRED),),
        "outcomes": BriefingOutcomes(
            signals=2, known=1, favourable=1, mean_move=0.02, newest=(BriefingOutcome(move=0.02, **FIRED),)
        ),
        "stories": (
            BriefingStory(
                id="n", title="T", url="https://news.example/1", publishers=1, importance=0.5,
                reactions=(BriefingReaction(symbol="AAPL", name="Apple", hour=None, day=0.01),),
            ),
        ),
        "sessions": (BriefingSession(exchanges=("NYSE",), day=20240702, open=START, close=START, early=False),),
        "holidays": (BriefingHoliday(exchanges=("NYSE",), day=20240704),),
        "replayed": False,
        "text": "US market",
    }  # fmt: skip
    return Briefing(**fields | more)


def briefing_row(briefing_id: str, *, audience: str = "", picture: bytes = b"", **more: Any) -> dict[str, Any]:
    """Its row."""
    of = briefing(**more)
    body = msgspec.json.encode(of).decode()
    row = {"id": briefing_id, "kind": of.kind, "market": of.market, "day": of.day, "language": of.language}
    return row | {"audience": audience, "body": body, "picture": picture, "created_at": START}
