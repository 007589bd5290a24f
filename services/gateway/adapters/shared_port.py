"""The port that several processes share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from shared.listening import listening


@contextmanager
def reserved_port(host: str, port: int) -> Iterator[int]:
    """Bind the port without listening, so that only those who share it can listen there. 0 selects a free one.

    Raises:
        ListenError: another program listens there, or the address is none of this machine.
    """
    with ExitStack() as stack:
        with listening(host, port, "HOST", "PORT"):
            for family, kind, protocol, _, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                with socket.socket(family, kind, protocol) as alone:  # fails where anyone listens, also one who would share
                    alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    _bind(alone, (address[0], port, *address[2:]))
                    port = alone.getsockname()[1]
                held = stack.enter_context(socket.socket(family, kind, protocol))
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                _bind(held, (address[0], port, *address[2:]))
        yield port


def _bind(bound: socket.socket, address: tuple[str | int, ...]) -> None:
    if bound.family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    bound.bind(address)
