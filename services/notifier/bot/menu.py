"""The menus of commands that Telegram shows to users, by language."""

from __future__ import annotations

from typing import Final

from services.notifier.bot.commands.table import COMMANDS
from services.notifier.words.catalogue import LANGUAGES, phrase

SOLD: Final = "premium"
"""The command that is for a bot that sells something."""


def menus(*, sells: bool) -> dict[str, dict[str, str]]:
    """By language code, the commands with their descriptions; the empty code is for every other language.

    ``sells``: whether premium is sold; its command is left out otherwise.
    """
    by_language = {language: _menu(language, sells=sells) for language in LANGUAGES}
    return {"": by_language["en"]} | by_language


def _menu(language: str, *, sells: bool) -> dict[str, str]:
    listed = [name for name, command in COMMANDS.items() if command.listed and (sells or name != SOLD)]
    return {name: phrase(language, f"menu-{name}") for name in listed}
