"""A stand-in of Telegram's Bot API on a real socket: checks each request against the API's description; failures are injected."""

from tests.notifier.telegram.faults import Fault
from tests.notifier.telegram.server import TOKEN, Accepted, Telegram, open_telegram

__all__ = ["TOKEN", "Accepted", "Fault", "Telegram", "open_telegram"]
