"""Errors of the local stack."""


class StackError(RuntimeError):
    """The stack cannot be prepared, started or stopped. The message says what to do."""
