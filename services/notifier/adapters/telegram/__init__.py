"""Telegram by aiogram: sending alerts, and long polling for what people type. Commands and their answers must never be here."""

from services.notifier.bot.schemas import import_aiogram

import_aiogram()
