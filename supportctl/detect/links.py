"""Links that give a file to whoever has them, without signing in."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec

_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}]{4,2000}", re.IGNORECASE)
_ENDS = ".,;:!?)]}*_"

# Host (and what its subdomains are), what the path looks like, what we call it, and whether it is a place to publish.
_SITES: tuple[tuple[str, str, str, bool], ...] = (
    ("dropbox.com", r"/(?:s|sh|scl/f[io]|t|l)/.", "Dropbox", False),
    ("dl.dropboxusercontent.com", r"/.", "Dropbox", False),
    ("wetransfer.com", r"/downloads/.", "WeTransfer", False),
    ("we.tl", r"/.", "WeTransfer", False),
    ("swisstransfer.com", r"/d/.", "SwissTransfer", False),
    ("fromsmash.com", r"/.", "Smash", False),
    ("transfer.sh", r"/[^/]+/.", "Transfer.sh", False),
    ("file.io", r"/\w{6,}", "File.io", False),
    ("gofile.io", r"/d/.", "Gofile", False),
    ("filebin.net", r"/.", "Filebin", False),
    ("pixeldrain.com", r"/[ul]/.", "Pixeldrain", False),
    ("catbox.moe", r"/.", "Catbox", False),
    ("0x0.st", r"/.", "0x0", False),
    ("uguu.se", r"/.", "Uguu", False),
    ("ufile.io", r"/.", "Ufile", False),
    ("sendspace.com", r"/file/.", "Sendspace", False),
    ("mediafire.com", r"/(?:file|folder|view)/.", "MediaFire", False),
    ("mega.nz", r"/(?:file|folder|#)", "Mega", False),
    ("pastebin.com", r"/(?:(?:raw|dl)/\w{8}|(?!doc_api)\w{8})$", "Pastebin", True),
    ("hastebin.com", r"/(?:share/|raw/)?\w{6,}", "Hastebin", True),
    ("paste.ee", r"/[pr]/.", "Paste.ee", True),
    ("dpaste.com", r"/\w{6,}", "Dpaste", True),
    ("dpaste.org", r"/\w{4,}", "Dpaste", True),
    ("paste.debian.net", r"/.*[0-9]", "Paste.debian", True),
    ("controlc.com", r"/\w{6,}", "ControlC", True),
    ("justpaste.it", r"/\w{4,}", "JustPaste", True),
    ("rentry.co", r"/\w{4,}", "Rentry", True),
    ("gist.github.com", r"/[^/]+/[0-9a-f]{20,}", "GitHub Gist", True),
    ("gist.githubusercontent.com", r"/.", "GitHub Gist", True),
    ("imgur.com", r"/(?:a/|gallery/)?\w{5,}", "Imgur", False),
    ("ibb.co", r"/\w{5,}", "ImgBB", False),
    ("postimg.cc", r"/\w{5,}", "Postimage", False),
    ("prnt.sc", r"/\S{4,}", "Lightshot", False),
    ("gyazo.com", r"/[0-9a-f]{20,}", "Gyazo", False),
    ("snipboard.io", r"/\w{4,}", "Snipboard", False),
)  # fmt: skip
_COMPILED = {host: (re.compile(path, re.IGNORECASE), name, publishes) for host, path, name, publishes in _SITES}
_SIGNED = ("x-amz-signature=", "x-goog-signature=", "awsaccesskeyid=", "sig=")


class OpenLink(msgspec.Struct, frozen=True, kw_only=True):
    """``site`` is our name for it; the address is not kept."""

    site: str
    start: int
    end: int
    publishes: bool
    """A place where people also publish what anybody may read: a snippet, a how-to."""


def find_open_links(text: str, now: datetime, own_hosts: frozenset[str] = frozenset()) -> Iterator[OpenLink]:
    """Public shares, and signed addresses of cloud storage that have not run out by ``now``."""
    if "://" not in text:
        return
    for match in _URL.finditer(text):
        url = match[0].rstrip(_ENDS)
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            continue
        if host in own_hosts or any(host.endswith(f".{own}") for own in own_hosts):
            continue
        path = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
        site = _shared(host, path) or (_signed(host, parts.query, now), False)
        if site[0] is not None:
            yield OpenLink(site=site[0], start=match.start(), end=match.start() + len(url), publishes=site[1])


def _shared(host: str, path: str) -> tuple[str, bool] | None:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        known = _COMPILED.get(".".join(labels[start:]))
        if known is not None:
            form, name, publishes = known
            return (name, publishes) if form.match(path) else None
    return None


def _signed(host: str, query: str, now: datetime) -> str | None:
    folded = query.lower()
    if not any(mark in folded for mark in _SIGNED):
        return None
    told = {name.lower(): values[0] for name, values in parse_qs(query).items()}
    if host.endswith(".amazonaws.com") and ("x-amz-signature" in told or "awsaccesskeyid" in told):
        site, begins, lasts = "Amazon S3, signed", told.get("x-amz-date"), told.get("x-amz-expires")
    elif host.endswith("storage.googleapis.com") and "x-goog-signature" in told:
        site, begins, lasts = "Google Cloud Storage, signed", told.get("x-goog-date"), told.get("x-goog-expires")
    elif host.endswith(".blob.core.windows.net") and {"sig", "sv"} <= told.keys():
        return None if _over(told.get("se"), None, now) else "Azure Storage, signed"
    else:
        return None
    return None if _over(begins, lasts or told.get("expires"), now) else site


def _over(begins: str | None, lasts: str | None, now: datetime) -> bool:
    """Whether the address has run out; one that does not say so has not."""
    try:
        if begins is not None:
            start = datetime.fromisoformat(begins)
            start = start if start.tzinfo is not None else start.replace(tzinfo=now.tzinfo)
            return start + timedelta(seconds=int(lasts or 0)) < now
        return lasts is not None and int(lasts) < now.timestamp()
    except (ValueError, OverflowError):
        return False
