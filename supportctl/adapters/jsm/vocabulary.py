"""What this Jira allows: statuses, priorities, resolutions, labels, link types, fields."""

from collections.abc import Iterable
from typing import Any

from supportctl.adapters.base import Notice, Vocabulary
from supportctl.adapters.jsm.site import Site


def read(site: Site) -> Vocabulary:
    """Names as the site shows them to this account; what could not be read is named in ``warnings``."""
    labels = site.labels()
    vocabulary = {
        "statuses": _names(site.statuses()),
        "priorities": _names(site.priorities()),
        "closure_codes": _names(site.resolutions()),
        "link_types": _names(site.link_types()),
    }
    fields = site.catalogue().infos()
    warnings = site.take_notices()
    if labels is None:
        reason = "has more labels than are read" if site.cloud else "has no list of all labels (Data Center)"
        warnings.append(Notice(code="NO_LABELS", message=f"this Jira {reason}; tags are not listed"))
    return Vocabulary(**vocabulary, tags=sorted(labels or ()), fields=fields, warnings=warnings)


def _names(items: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(item["name"]) for item in items if item.get("name")))
