"""Addresses of pages without what only counts who clicked them."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}（）、。，」]{3,8000}", re.IGNORECASE)
_ENDS = ".,;:!?)]}*_~"
_TRACKING = re.compile(
    r"[?&;](?:utm_[a-z]+|gclid|fbclid|msclkid|dclid|yclid|mc_[ce]id|_hs[a-z]+|hsctatracking|mkt_tok|elq[a-z]*|trk\w*|"
    r"ref_src|igshid|vero_id|sc_cid|spm|ck_subscriber_id|oly_[a-z]+_id|wickedid|_ga|_gl|cmpid|s_cid|upn|"
    r"data|sdata|reserved|token|sig|signature|expires|x-amz-[a-z-]+|awsaccesskeyid)=",
    re.IGNORECASE,
)
_WRAPPED = re.compile(
    r"safelinks\.protection\.outlook\.com|urldefense\.(?:proofpoint\.)?com|(?:www\.)?google\.[a-z.]{2,12}/url\?"
)
_LONG = 120
_SEGMENT = 40


def shortened(text: str) -> str:
    """Addresses that track, or are too long to be read, as host and path; the others stay."""
    return _URL.sub(_short, text) if "://" in text else text


def _short(found: re.Match[str]) -> str:
    url = found[0].rstrip(_ENDS)
    rest = found[0][len(url) :]
    inner = _unwrapped(url)
    if inner == url and len(url) <= _LONG and not _TRACKING.search(url):
        return found[0]
    try:
        parts = urlsplit(inner)
    except ValueError:
        return inner.partition("?")[0][: 2 * _LONG] + rest
    if not parts.netloc:
        return inner.partition("?")[0][: 2 * _LONG] + rest
    kept: list[str] = []
    tracked = inner != url or _TRACKING.search(url) is not None
    for segment in parts.path.split("/"):
        if tracked and len(segment) > _SEGMENT and not re.search(r"[-_.]", segment[:_SEGMENT]):
            break
        kept.append(segment[:100])
    return parts.netloc.rpartition("@")[2] + "/".join(kept).rstrip("/") + rest


def _unwrapped(url: str) -> str:
    """The address inside one of a mail filter that checks clicks."""
    if not _WRAPPED.search(url[:200]):
        return url
    if "urldefense.com/v3/__" in url:
        return url.partition("/v3/__")[2].partition("__;")[0]
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        return url
    inner = (query.get("url") or query.get("u") or query.get("q") or [url])[0]
    if "urldefense.proofpoint.com/v2" in url:
        inner = unquote(inner.replace("-", "%").replace("_", "/"))
    return inner if inner.startswith(("http://", "https://")) else url
