"""Tests of the notifier: texts, deliveries, channels and the bot."""
