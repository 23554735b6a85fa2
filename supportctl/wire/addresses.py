"""Where names of content hosts lead: a name of somebody else's must not be an address inside our network."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.request import getproxies, proxy_bypass

import httpx

Lookup = Callable[[str, int], Sequence[str]]
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 as networks without it write it (RFC 6052)."""


def lookup(host: str, port: int) -> list[str]:
    """The addresses of a name; none where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach it: not this machine, its network, or a cloud's metadata."""
    try:
        found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        found = inner or found
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_proxied(url: httpx.URL) -> bool:
    """Whether the environment sends requests to ``url`` through a proxy, which then looks names up itself."""
    proxies = getproxies()
    return (url.scheme in proxies or "all" in proxies) and not proxy_bypass(url.host)


def peer_of(answer: httpx.Response) -> str | None:
    """The address an answer came from; None where there was no connection (in tests)."""
    stream = answer.extensions.get("network_stream")
    address = None if stream is None else stream.get_extra_info("server_addr")
    return str(address[0]) if isinstance(address, tuple) and address else None
