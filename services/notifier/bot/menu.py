"""The menus of commands that Telegram shows to users, by language."""

from __future__ import annotations

from services.notifier.bot.commands.table import COMMANDS
from services.notifier.words.catalogue import LANGUAGES, phrase


def menus() -> dict[str, dict[str, str]]:
    """By language code, the commands with their descriptions; the empty code is for every other language."""
    by_language = {language: _menu(language) for language in LANGUAGES}
    return {"": by_language["en"]} | by_language


def _menu(language: str) -> dict[str, str]:
    return {name: phrase(language, f"menu-{name}") for name, command in COMMANDS.items() if command.listed}
