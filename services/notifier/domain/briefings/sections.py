"""Sections of a message, shortened until they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifier.domain.telegram_html import visible


@dataclass(frozen=True)
class Section:
    """A heading, and lines of which the last ones may be left out. Without lines left the heading goes too."""

    heading: str
    lines: tuple[str, ...] = ()
    kept: bool = False
    """Whether the heading stays without lines."""


def fitted(sections: Sequence[Section], limit: int) -> str:
    """The sections, one line each; the longest lists lose their last lines until ``limit`` visible units hold all of it."""
    lists = [[(line, visible(line) + 1) for line in section.lines] for section in sections]
    heads = [visible(section.heading) + 1 if section.heading else 0 for section in sections]

    def size() -> int:
        return sum(
            (heads[i] if lines or section.kept else 0) + sum(length for _, length in lines)
            for i, (section, lines) in enumerate(zip(sections, lists, strict=True))
        )

    while size() > limit and any(lists):
        longest = max(range(len(lists)), key=lambda i: (len(lists[i]), i))
        lists[longest].pop()
    shown = []
    for section, lines in zip(sections, lists, strict=True):
        if section.heading and (lines or section.kept):
            shown.append(section.heading)
        shown += [line for line, _ in lines]
    return "\n".join(shown)
