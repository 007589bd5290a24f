"""Answers of the bot about conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.notifier.domain.condition_words import said
from services.notifier.domain.conditions import FORMING, ConditionAlert
from services.notifier.domain.instruments import Directory
from services.notifier.domain.markup import escape
from services.notifier.domain.phrases import say
from services.notifier.domain.replies import shown
from shared.conditions import ConditionError

SHOWN_TEXT = 600


def refused(error: ConditionError, language: str) -> str:
    """What is wrong with a condition, and where: in fixed width, a caret below the place."""
    text, caret = error.caret().split("\n")
    pointed = f"<pre>{escape(text, SHOWN_TEXT)}\n{caret}</pre>" if text.strip() else ""
    return "\n".join(filter(None, [escape(said(error, language), 300), pointed, say(language, "alert_more")]))


def told(alert: ConditionAlert, language: str, book: Directory, warming_up: Collection[str]) -> str:
    """One alert in two lines; ``warming_up``: columns of indicators that have no values yet for some instruments."""
    parts = [_scope(alert, language, book), say(language, "alert_forming" if alert.frequency == FORMING else "alert_at_close")]
    if not {*alert.extra}.isdisjoint(warming_up):
        parts.append(say(language, "alert_warming_up"))
    return f"#{alert.number} <code>{escape(alert.text, SHOWN_TEXT)}</code>\n    {' · '.join(parts)}"


def alerts_text(alerts: Sequence[ConditionAlert], language: str, book: Directory, warming_up: Collection[str]) -> str:
    """All alerts of a chat."""
    if not alerts:
        return say(language, "alerts_none")
    lines = [say(language, "alerts", count=len(alerts)), *(told(alert, language, book, warming_up) for alert in alerts)]
    return "\n".join([*lines, say(language, "alerts_remove")])


def _scope(alert: ConditionAlert, language: str, book: Directory) -> str:
    if alert.scope == "watched":
        return say(language, "alert_watched")
    if alert.scope == "industry":
        return say(language, "alert_industry", name=escape(", ".join(alert.targets), 96))
    return ", ".join(escape(shown(book.get(symbol), language), 40) for symbol in alert.targets)
