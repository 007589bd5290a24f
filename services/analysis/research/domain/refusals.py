"""Why a run cannot be done, so that it can be said in any language. Loads no kernels."""

from __future__ import annotations

from typing import Final, Self

import msgspec

MOST_VALUE: Final = 500
"""Characters of a value."""


class Reason(msgspec.Struct, frozen=True):
    """A mistake in a request. The sentences are ``problem-CODE`` and ``condition-CODE`` of ``shared/words``."""

    code: str
    """A stable word."""
    field: str = ""
    """The option at fault."""
    values: dict[str, str] = {}
    """What fills the sentence beside the field."""


class Refusal(msgspec.Struct, frozen=True):
    """The answer to a request that cannot be done."""

    message: str
    """In English; it begins with the field at fault."""
    reason: Reason | None = None


class RefusedError(ValueError):
    """What is asked for cannot be done.

    The message is English, and names the field, the value and the remedy. ``code`` and ``values`` say the same for a catalogue; an
    error of the machine, such as a file that cannot be read, has none.
    """

    def __init__(self, message: str, code: str = "", **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = {name: str(value)[:MOST_VALUE] for name, value in values.items()}

    @classmethod
    def like(cls, error: RefusedError, message: str) -> Self:
        """The same mistake with another message, which can name another field."""
        return cls(message, error.code, **error.values)

    def refusal(self) -> Refusal:
        """The message, and the reason where there is a code.

        >>> RefusedError("folds: 0 is not from 1 to 100", "value-within", value=0, least=1, most=100).refusal().reason
        Reason(code='value-within', field='folds', values={'value': '0', 'least': '1', 'most': '100'})
        """
        field, sign, _ = str(self).partition(": ")
        named = field if sign and field.isidentifier() else ""
        return Refusal(str(self), Reason(self.code, named, self.values) if self.code else None)
