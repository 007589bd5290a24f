"""One alert of a chat with the buttons that change it."""

from __future__ import annotations

from typing import Final

from services.notifier.domain.condition_replies import alert_line, normal_form
from services.notifier.domain.conditions import FREQUENCIES, ConditionAlert
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.messages import Button, Buttons, Reply
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase

COOLDOWNS: Final = ("off", "1h", "4h", "24h")
EXPIRIES: Final = ("off", "1d", "7d", "30d")
HOUR: Final = 3_600_000


def alert_screen(chat: Chat, alert: ConditionAlert, index: InstrumentIndex) -> Reply:
    """The alert, its limits, and the buttons."""
    language, number = chat.language, alert.number
    lines = [alert_line(alert, language, index, ()), normal_form(alert.text)]
    if alert.cooldown:
        lines.append(phrase(language, "alerts-cooldown", hours=alert.cooldown / HOUR))
    if alert.expires_at:
        lines.append(phrase(language, "alerts-expires", at=local_time(alert.expires_at, chat)))
    if alert.last_fired_at:
        lines.append(phrase(language, "alerts-fired", at=local_time(alert.last_fired_at, chat)))
    verb = "pause" if alert.enabled else "resume"
    buttons: Buttons = (
        (
            Button(phrase(language, f"alerts-{verb}"), f"alerts {number} {verb}"),
            Button(phrase(language, "alerts-edit"), f"alerts {number} edit"),
            Button(phrase(language, "alerts-delete"), f"unalert {number}"),
        ),
        tuple(
            Button(phrase(language, f"alerts-frequency-{_dashed(each)}"), f"alerts {number} frequency {each}")
            for each in FREQUENCIES
            if each != alert.frequency
        ),
        tuple(Button(f"⏳ {_shown(each, language)}", f"alerts {number} cooldown {each}") for each in COOLDOWNS),
        tuple(Button(f"📅 {_shown(each, language)}", f"alerts {number} expires {each}") for each in EXPIRIES),
        (Button(phrase(language, "back"), "alerts"),),
    )
    return Reply("\n".join(lines), buttons, edits=True)


def deleted_reply(chat: Chat, count: int) -> Reply:
    """Alerts were deleted, with a button that takes it back."""
    if not count:
        return Reply(phrase(chat.language, "unalert-none"))
    undo = Button(phrase(chat.language, "alerts-undo"), "alerts restore")
    return Reply(phrase(chat.language, "unalerted"), ((undo,),), edits=True)


def _dashed(frequency: str) -> str:
    return frequency.replace("_", "-")


def _shown(span: str, language: str) -> str:
    return phrase(language, "alerts-none-chosen" if span == "off" else f"alerts-span-{span}")
