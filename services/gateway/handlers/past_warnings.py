"""What an answer with ``as_of`` cannot know."""

from __future__ import annotations

from services.gateway.domain.times import rfc3339
from services.gateway.handlers.gateway import Gateway


async def past_warnings(gateway: Gateway, as_of: int | None) -> list[str]:
    """A warning where restatements after ``as_of`` are no longer kept, or were not yet recorded. Raises TransientError."""
    if as_of is None or as_of >= (since := await gateway.past.kept_since()):
        return []
    return [f"restatements before {rfc3339(since)} are unknown: a bar that was replaced before has its values of that moment"]
