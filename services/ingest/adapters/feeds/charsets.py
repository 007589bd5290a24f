"""Decodes a document whose charset may be declared wrongly or not at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from email.message import Message
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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
        except (ValueError, LookupError):  # the bytes are no such text, or Python knows no such charset
            continue
    return body.decode("utf-8", errors="replace")


def _candidates(body: bytes, content_type: str, language: str) -> Iterator[str]:
    for mark, charset in _MARKS:
        if body.startswith(mark):
            yield charset
    yield "utf-8"
    named = [_WIDER.get(each, each) for each in (_of_declaration(body), _of_header(content_type)) if each]
    yield from (each for each in named if each not in _WESTERN)
    if language == "ko":
        yield "cp949"
    yield from (each for each in named if each in _WESTERN)
    yield "windows-1252"


def _of_declaration(body: bytes) -> str:
    """The charset in ``<?xml ... encoding="..."?>``.

    >>> _of_declaration(b"<?xml version='1.0' encoding='EUC-KR'?><rss/>"), _of_declaration(b"<rss encoding='x'/>")
    ('euc-kr', '')
    """
    head = body[:200].decode("ascii", errors="replace").lstrip()
    if not head.startswith("<?xml"):
        return ""
    value = head.partition("?>")[0].partition("encoding=")[2]
    return value[1:].partition(value[0])[0].lower() if value else ""


def _of_header(content_type: str) -> str:
    """The charset of a Content-Type.

    >>> _of_header('text/xml; charset="UTF-8"'), _of_header("text/xml")
    ('utf-8', '')
    """
    message = Message()
    message["Content-Type"] = content_type
    return message.get_content_charset("") or ""
