"""The Bot API client, and the outcome for each of its errors."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.utils.token import TokenValidationError

from services.notifier.domain.outcomes import (
    ChatMigrated,
    ChatUnavailable,
    DoubtfulOutcome,
    NoResponse,
    Outcome,
    PermanentRejection,
    Sent,
    TemporaryRefusal,
)

Client = Bot
"""A bot's connection; the alias saves other modules the import of aiogram."""
MISCONFIGURED_SECONDS: Final = 60.0
GONE: Final = ("chat not found", "user is deactivated", "bot was kicked", "bot is not a member", "peer_id_invalid")
ERRORS: Final = (AiogramError, aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError)
"""Errors of a call that are not programming errors."""


class BadTokenError(ValueError):
    """TELEGRAM_BOT_TOKEN does not have the form of a token. The message does not contain it."""


@asynccontextmanager
async def open_bot(token: str, api: str, seconds: float) -> AsyncIterator[Bot]:
    """A client of the Bot API at ``api`` with a timeout of ``seconds`` per request; texts are HTML by default.

    Raises:
        BadTokenError: the token does not have the form ``123:abc``.
    """
    logging.getLogger("aiogram").setLevel(logging.CRITICAL)  # our logs have the same events without URLs, which contain the token
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.rstrip("/")), timeout=seconds)
    try:
        bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    except TokenValidationError:
        raise BadTokenError("TELEGRAM_BOT_TOKEN: expected NUMBER:LETTERS, as BotFather gives it") from None
    try:
        yield bot
    finally:
        await session.close()


def outcome_of(error: BaseException, token: str) -> Outcome:
    """The outcome of a failed request; reasons never contain the token.

    Gateway errors (5xx, or anything that is no response of the Bot API) are doubtful: the request may have been executed.
    """
    reason = redacted(f"{type(error).__name__}: {error}", token)
    match error:
        case TelegramRetryAfter():
            return TemporaryRefusal(reason, float(error.retry_after))
        case TelegramMigrateToChat():
            return ChatMigrated(str(error.migrate_to_chat_id))
        case TelegramForbiddenError():
            return ChatUnavailable(reason)
        case TelegramUnauthorizedError() | TelegramNotFound():
            return TemporaryRefusal(reason, MISCONFIGURED_SECONDS)  # the token or the address is wrong, not the message
        case TelegramBadRequest():
            return ChatUnavailable(reason) if any(words in str(error).casefold() for words in GONE) else PermanentRejection(reason)
        case TelegramEntityTooLarge():
            return PermanentRejection(reason)
        case RestartingTelegram():
            return TemporaryRefusal(reason)
        case ClientDecodeError():
            return _undecoded(error, reason)
        case TelegramNetworkError():
            cause = error.__cause__
            never_connected = isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
            return TemporaryRefusal(reason) if never_connected else NoResponse(reason)
        case TelegramServerError():
            return DoubtfulOutcome(reason)
        case TelegramAPIError() if "too many requests" in str(error).casefold():
            return TemporaryRefusal(reason, 1.0)
        case TelegramAPIError():
            return PermanentRejection(reason)
    return NoResponse(reason)


def _undecoded(error: ClientDecodeError, reason: str) -> Outcome:
    data = error.data
    if isinstance(data, dict) and data.get("ok") is True:  # accepted; only the form of the confirmation is unknown
        result = data.get("result")
        return Sent(str(result.get("message_id", "")) if isinstance(result, dict) else "")
    return DoubtfulOutcome(f"no response of the Bot API: {reason}")


def redacted(text: str, token: str) -> str:
    """``text`` on one line, without the token.

    >>> redacted("POST /bot1:secret/getMe", "1:secret")
    'POST /bot<token>/getMe'
    """
    return " ".join(text.replace(token, "<token>").split())[:250] if token else " ".join(text.split())[:250]
