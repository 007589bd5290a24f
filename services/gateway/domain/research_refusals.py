"""What a refusal of analysis research means for a client: to ask again later, or never."""

from __future__ import annotations

from typing import Final

FOR_EVER: Final = frozenset({"invalid-job", "invalid-condition", "not-supported"})
"""Codes of refusals that every try meets."""
LATER_SECONDS: Final = 5
"""When a requester may ask again after another one."""
