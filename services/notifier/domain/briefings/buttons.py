"""The buttons under a briefing."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.briefings.universe import Market
from services.notifier.domain.messages import ACTION_LENGTH, Button, Buttons
from services.notifier.words.catalogue import phrase
from shared.briefings import Briefing


def briefing_buttons(briefing: Briefing, language: str, *, short: bool, others: Sequence[Market] = ()) -> Buttons:
    """The whole text where it is ``short``, the other kind, the settings; ``others``: further markets of the chat."""
    here = briefing.market
    other = "weekly" if briefing.kind == "daily" else "daily"
    actions = [(phrase(language, "brief-more"), f"brief {here} {briefing.kind} whole")] if short else []
    actions += [(phrase(language, f"brief-open-{other}"), f"brief {here} {other}")]
    actions += [
        (market.names.of(language)[:40], f"brief {market.slug} {briefing.kind}") for market in others if market.slug != here
    ]
    actions += [(phrase(language, "settings-open-briefings"), "settings briefings")]
    buttons = [Button(label, action) for label, action in actions if len(action.encode()) <= ACTION_LENGTH]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
