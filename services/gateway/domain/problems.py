"""Errors of requests as RFC 9457 problems with stable types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

import msgspec

PREFIX: Final = "urn:finstage:problem:"
PAGES: Final = "/problems"
"""Where the pages on the types are."""
BAD_REQUEST: Final = 400
UNPROCESSABLE: Final = 422
NOT_PUBLIC: Final = "reading is not public here: send a key, Authorization: Bearer KEY"
MAX_LISTED_NAMES: Final = 12
"""Longer lists of known names are left out where a similar name was found."""
MAX_VALUE: Final = 500
"""Characters of a value that stands in ``values``."""


@dataclass(frozen=True)
class ProblemType:
    """Status and title of one type of problem."""

    status: int
    title: str


PROBLEM_TYPES: Final = MappingProxyType(
    {
        "invalid-parameter": ProblemType(400, "A parameter has a value that is not allowed"),
        "invalid-condition": ProblemType(400, "The text is no condition"),
        "unknown-parameter": ProblemType(400, "This resource has no such parameter"),
        "malformed-request": ProblemType(400, "The request cannot be understood"),
        "unauthorized": ProblemType(401, "A valid key is needed"),
        "forbidden": ProblemType(403, "The key has not the scope for this"),
        "not-yours": ProblemType(403, "The job was requested by another client"),
        "forbidden-origin": ProblemType(403, "This origin is not on the allow-list"),
        "not-found": ProblemType(404, "There is no such resource"),
        "unknown-symbol": ProblemType(404, "There is no such instrument"),
        "unknown-industry": ProblemType(404, "There is no such industry"),
        "unknown-key": ProblemType(404, "There is no such key"),
        "method-not-allowed": ProblemType(405, "This resource does not take that method"),
        "conflict": ProblemType(409, "The state does not allow this"),
        "changed": ProblemType(412, "The resource has changed since it was read"),
        "job-ended": ProblemType(409, "The job has ended already"),
        "body-too-large": ProblemType(413, "The body is too large"),
        "url-too-long": ProblemType(414, "The URL is too long"),
        "not-json": ProblemType(415, "The body must be sent as application/json"),
        "misdirected-host": ProblemType(421, "This server does not answer to that name"),
        "precondition-required": ProblemType(428, "This change needs If-Match"),
        "upgrade-required": ProblemType(426, "This address speaks WebSocket"),
        "rate-limited": ProblemType(429, "Too many requests"),
        "too-many-jobs": ProblemType(429, "Too many jobs wait or run"),
        "internal": ProblemType(500, "The gateway failed"),
        "unavailable": ProblemType(503, "A part that this needs does not answer now"),
        "timeout": ProblemType(504, "The answer took too long"),
    }
)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error, as ``application/problem+json`` (RFC 9457)."""

    type: str
    """A stable name: ``urn:finstage:problem:NAME``."""
    title: str
    status: int
    detail: str
    instance: str
    """The requested path."""
    help: str
    """The page on this type, a path of this gateway."""
    field: str = ""
    """The parameter at fault."""
    value: str = ""
    """Its value, cut to 200 characters."""
    code: str = ""
    """Which error it is, stable; of a condition its code in docs/conditions.md. Empty where ``type`` says all."""
    values: Mapping[str, str] = {}
    """What ``code`` says beside ``field`` and ``value``, to say it in another language."""
    position: int | None = None
    """Of a condition: where the error is, in characters from 0."""
    caret: str = ""
    """Of a condition: the text, and a caret below the position, for a monospaced font."""


class RequestError(Exception):
    """A request that ends with an error; ``name`` is a key of ``PROBLEM_TYPES``."""

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        field: str = "",
        value: str = "",
        retry_after: int = 0,
        code: str = "",
        values: Mapping[str, object] = MappingProxyType({}),
        position: int | None = None,
        caret: str = "",
        fits: bool = False,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = _printable(detail)
        self.field = field
        self.value = _printable(value[:200])
        self.retry_after = retry_after
        self.code = code
        self.values = {name: _printable(str(each)[:MAX_VALUE]) for name, each in values.items()}
        self.position = position
        self.caret = caret
        self.fits = fits
        """The request fits the document of the API, and still cannot be answered: 422 in place of 400."""

    @property
    def status(self) -> int:
        """The status of the answer."""
        status = PROBLEM_TYPES[self.name].status
        return UNPROCESSABLE if self.fits and status == BAD_REQUEST else status

    def problem(self, instance: str) -> Problem:
        """The response body for the path ``instance``."""
        problem_type = PROBLEM_TYPES[self.name]
        return Problem(
            type=PREFIX + self.name,
            title=problem_type.title,
            status=self.status,
            detail=self.detail,
            instance=_printable(instance[:500]),
            help=f"{PAGES}/{self.name}",
            field=self.field,
            value=self.value,
            code=self.code,
            values=self.values,
            position=self.position,
            caret=self.caret,
        )


def _printable(text: str) -> str:
    r"""The text with bytes that are no UTF-8 replaced: headers may have them, and JSON cannot.

    >>> _printable("a\udcff")
    'a?'
    """
    return text.encode(errors="replace").decode()


@contextmanager
def fitting() -> Iterator[None]:
    """Mark problems of the block as those of a request that fits the document."""
    try:
        yield
    except RequestError as error:
        error.fits = True
        raise


def unknown_value_error(field: str, value: str, known: Collection[str], problem: str = "invalid-parameter") -> RequestError:
    """The error for a value that is not in ``known``; it names the most similar value, or all of them.

    >>> unknown_value_error("timeframe", "1day", ["1Min", "1Day"]).detail
    "timeframe: '1day' is not known; did you mean 1Day? There are: 1Min, 1Day"
    """
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(value[:80].casefold().strip(), folded, n=1)
    values = {"near": folded[near[0]]} if near else {"known": ", ".join(known)}
    hint = f"; did you mean {folded[near[0]]}?" if near else "."
    if len(known) <= MAX_LISTED_NAMES or not near:
        hint += f" There are: {', '.join(known) or 'none'}"
    about = f"{field}: {value!r:.80} is not known{hint}"
    return RequestError(problem, about, field=field, value=value, code="name-near" if near else "name-unknown", values=values)
