"""The content of rows, and the message that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.notifier.domain.alert_text import alert_buttons, alert_text
from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.digest_text import digest_buttons, digest_text, group_text
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.messages import Alert
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES
from shared import wire
from shared.events import Signal
from shared.topics import SIGNALS

Texts = dict[str, str]
"""A notice: its HTML by language."""


@dataclass(frozen=True)
class Content:
    """A row with its signal, or with the texts of its notice."""

    row: DeliveryRow
    signal: Signal | None = None
    texts: Texts | None = None


def notice_body(texts: Texts) -> str:
    """The body of a row with a notice."""
    return msgspec.json.encode(texts).decode()


def decoded(row: DeliveryRow) -> Content:
    """The content of a row. Raises ValueError: it cannot be decoded."""
    if row.kind == "signal":
        return Content(row, wire.decode(SIGNALS, row.body.encode()))
    texts = msgspec.json.decode(row.body, type=Texts)
    if not set(LANGUAGES) <= texts.keys():
        raise ValueError(f"a notice needs a text in each of {LANGUAGES}, and has {sorted(texts)}")
    return Content(row, None, texts)


def rendered(
    contents: Sequence[Content], chat: Chat, index: InstrumentIndex, picture: bytes | None, *, digest: bool, page: str = ""
) -> Alert:
    """The message. ``contents``: one notice, or signals; without ``digest``, signals of one instrument and bar."""
    first, language = contents[0], chat.language
    signals = tuple(each.signal for each in contents if each.signal is not None)
    repeat = any(each.row.unknowns > 0 for each in contents)
    buttons = digest_buttons(language) if digest else alert_buttons(signals[0], language, page) if signals else ()
    if first.texts is not None:
        text = first.texts[language]
    elif digest:
        text = digest_text(signals, index, chat, repeat=repeat)
    elif len(signals) > 1:
        text = group_text(signals, index.get(signals[0].symbol), chat, repeat=repeat)
    else:
        text = alert_text(signals[0], index.get(signals[0].symbol), language, repeat=repeat, chat=chat)
    return Alert(
        signals, text, language, buttons, picture, repeat, first.row.traceparent, silent=chat.silent, key=first.row.signal_id
    )
