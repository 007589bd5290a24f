"""A parser of Telegram's HTML, as strict as the Bot API."""

from __future__ import annotations

import re

TAGS = frozenset(
    ["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "span", "a", "code", "pre", "blockquote", "tg-emoji"]
)
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATOM = re.compile(
    r"<(/?)([a-z-]+)((?:\s+[a-z-]+=\"[^\"<>]*\")*)\s*>|&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-z]+);|([^<&]+)|(.)", re.DOTALL
)


class MarkupError(Exception):
    """This text is not well-formed Telegram HTML."""


def parsed_length(markup: str) -> int:
    """Length after the entities are parsed, in UTF-16 code units.

    Raises:
        MarkupError: unknown tag, wrong nesting, bare ``<``, unknown entity.
    """
    opened: list[str] = []
    length = 0
    for closing, tag, _, entity, text, stray in _ATOM.findall(markup):
        if tag:
            _nest(opened, tag, closing=bool(closing))
        elif entity:
            length += len(_character(entity).encode("utf-16-le")) // 2
        elif text:
            length += len(text.encode("utf-16-le")) // 2
        elif stray != "&":
            raise MarkupError(f"unsupported start of a tag at {stray!r} in {markup[:80]!r}")
        else:
            length += 1
    if opened:
        raise MarkupError(f"can't find end tag corresponding to start tag {opened[-1]!r}")
    return length


def _nest(opened: list[str], tag: str, *, closing: bool) -> None:
    if tag not in TAGS:
        raise MarkupError(f"unsupported tag {tag!r}")
    if not closing:
        opened.append(tag)
    elif not opened or opened.pop() != tag:
        raise MarkupError(f"unexpected end tag {tag!r}")


def _character(entity: str) -> str:
    if entity.startswith("#"):
        return chr(int(f"0{entity[1:]}", 0) if entity[1] == "x" else int(entity[1:]))
    if entity not in NAMED:
        raise MarkupError(f"unsupported entity &{entity};")
    return NAMED[entity]
