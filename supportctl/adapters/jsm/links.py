"""Issue links, parent and sub-tasks.

An entry of ``issuelinks`` names one other end: ``inwardIssue`` reads "this <type.inward> other", ``outwardIssue``
"this <type.outward> other" (developer.atlassian.com, "Issue linking model"). Names are an administrator's choice, so
the table can be overridden: the profile's ``fields`` table maps one of our link types to the id or name of the native
type whose outward reading it is. A type of another name is known by its two readings, while they are Jira's own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from supportctl.adapters.jsm.platform import INVERSE, LINK_WORDS, LINKS
from supportctl.adapters.jsm.values import CONFIGURATION_NOISE, clean
from supportctl.model import Link, LinkType, Status

StatusOf = Callable[[dict[str, Any]], Status | None]


class LinkReader:
    """``status_of`` maps a native status object; ``table`` is the profile's ``fields``; ``browse`` makes a URL."""

    def __init__(self, status_of: StatusOf, table: Mapping[str, str], browse: Callable[[str], str]) -> None:
        self._status_of = status_of
        self._browse = browse
        self._types = dict(LINKS)
        for ours in LinkType:
            if native := table.get(ours.value):
                self._types[native.casefold()] = (INVERSE[ours], ours)

    def links(self, value: Any) -> list[Link]:
        """Every usable end in an ``issuelinks`` list."""
        return [
            self._link(entry, end)
            for entry in (value if isinstance(value, list) else [])
            if isinstance(entry, dict)
            for end in ("inwardIssue", "outwardIssue")
            if isinstance(entry.get(end), dict)
        ]

    def meaning(self, kind: Mapping[str, Any]) -> tuple[LinkType, LinkType]:
        """What an inward and an outward end of this native type mean for the issue that lists it."""
        for name in (kind.get("id"), kind.get("name")):
            if found := self._types.get(str(name).casefold()):
                return found
        words = (str(kind.get("inward")).casefold(), str(kind.get("outward")).casefold())
        return LINK_WORDS.get(words, (LinkType.RELATES, LinkType.RELATES))

    def _link(self, entry: dict[str, Any], end: str) -> Link:
        kind = entry.get("type")
        kind = clean(kind, CONFIGURATION_NOISE) if isinstance(kind, dict) else {}
        outward = end == "outwardIssue"
        type_ = self.meaning(kind)[outward]
        said = kind.get("outward" if outward else "inward")
        native = {name: clean(item) for name, item in entry.items() if name not in ("type", end, "self")}
        if kind:
            native["type"] = kind
        return self._end(entry[end], type_, said if isinstance(said, str) else None, native)

    def relative(self, value: Any, type_: LinkType) -> Link | None:
        """The ``parent`` object, or one of ``subtasks``."""
        return self._end(value, type_, None, {}) if isinstance(value, dict) else None

    def _end(self, other: dict[str, Any], type_: LinkType, said: str | None, native: dict[str, Any]) -> Link:
        issue = {name: item for name, item in clean(other, CONFIGURATION_NOISE).items() if name != "fields"}
        key, id_ = issue.pop("key", None), issue.pop("id", None)
        fields = other.get("fields")
        rest = clean(fields, CONFIGURATION_NOISE) if isinstance(fields, dict) else {}
        status = fields.get("status") if isinstance(fields, dict) else None
        title = rest.get("summary")
        if isinstance(title, str):
            del rest["summary"]
        if rest:
            issue["fields"] = rest
        if issue:
            native["issue"] = issue
        name = key if isinstance(key, str) else str(id_ or "")
        return Link(
            type=type_,
            key=name,
            id=str(id_) if id_ is not None else None,
            title=title if isinstance(title, str) else None,
            status=self._status_of(status) if isinstance(status, dict) else None,
            native_type=said,
            url=self._browse(name) if isinstance(key, str) else None,
            native=native,
        )
