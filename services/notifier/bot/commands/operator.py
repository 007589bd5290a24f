"""/stats and /broadcast, for the operator alone."""

from __future__ import annotations

import hashlib
from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.notices import LONGEST, Notice, same_text
from services.notifier.domain.ports.operating import NoticeStore, Statistics
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import has, phrase

HOUR: Final = 3_600_000
HOURS: Final = 6
ID_LENGTH: Final = 16


async def stats(chat: Chat, arguments: str, statistics: Statistics, clock: TimeAndRandom) -> Reply:  # noqa: ARG001
    """Chats, alerts, the deliveries of the last hour, and their outcomes for each of the last hours."""
    now = clock.now()
    counts = await statistics.counts(now - HOUR)
    lines = [
        phrase(chat.language, "stats"),
        *(f"{_words(name, chat.language)}: {count:,}" for name, count in sorted(counts.items())),
    ]
    hours = await statistics.hourly(now - now % HOUR - (HOURS - 1) * HOUR)
    lines.append(phrase(chat.language, "stats-hours"))
    for at, outcomes in hours.items():
        shown = ", ".join(f"{_words(status, chat.language)} {count:,}" for status, count in sorted(outcomes.items()))
        lines.append(f"{local_time(at, chat)}: {shown}")
    return Reply("\n".join(lines if hours else [*lines, phrase(chat.language, "none")]))


async def broadcast(chat: Chat, arguments: str, notices: NoticeStore, clock: TimeAndRandom) -> Reply:
    """``TEXT`` shows a preview; ``send ID`` sends it, ``cancel ID`` stops it, ``status ID`` counts its deliveries."""
    verb, _, rest = arguments.strip().partition(" ")
    notice_id = rest.strip()
    if verb in {"send", "cancel", "status"} and len(notice_id) == ID_LENGTH:
        return await _change(chat, verb, notice_id, notices, clock)
    if not arguments.strip() or len(arguments) > LONGEST:
        return Reply(phrase(chat.language, "broadcast-help", most=LONGEST))
    now = clock.now()
    fresh = hashlib.sha256(f"{chat.chat_id} {now} {arguments}".encode()).hexdigest()[:ID_LENGTH]
    text = escape(arguments, LONGEST)
    await notices.add(Notice(fresh, "broadcast", "all", same_text(text)), now)
    send, cancel = (Button(phrase(chat.language, f"broadcast-{name}"), f"broadcast {name} {fresh}") for name in ("send", "cancel"))
    return Reply(f"{phrase(chat.language, 'broadcast-preview')}\n\n{text}", ((send, cancel),))


async def _change(chat: Chat, verb: str, notice_id: str, notices: NoticeStore, clock: TimeAndRandom) -> Reply:
    cancel = Button(phrase(chat.language, "broadcast-cancel"), f"broadcast cancel {notice_id}")
    status = Button(phrase(chat.language, "broadcast-status"), f"broadcast status {notice_id}")
    if verb == "send":
        begun = await notices.change(notice_id, "draft", "sending")
        key = "broadcast-begun" if begun else "broadcast-not-draft"
        return Reply(phrase(chat.language, key), ((status, cancel),), edits=True)
    if verb == "cancel":
        closed = await notices.cancel(notice_id, clock.now())
        return Reply(phrase(chat.language, "broadcast-cancelled", count=closed), ((status,),), edits=True)
    counts = await notices.counts(notice_id)
    shown = ", ".join(f"{_words(name, chat.language)} {count:,}" for name, count in sorted(counts.items())) or phrase(
        chat.language, "none"
    )
    return Reply(phrase(chat.language, "broadcast-counts", counts=shown), ((status, cancel),), edits=True)


def _words(name: str, language: str) -> str:
    """What is counted, word by word; names of channels stay."""
    keys = [(word, f"{kind}-{word}") for word in name.split() for kind in ("status", "stats")]
    known = {word: phrase(language, key) for word, key in keys if has(language, key)}
    return escape(" ".join(known.get(word, word) for word in name.split()))
