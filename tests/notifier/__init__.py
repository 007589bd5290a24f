"""Tests of the notifier: texts, deliveries, channels and the bot."""

from services.notifier.bot.schemas import import_aiogram

import_aiogram()  # before a test's own import of it
