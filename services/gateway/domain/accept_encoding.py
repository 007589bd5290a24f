"""Whether a client accepts gzip (RFC 9110, section 12.5.3). aiohttp's own check ignores weights."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

GZIP: Final = frozenset({"gzip", "x-gzip"})
"""Two names of the same encoding."""


@lru_cache(maxsize=256)  # browsers and libraries send few different values
def accepts_gzip(accept: str) -> bool:
    """Whether the header Accept-Encoding allows gzip: named, or covered by ``*``, with a weight above 0.

    >>> [accepts_gzip(text) for text in ("gzip, deflate, br", "gzip;q=0", "*;q=0.5", "*, gzip; Q=0.0", "")]
    [True, False, True, False, False]
    """
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        coding, _, rest = part.partition(";")
        weights.setdefault("gzip" if coding.strip() in GZIP else coding.strip(), _weight(rest))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(parameters: str) -> float:
    """The weight in the parameters of an encoding; 1 where none is given, 0 where it is not a number."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
