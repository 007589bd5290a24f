"""Decodes a document whose charset may be declared wrongly or not at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"""^\s{0,20}<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]{1,40})""")
_CHARSET: Final = re.compile(r"""charset=["']?([A-Za-z0-9._-]{1,40})""")
_WIDER: Final = {"euc-kr": "cp949", "euc_kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-1": "windows-1252", "us-ascii": "utf-8"}
"""Charset -> the one that contains it and that publishers mean."""
_WESTERN: Final = ("windows-1252", "iso-8859-15", "latin-1")


def decode(body: bytes, content_type: str, language: str) -> str:
    """The text of a document.

    UTF-8 is tried before what is declared: bytes that are valid UTF-8 are hardly ever anything else, while declarations are often
    wrong. In a Korean feed CP949 is tried before Western charsets, which accept almost any bytes.
    """
    for charset in _candidates(body, content_type, language):
        try:
            return body.decode(charset)
        except (UnicodeError, LookupError):  # LookupError: Python knows no such charset
            continue
    return body.decode("utf-8", errors="replace")


def _candidates(body: bytes, content_type: str, language: str) -> Iterator[str]:
    for mark, charset in _MARKS:
        if body.startswith(mark):
            yield charset
    yield "utf-8"
    declared = [found[1].decode() for found in [_DECLARED.match(body[:200])] if found]
    declared += [found[1] for found in [_CHARSET.search(content_type[:200])] if found]
    named = [_WIDER.get(each.lower(), each.lower()) for each in declared]
    yield from (each for each in named if each not in _WESTERN)
    if language == "ko":
        yield "cp949"
    yield from (each for each in named if each in _WESTERN)
    if not named:
        yield "windows-1252"
