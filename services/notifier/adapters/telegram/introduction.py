"""What a bot tells Telegram at its start."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import BotCommand

from services.notifier.bot.menu import menus


async def introduce(bot: Bot, *, sells: bool) -> None:
    """Ask who the bot is, since commands that name another bot are ignored, and set the menus of commands."""
    await bot.me()
    for code, menu in menus(sells=sells).items():
        commands = [BotCommand(command=name, description=about) for name, about in menu.items()]
        await bot.set_my_commands(commands, language_code=code or None)
