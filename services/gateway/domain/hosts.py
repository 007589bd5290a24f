"""Which names of this server a request may use: a page whose own name is pointed at us (DNS rebinding) must not read it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""No page of another site can carry one of these names."""

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@/]+)(?::\d{0,5})?")


@lru_cache(maxsize=256)
def name_of(host: str) -> str:
    """The name in a Host header, in lower case and without its port; empty where there is none.

    >>> name_of("LocalHost:8080"), name_of("[::1]:8080"), name_of("::1")
    ('localhost', '[::1]', '')
    """
    found = _HOST.fullmatch(host.lower())
    return found.group(1) if found else ""
