"""The texts of the bot and of alerts: Fluent messages in ``shared/words/LANGUAGE/*.ftl``, which the page can read too."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentNone

import shared
from shared.particles import with_particle

LANGUAGES: Final = ("ko", "en")
FOLDER: Final = Path(shared.__file__).parent / "words"
PAGE: Final = frozenset({"page.ftl"})
"""Texts of the page alone: it has other words for what both call the same, such as ``settings``."""


class WordsError(ValueError):
    """A message is missing, or a value that it needs was not given."""


def files(language: str) -> list[Path]:
    """The files with the texts of the notifier."""
    return sorted(file for file in (FOLDER / language).glob("*.ftl") if file.name not in PAGE)


@lru_cache(maxsize=len(LANGUAGES))
def bundle(language: str) -> FluentBundle:
    """All messages of a language."""
    found = FluentBundle([language], functions={"JOSA": _josa}, use_isolating=False)
    for file in files(language):
        found.add_resource(FluentResource(file.read_text("utf-8")))
    return found


def phrase(language: str, key: str, **values: object) -> str:
    """A message with its values; the caller has escaped them where the text is HTML. ``key.name`` is an attribute.

    Raises:
        WordsError: there is no such message, or it needs another value.

    >>> phrase("en", "no-such", asked="XYZ")
    "I know no instrument 'XYZ'."
    >>> phrase("ko", "rule-golden-cross.up", fast="50", slow="200")
    '50봉 이동평균이 200봉 이동평균을 상향 돌파'
    """
    name, _, attribute = key.partition(".")
    messages = bundle(language)
    if not messages.has_message(name):
        raise WordsError(f"there is no message {name!r} in {language!r}")
    message = messages.get_message(name)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if pattern is None:
        raise WordsError(f"the message {name!r} in {language!r} has no {attribute or 'value'!r}")
    text, errors = messages.format_pattern(pattern, values)
    if errors or isinstance(text, FluentNone):
        raise WordsError(f"the message {key!r} in {language!r}: {errors}")
    return text


def has(language: str, key: str) -> bool:
    """Whether there is a message with this key."""
    return bundle(language).has_message(key)


def _josa(*values: Any) -> Any:
    """``{ JOSA($name, "은/는") }``: the word with its particle."""
    word, pair = values
    return with_particle(str(word), str(pair))
