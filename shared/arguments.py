"""The arguments of a command line."""

from __future__ import annotations

import sys

EXIT_BAD_ARGUMENTS = 2


def given_arguments() -> list[str]:
    """The arguments of this process.

    Exits where one is not UTF-8: Python passes such bytes on as halves of characters, which no event, answer or database takes, and
    which the normal form of a text leaves out.
    """
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            sys.stderr.write(f"error: the argument {argument!r} is not UTF-8\n")
            sys.exit(EXIT_BAD_ARGUMENTS)
    return sys.argv[1:]
