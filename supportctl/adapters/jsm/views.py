"""``--view``: a saved filter or a service desk queue, by id or exact name; both come down to their JQL."""

from collections.abc import Iterator
from typing import Any

import msgspec

from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.errors import NotFoundError, UsageError


class View(msgspec.Struct, frozen=True):
    id: str
    """``filter 10100`` or ``queue 1/10`` (service desk / queue)."""
    name: str
    jql: str


def find(site: Site, typed: str) -> View:
    """Raises `NotFoundError` for an unknown view, `UsageError` when several bear the name."""
    text = typed.strip()
    word, _, rest = text.partition(" ")
    if word in ("filter", "queue") and rest:
        found = _by_id(site, word, rest.strip())
    elif text.isascii() and text.isdigit():
        found = _by_id(site, "filter", text) or [view for view in _queues(site) if view.id.endswith(f"/{text}")]
    else:
        found = [*_filters(site, text), *(view for view in _queues(site) if _same(view.name, text))]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(view.id for view in found)
        raise UsageError(f"{len(found)} views are meant by {typed!r}: {listed}", hint=f'write --view "{found[0].id}"')
    raise NotFoundError(
        f"there is no filter or queue {typed!r}, or the account may not see it",
        hint='give its exact name, "filter ID" or "queue DESK/ID"; the ids are in the addresses',
    )


def _same(left: str, right: str) -> bool:
    return " ".join(left.casefold().split()) == " ".join(right.casefold().split())


def _by_id(site: Site, kind: str, text: str) -> list[View]:
    if kind == "queue":
        return [view for view in _queues(site) if view.id == f"queue {text}" or view.id.endswith(f"/{text}")]
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"filter ids are numbers, not {text!r}", hint="the id is in the filter's address")
    try:
        return list(_filter(site.get(f"{site.api}/filter/{text}").json()))
    except REFUSALS:
        return []


def _filters(site: Site, name: str) -> list[View]:
    if not site.cloud:
        try:
            favourites = site.get(f"{site.api}/filter/favourite").json()
        except REFUSALS:
            return []
        items = favourites if isinstance(favourites, list) else []
        return [view for item in items for view in _filter(item) if _same(view.name, name)]
    try:
        found = site.pages(
            f"{site.api}/filter/search", "startAt", "maxResults", "isLast", filterName=name, expand="jql"
        )
        return [view for item in found for view in _filter(item) if _same(view.name, name)]
    except REFUSALS:
        return []


def _filter(item: Any) -> Iterator[View]:
    if isinstance(item, dict) and isinstance(item.get("jql"), str):
        yield View(f"filter {item.get('id')}", str(item.get("name", "")), item["jql"])


def _queues(site: Site) -> list[View]:
    """Of every service desk the account is an agent of."""
    return site.once("queues", lambda: list(_read_queues(site)))


def _read_queues(site: Site) -> Iterator[View]:
    try:
        desks = list(site.desk_values(f"{site.desk}/servicedesk"))
    except REFUSALS:
        return
    for desk in desks:
        try:
            queues = list(site.desk_values(f"{site.desk}/servicedesk/{desk.get('id')}/queue"))
        except REFUSALS:
            continue
        for queue in queues:
            if isinstance(queue.get("jql"), str):
                yield View(f"queue {desk.get('id')}/{queue.get('id')}", str(queue.get("name", "")), queue["jql"])
