"""Alerts by e-mail, through an SMTP server that the operator configures."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import NoResponse, Outcome, PermanentRejection, Sent, TemporaryRefusal
from services.notifier.domain.telegram_html import clean, plain
from services.notifier.settings import ChannelTarget

TIMEOUT_SECONDS: Final = 10.0
MISCONFIGURED_SECONDS: Final = 60.0
SUBJECT_LENGTH: Final = 120


class EmailUrlError(ValueError):
    """The address of an SMTP server is not valid."""


class EmailChannel:
    """The channel ``email``: the chat id is the name of a target."""

    name = "email"
    pictures = False
    one_server = False

    def __init__(self, targets: Mapping[str, ChannelTarget], timeout: float = TIMEOUT_SECONDS) -> None:
        self._targets, self._timeout = dict(targets), timeout
        for target in self._targets.values():
            parts = urlsplit(target.url)
            if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in target.to or not target.to.isprintable():
                raise EmailUrlError(f"channel {target.name!r}: expected smtp://USER:PASSWORD@HOST:PORT and an address in 'to'")

    async def send(self, to: Address, alert: Alert) -> Outcome:
        target = self._targets.get(to.chat_id)
        if target is None:
            return PermanentRejection("this channel is not configured any more")
        parts = urlsplit(target.url)
        implicit = parts.scheme == "smtps"
        client = aiosmtplib.SMTP(
            hostname=parts.hostname,
            port=parts.port or (465 if implicit else 587),
            use_tls=implicit,
            start_tls=None if not implicit else False,
            timeout=self._timeout,
        )
        try:
            await client.connect()
            if parts.username:
                await client.login(unquote(parts.username), unquote(parts.password or ""))
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            return TemporaryRefusal(f"login refused: {error.code}", MISCONFIGURED_SECONDS)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            return TemporaryRefusal(f"{type(error).__name__}: no connection")
        try:
            await client.send_message(message(alert, target))
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code if error.recipients else 550)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code) if error.code > 0 else NoResponse(type(error).__name__)
        except (aiosmtplib.SMTPException, OSError) as error:
            return NoResponse(f"{type(error).__name__} after the message was started")
        finally:
            client.close()
        return Sent()


def message(alert: Alert, target: ChannelTarget) -> EmailMessage:
    """The mail. Its id is that of the alert, so that a mailbox can drop repeats."""
    sender = target.sender or target.to
    text = plain(alert.text)
    found = EmailMessage()
    found["Subject"] = clean(text.partition("\n")[0], SUBJECT_LENGTH)
    found["From"] = formataddr(("Finstage", sender))
    found["To"] = target.to
    found["Message-ID"] = f"<{alert.key or 'alert'}@finstage>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(text.encode(errors="replace").decode())
    return found


def _refused(code: int) -> Outcome:
    """4xx: for now; 5xx: for ever (RFC 5321, 4.2.1)."""
    return TemporaryRefusal(f"answered {code}") if 400 <= code < 500 else PermanentRejection(f"answered {code}")
