"""Host names in requests. Only listed names are served: DNS rebinding must not let another site read the API."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names that another site cannot have."""

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@/]+)(?::\d{0,5})?")


@lru_cache(maxsize=256)
def host_name(host: str) -> str:
    """The name in a Host header, in lower case and without port; empty where the header is malformed.

    >>> host_name("LocalHost:8080"), host_name("[::1]:8080"), host_name("::1")
    ('localhost', '[::1]', '')
    """
    found = _HOST.fullmatch(host.lower())
    return found.group(1) if found else ""
