"""Reads the data files of this package."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read_text(file: str) -> str:
    """The whole file."""
    return resources.files("services.analysis.news.enrichment").joinpath(file).read_text("utf-8")


def read_lines(file: str, of: type[T]) -> tuple[T, ...]:
    """The lines of a file, each a JSON object.

    Raises:
        ValueError: a line is not of the form; the message names the file, the line and the field.
    """
    found = []
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        try:
            found.append(msgspec.json.decode(line, type=of))
        except msgspec.DecodeError as error:
            raise ValueError(f"{file} line {number}: {error}: {line[:80]!r}") from error
    return tuple(found)
