"""The notifier: words, deliveries, channels and the bot."""
