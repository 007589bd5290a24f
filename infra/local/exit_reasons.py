"""Why a process exited, as one line for the terminal: the last error in its log, or the signal that ended it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

TAIL_BYTES: Final = 262_144
LONGEST: Final = 300
"""Characters of a reason."""
UNKNOWN: Final = "its log shows no error"
_RAISED: Final = re.compile(r"^(?:Caused by: )?([\w$.]{1,255})(?:: (.*))?$")
"""The line of a Python or Java traceback that names what was raised, without the indentation before it."""
_KINDS: Final = ("Error", "Exception", "Exit", "Interrupt")
_SETTING: Final = re.compile(r"error: (.*)")


def size(log: Path) -> int:
    """Size of a log in bytes; 0 if the file does not exist."""
    return log.stat().st_size if log.exists() else 0


def last_error(log: Path, start: int = 0) -> str:
    """The last error after byte ``start`` of a log (from its beginning if it was rotated since), without control characters."""
    for line in reversed(_tail(log, start)):
        if found := _reason_in_record(line) or _reason_in_text(line):
            return _plain(found)
    return UNKNOWN


def last_cause(name: str, supervisor_log: Path) -> str:
    """What supervisord wrote of the last exit of a program: ``exit status 2``, ``terminated by SIGKILL``; empty where nothing."""
    for line in reversed(_tail(supervisor_log, 0)):
        _, found, rest = line.partition(f" exited: {name} (")
        if found:
            return rest.partition(";")[0]
    return ""


def in_words(cause: str) -> str:
    """A cause that came from outside of the program, as a reason; empty where it was its own, which its log names.

    >>> in_words("terminated by SIGKILL"), in_words("exit status 1")
    ('it was killed (SIGKILL)', '')
    """
    ended_by = cause.removeprefix("terminated by ")
    if ended_by.startswith("SIG"):
        return f"it was killed ({ended_by})"
    return "it was asked to stop by something else (exit status 0)" if cause == "exit status 0" else ""


def _tail(log: Path, start: int) -> list[str]:
    if not log.exists():
        return []
    with log.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(max(start if start <= end else 0, end - TAIL_BYTES))
        return file.read(TAIL_BYTES).decode(errors="replace").splitlines()


def _reason_in_record(line: str) -> str | None:
    """The reason in a line that a service logged as JSON."""
    try:
        record = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return None
    if record.get("level") not in {"error", "critical"}:
        return None
    return next(_candidates(record), None)


def _candidates(record: dict[str, Any]) -> Iterator[str]:
    for line in reversed(str(record.get("exception") or "").splitlines()):
        if found := _reason_in_text(line):
            yield found
    event = str(record.get("event") or "")
    error = str(record.get("error") or "")
    if error:
        yield error if event == "refused" else f"{event}: {error}"
    if event:
        yield event


def _reason_in_text(line: str) -> str | None:
    """The reason in a line of a traceback, or in an error line printed before logging was configured."""
    if found := _SETTING.fullmatch(line):
        return found[1]
    bare = line.lstrip(" \t|")
    if line[:1].isspace() and "|" not in line[: len(line) - len(bare)]:
        return None  # a source line within the traceback
    if found := _RAISED.fullmatch(bare):
        name = found[1].rpartition(".")[2]
        if any(kind in name for kind in _KINDS):
            return f"{name}: {found[2]}" if found[2] else name
    return None


def _plain(text: str) -> str:
    words = " ".join("".join(each if each.isprintable() else " " for each in text).split()).rstrip(".")
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."
