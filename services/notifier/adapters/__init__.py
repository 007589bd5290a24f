"""One module per outside thing: the tables, Telegram, webhooks, the console, the painter of charts. No decisions here."""
