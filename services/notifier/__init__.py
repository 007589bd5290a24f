"""Turns signals into alerts: selects recipients, renders texts, sends over channels and records outcomes. Also the Telegram bot.

The definition of signals and the rules that fire them must never be here.
"""
