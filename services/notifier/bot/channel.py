"""The name under which chats of the bot are stored. It is here because the modules that read updates import aiogram."""

from typing import Final

CHANNEL: Final = "telegram"
