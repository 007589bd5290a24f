"""Replies of the bot about conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.notifier.domain.condition_words import condition_words
from services.notifier.domain.conditions import ConditionAlert, ParsedCondition
from services.notifier.domain.industry_names import industry_label
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.conditions import ConditionError
from shared.events import SymbolHistory

SHOWN_TEXT = 600
SHOWN_WORDS = 1500
SHOWN_LINE = 300


def error_text(error: ConditionError, language: str) -> str:
    """The message of an error in ``language``. Not escaped."""
    values = {name: str(value) for name, value in error.values.items()}
    return phrase(language, f"condition-{error.code.replace('_', '-')}", **values)


def error_reply(error: ConditionError, language: str) -> str:
    """The error of a condition and its position: the text in fixed width with a caret below the position."""
    text, caret = error.caret().split("\n")
    marked = f"<pre>{escape(text, SHOWN_TEXT)}\n{caret}</pre>" if text.strip() else ""
    return "\n".join(filter(None, [escape(error_text(error, language), 300), marked, phrase(language, "alert-more")]))


def alert_line(alert: ConditionAlert, language: str, index: InstrumentIndex, warming_up: Collection[str]) -> str:
    """One alert in two lines, in words. ``warming_up``: columns and expressions that have no values yet for some instruments."""
    often = phrase(language, f"alerts-frequency-{alert.frequency.replace('_', '-')}")
    parts = [_scope(alert, language, index), often]
    expressions = [name for name in warming_up if name.endswith((")", "]"))]  # as they stand in the normal form
    if not {*alert.extra}.isdisjoint(warming_up) or any(each in alert.text for each in expressions):
        parts.append(phrase(language, "alert-warming-up"))
    if alert.stopped:
        parts.append(phrase(language, f"alerts-stopped-{alert.stopped}"))
    return f"#{alert.number} {escape(condition_words(alert.text, language), SHOWN_LINE)}\n    {' · '.join(parts)}"


def words(condition: ParsedCondition, language: str) -> str:
    """What the condition means."""
    return f"<i>{escape(condition.words[language], SHOWN_WORDS)}</i>"


def normal_form(text: str) -> str:
    """A condition in its normal form."""
    return f"<code>{escape(text, SHOWN_TEXT)}</code>"


def history_line(instrument: KnownInstrument, found: SymbolHistory, chat: Chat) -> str:
    """When a condition was true last for an instrument, and how often in the stored bars."""
    language = chat.language
    name = escape(display_name(instrument, language), 40)
    if found.first_bar is None:
        return phrase(language, "explain-unknown", name=name)
    how_often = {"held": found.held, "bars": found.bars, "since": local_time(found.first_bar, chat)}
    if not found.newest:
        return phrase(language, "explain-never", name=name, **how_often)
    return phrase(language, "explain-times", name=name, times=", ".join(local_time(at, chat) for at in found.newest), **how_often)


def alerts_text(alerts: Sequence[ConditionAlert], language: str, index: InstrumentIndex, warming_up: Collection[str]) -> str:
    """The list of a chat's alerts."""
    if not alerts:
        return phrase(language, "alerts-none")
    lines = [phrase(language, "alerts", count=len(alerts)), *(alert_line(alert, language, index, warming_up) for alert in alerts)]
    return "\n".join([*lines, phrase(language, "alerts-remove")])


def _scope(alert: ConditionAlert, language: str, index: InstrumentIndex) -> str:
    if alert.scope == "watched":
        return phrase(language, "alert-watched")
    if alert.scope == "industry":
        return phrase(
            language, "alert-industry", name=escape(", ".join(industry_label(each, language) for each in alert.targets), 96)
        )
    return ", ".join(escape(display_name(index.get(symbol), language), 40) for symbol in alert.targets)
