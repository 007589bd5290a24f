"""Turns signals into alerts: who gets one, in what words, over which channel, and a record of how it went. Also the Telegram bot.

What a signal is, and when one fires, must never be here.
"""
