"""What can go wrong with the local stack, said together with its mend."""


class StackError(RuntimeError):
    """The stack cannot be prepared, started or stopped. The message says what to do about it."""
