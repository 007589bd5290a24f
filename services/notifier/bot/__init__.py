"""What people type and press, and the bot's replies: aiogram's router, dialogs, and a file for each command.

Commands know neither aiogram nor the database: each gets the ports that its parameters name. Sending is the task of ``adapters``.
"""
