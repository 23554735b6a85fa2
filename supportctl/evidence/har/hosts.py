"""Whose a host is, told without a list of all public suffixes."""

from functools import lru_cache

from supportctl.evidence.redact.words import words_of

_SECOND = words_of(
    """
    co com org net ac gov edu or ne go gob nom mil ltd plc sch me web id info nic in gen firm res asn csiro
    """
)
"""Second labels under which countries register names: ``example.co.uk``."""
_SHARED = words_of(
    """
    github.io gitlab.io herokuapp.com azurewebsites.net cloudfront.net amazonaws.com blob.core.windows.net vercel.app
    netlify.app pages.dev workers.dev web.app firebaseapp.com appspot.com run.app atlassian.net zendesk.com
    service-now.com myshopify.com sharepoint.com my.salesforce.com azurefd.net azureedge.net
    """
)
"""Companies whose customers each have a name of their own there."""


@lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """``app.example.co.uk`` and ``cdn.example.co.uk`` are of one site; addresses of numbers are their own."""
    host = host.partition(":")[0].lower() if host.count(":") < 2 else host.lower()
    labels = host.split(".")
    if len(labels) < 3 or all(label.isdigit() for label in labels) or ":" in host:
        return host
    for size in (2, 3, 4):
        if ".".join(labels[-size:]) in _SHARED and len(labels) > size:
            return ".".join(labels[-size - 1 :])
    size = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-size:])


def local(host: str) -> bool:
    bare = host.partition(":")[0]
    return bare in ("localhost", "127.0.0.1", "0.0.0.0", "") or bare.endswith((".localhost", ".local"))  # noqa: S104
