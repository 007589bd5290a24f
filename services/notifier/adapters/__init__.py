"""One module per external system: tables, Telegram, webhooks, the console, child processes. No decisions here."""
