"""Errors of brokers."""


class BrokerError(RuntimeError):
    """The broker cannot be fetched, started, configured or stopped. The message says what to do."""
