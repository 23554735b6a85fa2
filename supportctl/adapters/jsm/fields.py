"""Custom fields: human names, ids, and what Jira Service Management keeps in them.

Field ids differ per site and names are neither unique nor stable over languages, so the service desk's own fields
are known by ``schema.custom`` (``GET /rest/api/3/field``).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from supportctl.adapters.base import FieldInfo
from supportctl.errors import QueryError, UsageError
from supportctl.query.ast import Term

SLA = "com.atlassian.servicedesk:sd-sla-field"
REQUEST_TYPE = ("com.atlassian.servicedesk:vp-origin", "com.atlassian.servicedesk:sd-customerrequesttype")
ORGANIZATIONS = "com.atlassian.servicedesk:sd-customer-organizations"
PARTICIPANTS = "com.atlassian.servicedesk:sd-request-participants"
FEEDBACK = "com.atlassian.servicedesk:sd-request-feedback"
FIRST_RESPONSE = "com.atlassian.jira.ext.charting:firstresponsedate"

_ID = re.compile(r"(?:customfield_|cf\[)?([0-9]+)\]?", re.IGNORECASE)


class Schema(msgspec.Struct, frozen=True):
    type: str | None = None
    items: str | None = None
    custom: str | None = None
    system: str | None = None


class FieldBean(msgspec.Struct, frozen=True):
    """One entry of ``GET /field``."""

    id: str
    name: str = ""
    custom: bool = False
    schema: Schema | None = None

    @property
    def kind(self) -> str | None:
        """``schema.custom``: which plug-in type a custom field is of."""
        return self.schema.custom if self.schema else None


_BEANS = msgspec.json.Decoder(list[FieldBean])


class Catalogue:
    """The fields of one site. Empty for bodies that came without one (recordings, exports)."""

    def __init__(self, beans: Iterable[FieldBean] = ()) -> None:
        self.fields = {bean.id: bean for bean in beans}
        self._named: dict[str, list[FieldBean]] = {}
        for bean in self.fields.values():
            self._named.setdefault(_fold(bean.name), []).append(bean)

    @classmethod
    def decode(cls, content: bytes) -> "Catalogue":
        return cls(_BEANS.decode(content))

    @property
    def custom(self) -> list[FieldBean]:
        return [bean for bean in self.fields.values() if bean.custom]

    def name(self, field_id: str) -> str | None:
        bean = self.fields.get(field_id)
        return bean.name or None if bean else None

    def of_kind(self, *kinds: str) -> list[str]:
        """Ids of the fields of these plug-in types."""
        return [bean.id for bean in self.fields.values() if bean.kind in kinds]

    def find(self, text: str) -> list[str]:
        """Ids of the fields a person may mean: an id in any spelling, else every field of that name."""
        text = text.strip()
        if text in self.fields:
            return [text]
        if (match := _ID.fullmatch(text)) and (not self.fields or f"customfield_{match[1]}" in self.fields):
            return [f"customfield_{match[1]}"]
        return [bean.id for bean in self._named.get(_fold(text), [])]

    def custom_named(self, name: str) -> str | None:
        """Id of the one custom field of that name; None when there are several, or none."""
        found = [bean.id for bean in self._named.get(_fold(name), []) if bean.custom]
        return found[0] if len(found) == 1 else None

    def resolve(self, text: str, where: str) -> str:
        """The one field meant. Raises `UsageError` naming the ids when several bear the name, or none does."""
        found = self.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{where}: {len(found)} fields are called {text!r}: {', '.join(found)}",
                hint="use the id instead of the name",
            )
        raise UsageError(
            f"{where}: this Jira has no field {text!r}", hint="`supportctl check` and the field list show the names"
        )

    def resolve_term(self, term: Term) -> str:
        """The custom field a condition asks about. Raises `QueryError` with the place in the query."""
        try:
            return self.resolve(term.custom or "", "the query")
        except UsageError as error:
            raise QueryError(error.message, start=term.span.start, end=term.span.end, hint=error.hint) from None

    def infos(self) -> list[FieldInfo]:
        return [
            FieldInfo(
                id=bean.id,
                name=bean.name,
                type=(bean.kind or (bean.schema.type if bean.schema else None)),
                custom=bean.custom,
            )
            for bean in self.fields.values()
        ]


class Homes(msgspec.Struct, frozen=True, kw_only=True):
    """Which native fields the profile's ``fields`` table and the site's own field list give a meaning to."""

    portable: dict[str, str] = {}
    """Portable field -> native field id."""
    slas: frozenset[str] = frozenset()
    request_types: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()
    feedback: frozenset[str] = frozenset()
    first_response: frozenset[str] = frozenset()

    @classmethod
    def of(cls, catalogue: Catalogue, table: Mapping[str, str]) -> "Homes":
        portable = {
            ours: catalogue.resolve(native, f"fields.{ours} of the profile") if catalogue.fields else native
            for ours, native in table.items()
            if ours in ASSIGNABLE
        }
        return cls(
            portable=portable,
            slas=frozenset(catalogue.of_kind(SLA)),
            request_types=frozenset(catalogue.of_kind(*REQUEST_TYPE)),
            organizations=frozenset(catalogue.of_kind(ORGANIZATIONS)),
            feedback=frozenset(catalogue.of_kind(FEEDBACK)),
            first_response=frozenset(catalogue.of_kind(FIRST_RESPONSE)),
        )


ASSIGNABLE: dict[str, str] = {
    "impact": "text",
    "urgency": "text",
    "category": "text",
    "subcategory": "text",
    "channel": "text",
    "closure_code": "text",
    "resolution_notes": "text",
    "service": "ref",
    "group": "ref",
    "organization": "ref",
    "component": "ref",
}
"""Portable fields a profile can give a home, and how they are read."""


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def is_custom(name: str) -> bool:
    return name.startswith("customfield_")


def looks_like_sla(value: Any) -> bool:
    """An SLA by its shape, for bodies that came without a field list."""
    return isinstance(value, dict) and isinstance(value.get("completedCycles"), list)


def looks_like_request_type(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("requestType"), dict)
