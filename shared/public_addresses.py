"""Requests to hosts that others name reach public addresses only: not this machine, its networks or a cloud's metadata service."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_TRANSLATED: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052, RFC 8215): the last 32 bits are an IPv4 address."""


class ForbiddenAddressError(OSError):
    """A host has an address that requests may not reach."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; so must be every IPv4 address that an IPv6 address contains.

    >>> [is_public(each) for each in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")]
    [True, True, True]
    >>> [is_public(each) for each in ("10.0.0.1", "100.64.0.1", "169.254.169.254", "224.0.0.1", "0.0.0.0")]
    [False, False, False, False, False]
    >>> [is_public(each) for each in ("::1", "fe80::1%eth0", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "nonsense")]
    [False, False, False, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if any(found in network for network in _TRANSLATED):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def is_address(host: str) -> bool:
    """Whether a URL's host is an IP address: for such a host a client asks no resolver."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class PublicResolver(AbstractResolver):
    """Resolves names for each connection and refuses a name if any of its addresses is not allowed.

    The client connects to the addresses that were checked: a name that changes its address afterwards gains nothing.
    """

    def __init__(self, inner: AbstractResolver | None = None, allowed: Callable[[str], bool] = is_public) -> None:
        self._inner = inner or ThreadedResolver()
        self._allowed = allowed

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The addresses of a name. Raises ForbiddenAddressError."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            if not self._allowed(result["host"]):
                raise ForbiddenAddressError(f"{host} is {result['host']}, which requests may not reach")
        return found

    async def close(self) -> None:
        await self._inner.close()
