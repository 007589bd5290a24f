"""The commands: a file for each, or for some that belong together; ``table.py`` lists them.

A command is a coroutine ``(chat, arguments, PORTS...) -> Reply``; ``PORTS`` are fields of ``BotPorts``, by name.
A pressed button and a text in a dialog run a command too.
"""
