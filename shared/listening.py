"""Where a process cannot listen: the error names the settings that change the address."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from shared.failures import SettingsError


class ListenError(OSError):
    """The port is taken, or the address is none of this machine. A restart can help: who has the port may be about to end."""


@contextmanager
def listening(host: str, port: int, host_setting: str, port_setting: str) -> Iterator[None]:
    """Name the address and its settings in an error of the block, which begins to listen.

    Raises:
        ListenError: the block cannot listen.
        SettingsError: nor can it after a restart: there is no such host, or the port needs a right that the process has not.
    """
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        why = os.strerror(number) if number > 0 else error.strerror or str(error)  # below 0: the name of a host is unknown
        free = f"stop what listens there (ss -ltnp 'sport = :{port}'), or " if number == errno.EADDRINUSE else ""
        kind = SettingsError if number in {errno.EACCES, socket.EAI_NONAME} else ListenError
        raise kind(f"{host_setting}={host} {port_setting}={port}: {why}; {free}choose another") from error
