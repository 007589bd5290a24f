"""/alerts: lists the chat's alerts; ``/alerts NUMBER VERB VALUE`` changes one, as its buttons do. /unalert deletes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from services.notifier.bot.commands.conditions import alert
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import condition_replies
from services.notifier.domain.alert_replies import alert_screen, deleted_reply
from services.notifier.domain.commands import EVERYTHING, mute_span
from services.notifier.domain.conditions import AT_CLOSE, FREQUENCIES, ConditionAlert, stop
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.conditions import ConditionParser, ConditionStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.premium_replies import needs_premium
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase

LONGEST: Final = 366 * 86_400_000
LISTED: Final = 8
"""Alerts in a row of buttons."""


async def alerts(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    conditions: ConditionStore,
    parser: ConditionParser,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    tiers: Tiers,
) -> Reply:
    """List the chat's alerts, show one, or change it."""
    if arguments.strip().casefold() == "restore":
        await conditions.restore(chat.channel, chat.chat_id)
        arguments = ""
    mine = await conditions.for_chat(chat.channel, chat.chat_id)
    first, *rest = arguments.split(maxsplit=2) or [""]
    number = _number(first)
    if number is None:
        text = condition_replies.alerts_text(mine, chat.language, instruments.current, await conditions.warming_up())
        buttons = [Button(f"#{each.number}", f"alerts {each.number}") for each in mine]
        rows = [tuple(buttons[i : i + LISTED]) for i in range(0, len(buttons), LISTED)]
        return Reply(text, (*rows, (Button(phrase(chat.language, "alerts-build"), "build"),)), edits=True)
    found = next((each for each in mine if each.number == number), None)
    if found is None:
        return Reply(phrase(chat.language, "unalert-none"))
    verb, value = (rest[0].casefold() if rest else ""), (rest[1].strip() if len(rest) > 1 else "")
    if verb == "edit" and value:
        return await _edit(chat, found, value, chats, watchlists, conditions, parser, market, instruments, clock, tiers)
    if verb == "edit":
        return Reply(phrase(chat.language, "alerts-edit-how"), expects=f"alerts {number} edit")
    changed = VERBS[verb](found, value, clock.now()) if verb in VERBS else None
    if changed is not None and changed.enabled and not tiers.allows(chat, changed.timeframe, clock.now(), changed.frequency):
        return needs_premium(chat, "premium-timeframe")
    if changed is not None:
        await conditions.update([changed])
    elif verb:
        return Reply(phrase(chat.language, "alerts-help"))
    return alert_screen(chat, changed or found, instruments.current)


async def unalert(chat: Chat, arguments: str, conditions: ConditionStore) -> Reply:
    """Delete one alert, or all."""
    wanted = arguments.strip().lstrip("#").casefold()
    number = None if wanted in EVERYTHING else _number(wanted)
    if number is None and wanted not in EVERYTHING:
        return Reply(phrase(chat.language, "unalert-help"))
    return deleted_reply(chat, await conditions.remove(chat.channel, chat.chat_id, number))


async def _edit(
    chat: Chat,
    old: ConditionAlert,
    text: str,
    chats: ChatStore,
    watchlists: Watchlists,
    conditions: ConditionStore,
    parser: ConditionParser,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    tiers: Tiers,
) -> Reply:
    """Make the new alert first: a text that is no condition changes nothing. Its limits are those of the old one."""
    before = {each.number for each in await conditions.for_chat(chat.channel, chat.chat_id)}
    await conditions.update([stop(old, "paused")])
    reply = await alert(chat, text, chats, watchlists, conditions, parser, market, instruments, clock, tiers)
    after = await conditions.for_chat(chat.channel, chat.chat_id)
    added = next((each for each in after if each.number not in before), None)
    if added is not None:
        often = old.frequency if added.frequency == AT_CLOSE else added.frequency
        await conditions.update([replace(added, frequency=often, cooldown=old.cooldown, expires_at=old.expires_at)])
        await conditions.remove(chat.channel, chat.chat_id, old.number)
    else:
        await conditions.update([old])
    return reply


def _pause(alert: ConditionAlert, value: str, now: int) -> ConditionAlert | None:  # noqa: ARG001
    return stop(alert, "paused")


def _resume(alert: ConditionAlert, value: str, now: int) -> ConditionAlert | None:  # noqa: ARG001
    expires = alert.expires_at if alert.expires_at > now else 0
    return replace(alert, enabled=True, stopped="", last_fired_at=0, expires_at=expires, recent=())


def _frequency(alert: ConditionAlert, value: str, now: int) -> ConditionAlert | None:  # noqa: ARG001
    return replace(alert, frequency=value) if value in FREQUENCIES else None


def _cooldown(alert: ConditionAlert, value: str, now: int) -> ConditionAlert | None:  # noqa: ARG001
    span = mute_span(value)
    return replace(alert, cooldown=span) if span is not None and span <= LONGEST else None


def _expires(alert: ConditionAlert, value: str, now: int) -> ConditionAlert | None:
    span = mute_span(value)
    return replace(alert, expires_at=now + span if span else 0) if span is not None and span <= LONGEST else None


VERBS: Final[dict[str, Callable[[ConditionAlert, str, int], ConditionAlert | None]]] = {
    "pause": _pause,
    "resume": _resume,
    "frequency": _frequency,
    "cooldown": _cooldown,
    "expires": _expires,
}
"""A verb -> the alert after it; None where the value is wrong."""


def _number(text: str) -> int | None:
    plain = text.lstrip("#")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None
