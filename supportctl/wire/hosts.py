"""Host pinning: which origins get credentials, and which foreign hosts may be read without."""

import ipaddress
import re
from collections.abc import Collection
from typing import NamedTuple

import httpx

from supportctl.errors import ConfigError, ProtocolError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PATTERN = re.compile(r"(\*\.[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d{1,5})?")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Origin(NamedTuple):
    """Scheme, host and port; the unit credentials are pinned to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _DEFAULT_PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def origin_of(url: httpx.URL) -> Origin:
    host = url.raw_host.decode("ascii").lower().removesuffix(".").strip("[]")
    return Origin(url.scheme, host, url.port or _DEFAULT_PORTS.get(url.scheme, 0))


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether ``host`` is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_url(text: str) -> httpx.URL | None:
    """An absolute http(s) URL with a host and without surprises, else None.

    Backslashes, spaces, control characters and user information are surprises: parsers disagree about
    which host they leave.
    """
    if "\\" in text or any(c <= " " or c == "\x7f" for c in text):
        return None
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        return None
    if url.scheme not in _DEFAULT_PORTS or not url.host or url.userinfo or "@" in url.netloc.decode("latin-1"):
        return None
    return url


class Hosts:
    """The pins of one profile.

    ``own_hosts`` are further origins credentials may go to (``acme.atlassian.net`` or ``https://host:8443``);
    ``attachment_hosts`` are exact names or ``*.suffix`` patterns, visited without credentials; those of them that are
    named in ``inside_hosts`` too may lie in a private network, others must be public.
    """

    def __init__(
        self,
        base_url: str,
        own_hosts: Collection[str] = (),
        attachment_hosts: Collection[str] = (),
        inside_hosts: Collection[str] = (),
    ) -> None:
        base = parse_url(base_url)
        if base is None or base.query or base.fragment:
            raise ConfigError(
                "the profile's url is not a plain web address",
                hint="give it as https://host or https://host/path, without user name, query or spaces",
            )
        self.base = base
        self.base_origin = origin_of(base)
        self._prefix = base.path.rstrip("/")
        self.own = frozenset({self.base_origin, *(self._own(host) for host in own_hosts)})
        for origin in self.own:
            if origin.scheme == "http" and not is_loopback(origin.host):
                raise ConfigError(
                    f"{origin} is not encrypted: credentials would travel in the clear",
                    hint="use https; plain http is accepted for 127.0.0.1 and localhost only",
                )
        self._attachments = tuple(host.lower().removesuffix(".") for host in attachment_hosts)
        for pattern in self._attachments:
            if not _PATTERN.fullmatch(pattern):
                raise ConfigError(
                    f"attachment host {pattern!r} is neither a host name nor *.suffix",
                    hint="write it like files.example.com or *.example.com",
                )

        self._inside = tuple(host.lower().removesuffix(".") for host in inside_hosts if "*" not in host)

    @staticmethod
    def _own(host: str) -> Origin:
        url = parse_url(host if "://" in host else f"https://{host}")
        if url is None or url.path not in {"", "/"}:
            raise ConfigError("one of the profile's own hosts is not a host name")
        return origin_of(url)

    def resolve(self, path_or_url: str) -> httpx.URL:
        """The URL to ask, on an own host; a path is taken below the base URL's path.

        Raises `ProtocolError` for anything that leads elsewhere.
        """
        text = path_or_url
        if text.startswith("//"):
            text = f"{self.base.scheme}:{text}"
        elif not _SCHEME.match(text):
            text = f"{self.base_origin}{self._prefix}/{text.removeprefix('/')}"
        url = parse_url(text)
        if url is None:
            raise ProtocolError(
                "refused an address that is not a plain web address; nothing was sent",
                hint="if it came from the platform, report it with --debug output",
            )
        if not self.is_own(url):
            raise ProtocolError(
                f"refused to send credentials to {shown_origin(url)}, which is not a host of this profile; "
                "nothing was sent",
                hint=f"this profile speaks to {', '.join(sorted(str(origin) for origin in self.own))} only",
            )
        return url

    def is_own(self, url: httpx.URL) -> bool:
        return origin_of(url) in self.own

    def may_download(self, url: httpx.URL) -> bool:
        """Whether content may be read from ``url`` without credentials."""
        origin = origin_of(url)
        if origin.scheme != "https" and not is_loopback(origin.host):
            return False
        return any(_matches(name, pattern) for name in _names(origin) for pattern in self._attachments)

    def may_lie_inside(self, url: httpx.URL) -> bool:
        """Whether a content host may have a private address: an address itself was named, or the name by a person."""
        origin = origin_of(url)
        return is_address(origin.host) or is_loopback(origin.host) or not _names(origin).isdisjoint(self._inside)


def _names(origin: Origin) -> set[str]:
    with_port = {f"{origin.host}:{origin.port}"}
    return with_port | ({origin.host} if origin.port == _DEFAULT_PORTS.get(origin.scheme) else set())


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:]) and len(name) > len(pattern) - 1
    return name == pattern


def shown_origin(url: httpx.URL) -> str:
    """An origin for a message; only characters a host name can have."""
    origin = str(origin_of(url))
    return origin if re.fullmatch(r"[A-Za-z0-9.:/\[\]_-]{1,260}", origin) else "another host"
