"""Logging as JSON lines on stderr, with the trace id and without secrets.

Secrets are recognised in three ways: registered values, names such as ``token`` or ``password``, and the patterns of passwords in
URLs, bearer credentials and Telegram tokens.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import structlog
from pydantic import BaseModel, SecretStr
from structlog.contextvars import bound_contextvars, get_contextvars

HIDDEN: Final = "***"
_NAMES_OF_SECRETS: Final = r"token|passw(?:or)?d|passwd|secret|api[_-]?key|authorization|cookie|crumb|credential|private[_-]?key"
_NAMES: Final = re.compile(_NAMES_OF_SECRETS, re.IGNORECASE)
_PASSWORD_IN_URL: Final = re.compile(r"(://[^\s:/@]{0,255}):(\S{1,255})@")
_SHAPES: Final = (
    (_PASSWORD_IN_URL, rf"\1:{HIDDEN}@"),
    (re.compile(r"(?<!\d)\d{5,14}:[A-Za-z0-9_-]{20,}"), HIDDEN),
    (re.compile(r"\b(Bearer|Basic|DeepL-Auth-Key)\s+[^\s\"',]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            rf"((?:{_NAMES_OF_SECRETS})[\w-]{{0,32}}[\"']?\s{{0,4}}[=:]\s{{0,4}}[\"']?)(?!\*\*\*|Bearer|Basic)[^\s\"'&,;)}}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
_LONGEST_TEXT: Final = 16_384
"""Characters of one text in a log line: a longer text loses its middle."""
_literals: set[str] = set()


def hide_secrets(secrets: Iterable[str]) -> None:
    """Redact these texts in every log line. Texts shorter than six characters are ignored: they occur in other words."""
    _literals.update(secret for secret in secrets if len(secret) >= 6)


def secrets_of(settings: BaseModel) -> Iterator[str]:
    """The values of all secret fields, and the passwords of all URLs in ``settings``."""
    for value in dict(settings).values():
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, str) and (found := _PASSWORD_IN_URL.search(value)):
            yield found[2]


def redact(text: str) -> str:
    """``text`` without secrets.

    >>> redact("connect mysql+aiomysql://fin:hunter2@db:3306/finstage failed, api_key=abcdef")
    'connect mysql+aiomysql://fin:***@db:3306/finstage failed, api_key=***'
    """
    text = text.encode(errors="replace").decode()  # half of a pair of UTF-16, which no output takes
    for secret in _literals:
        text = text.replace(secret, HIDDEN)
    if len(text) > _LONGEST_TEXT:
        text = f"{text[: _LONGEST_TEXT // 2]} ... {text[-_LONGEST_TEXT // 2 :]}"
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def redact_values(value: Any) -> Any:
    """``value`` with every text in it redacted, at any depth."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact_values(name): HIDDEN if _is_secret_name(name) else redact_values(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact_values(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redact(str(value))


def _is_secret_name(name: Any) -> bool:
    return isinstance(name, str) and _NAMES.search(name) is not None


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    cleaned: dict[str, Any] = redact_values(dict(event))
    return cleaned


def _drop_internals(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return event


def _as_json(event: MutableMapping[str, Any], **_: Any) -> str:
    return msgspec.json.encode(event).decode()


def configure(service: str, instance: str, level: str) -> None:
    """Write all logs, those of libraries too, as JSON lines to stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            _add_process(service, instance),
            _drop_internals,
            _redact_event,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiokafka", "asyncio", "aiohttp.access", "matplotlib", "yfinance", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _add_process(service: str, instance: str) -> structlog.typing.Processor:
    def name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"], event["instance"] = service, instance
        return event

    return name


@contextmanager
def tracing(traceparent: str | None) -> Iterator[None]:
    """Add this trace to every log line of the block, and to every message published in it without a trace of its own."""
    if not traceparent:
        yield
        return
    parts = traceparent.split("-")
    with bound_contextvars(trace_id=parts[1] if len(parts) == 4 else traceparent, traceparent=traceparent):
        yield


def current_trace() -> str | None:
    """The traceparent of the current ``tracing`` block, or None."""
    found = get_contextvars().get("traceparent")
    return found if isinstance(found, str) else None
