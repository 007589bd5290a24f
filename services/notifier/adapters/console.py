"""Prints alerts on standard output, for a mesh without a Telegram token."""

from __future__ import annotations

from typing import TextIO

from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import NoResponse, Outcome, Sent
from services.notifier.domain.telegram_html import plain

CHAT = "console"


class ConsoleChannel:
    """The channel ``console``: one block of lines per alert, flushed."""

    name = "console"
    pictures = False
    one_server = True

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def send(self, to: Address, alert: Alert) -> Outcome:  # noqa: ARG002 - there is one console
        try:
            self._out.write("\n" + plain(alert.text) + "\n")
            self._out.flush()
        except OSError as error:  # a closed pipe: a part may have been read
            return NoResponse(f"{type(error).__name__}: {error}")
        return Sent()
