"""What a transition's screen must have and an issue does not hold; a value that is there already counts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from supportctl.adapters.jsm.details import FETCH, HIDDEN, chunks
from supportctl.adapters.jsm.groups import objects
from supportctl.adapters.jsm.site import Site
from supportctl.model import Ticket


class Screens:
    def __init__(self, site: Site) -> None:
        self._site = site

    def lacking(
        self, tickets: Sequence[Ticket], fields: Mapping[str, Any], *, given: Collection[str]
    ) -> dict[str, list[str]]:
        """By ticket id, the names of required fields that hold nothing and are not ``given``."""
        wanted = {
            name: str(field.get("name", name))
            for name, field in fields.items()
            if isinstance(field, Mapping)
            and field.get("required") is True
            and field.get("hasDefaultValue") is not True
            and name not in given
        }
        if not wanted:
            return {}
        held = self._values(tickets, sorted(wanted))
        return {
            ticket.id: [shown for name, shown in wanted.items() if held.get(ticket.id, {}).get(name) in (None, "", [])]
            for ticket in tickets
        }

    def _values(self, tickets: Sequence[Ticket], names: list[str]) -> dict[str, Mapping[str, Any]]:
        """Raw values by ticket id; issues that are gone are missing."""
        found: dict[str, Mapping[str, Any]] = {}
        if not self._site.cloud:
            for ticket in tickets:
                try:
                    answer = self._site.get(self._site.issue(ticket.id), fields=",".join(names)).json()
                except HIDDEN:
                    continue
                found |= _fields([answer])
            return found
        for chunk in chunks(tickets, FETCH):
            body = {"issueIdsOrKeys": [ticket.id for ticket in chunk], "fields": names}
            answer = self._site.post(f"{self._site.api}/issue/bulkfetch", body).json()
            found |= _fields(answer.get("issues") if isinstance(answer, dict) else None)
        return found


def _fields(issues: Any) -> dict[str, Mapping[str, Any]]:
    return {
        str(issue.get("id")): issue["fields"] for issue in objects(issues) if isinstance(issue.get("fields"), Mapping)
    }
