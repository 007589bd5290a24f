"""What can go wrong with a broker, said together with its mend."""


class BrokerError(RuntimeError):
    """The broker cannot be fetched, started, shaped or stopped. The message says what to do about it."""
