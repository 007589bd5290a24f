"""What a bot does once before it handles updates."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BotCommand

from services.notifier.adapters.telegram.api import redacted
from services.notifier.bot.menu import menus

_log = structlog.get_logger(__name__)


async def introduce(bot: Bot, *, sells: bool) -> None:
    """Ask who the bot is, since commands that name another bot are ignored, and set the menus of commands.

    A menu that Telegram refuses is left as it is: the commands work without it.
    """
    await bot.me()
    for code, menu in menus(sells=sells).items():
        commands = [BotCommand(command=name, description=about) for name, about in menu.items()]
        try:
            await bot.set_my_commands(commands, language_code=code or None)
        except TelegramBadRequest as error:
            _log.error("Telegram refuses the menu of commands", language=code, error=redacted(str(error), bot.token))
