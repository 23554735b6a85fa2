"""Custom fields: the service desk's own by their type, the rest by name, and those a profile gives a portable home."""

from typing import Any

from msgspec import Raw

from supportctl.adapters.jsm import adf
from supportctl.adapters.jsm.fields import (
    ASSIGNABLE,
    Catalogue,
    Homes,
    is_custom,
    looks_like_request_type,
    looks_like_sla,
)
from supportctl.adapters.jsm.slas import slas_of
from supportctl.adapters.jsm.values import clean, label, leftover, loads, moment
from supportctl.model import CustomField, NamedRef, Satisfaction, Unknown

NULL = b"null"


class CustomReader:
    """``portable``: ticket fields that this site or profile has a home for."""

    def __init__(self, catalogue: Catalogue, homes: Homes) -> None:
        self._catalogue = catalogue
        self.homes = homes
        self._nulls: dict[str, CustomField] = {}
        self._assigned = {native: ours for ours, native in homes.portable.items()}
        self.portable = frozenset(homes.portable)

    def take(
        self, fields: dict[str, Raw], native: dict[str, Any], parts: dict[str, Any], unknown: dict[str, Unknown]
    ) -> list[CustomField]:
        """Take the custom fields out of ``fields``; what they mean beyond that goes to ``parts`` (ticket fields)."""
        found: list[CustomField] = []
        for name in self._assigned:
            if name in fields and not is_custom(name):
                self._assign(name, loads(bytes(fields[name])), parts)
            elif name not in fields:
                unknown[self._assigned[name]] = Unknown.ABSENT
        for name in [name for name in fields if name[:12] == "customfield_"]:
            raw = bytes(fields.pop(name))
            if raw == NULL:
                found.append(self._null(name))
                self._empty(name, parts)
                continue
            if name in self.homes.request_types or b'"requestType"' in raw:
                value = self._request_type(loads(raw), native)
            else:
                value = leftover(raw)
            self._one(name, value, found, native, parts)
        return found

    def _null(self, name: str) -> CustomField:
        known = self._nulls.get(name)
        if known is None:
            known = self._nulls[name] = CustomField(id=name, name=self._catalogue.name(name))
        return known

    def _empty(self, name: str, parts: dict[str, Any]) -> None:
        """Null is an answer too: the field is there and nothing is in it."""
        if name in self.homes.slas:
            parts.setdefault("slas", [])
        elif name in self.homes.organizations and "organization" not in self.homes.portable:
            parts.setdefault("organization", None)
        elif name in self.homes.feedback:
            parts.setdefault("satisfaction", None)
        elif name in self.homes.first_response:
            parts.setdefault("first_response_at", None)
        elif name in self._assigned:
            parts.setdefault(self._assigned[name], None)

    def _one(
        self, name: str, value: Any, found: list[CustomField], native: dict[str, Any], parts: dict[str, Any]
    ) -> None:
        shown = self._catalogue.name(name)
        if name in self.homes.slas or looks_like_sla(value):
            slas = slas_of(value, shown or name)
            parts.setdefault("slas", []).extend(slas)
            if slas:
                return
        if name in self.homes.organizations:
            self._organization(value, parts)
        elif name in self.homes.feedback and isinstance(value, dict) and "rating" in value:
            rest = {key: item for key, item in value.items() if key != "rating"}
            parts["satisfaction"] = Satisfaction(score=str(value["rating"]), native=rest)
            return
        elif name in self.homes.first_response and (at := moment(value)) is not None:
            parts["first_response_at"] = at
        if adf.is_document(value):
            rendered = adf.render(value)
            if not rendered.lossless:
                native[name] = value
            value = rendered.text
        found.append(CustomField(id=name, name=shown, value=value))
        if name in self._assigned:
            self._assign(name, value, parts)

    def _request_type(self, value: Any, native: dict[str, Any]) -> Any:
        """The request type itself is the value; the customer-facing status and addresses are native."""
        if not looks_like_request_type(value):
            return clean(value)
        rest = {key: item for key, item in clean(value).items() if key != "requestType"}
        links = value.get("_links")
        for end in ("web", "agent"):
            if isinstance(links, dict) and isinstance(links.get(end), str):
                rest[f"{end}_url"] = links[end]
        if rest:
            native["request"] = rest
        return clean(value["requestType"])

    def _organization(self, value: Any, parts: dict[str, Any]) -> None:
        if "organization" in self.homes.portable:
            return
        first = value[0] if isinstance(value, list) and value else None
        parts["organization"] = _reference(first)

    def _assign(self, name: str, value: Any, parts: dict[str, Any]) -> None:
        ours = self._assigned[name]
        if ASSIGNABLE[ours] == "text":
            parts[ours] = label(value)
        else:
            parts[ours] = _reference(value[0] if isinstance(value, list) and value else value)


def _reference(value: Any) -> NamedRef | None:
    if not isinstance(value, dict):
        return NamedRef(id=str(value), name=str(value)) if isinstance(value, str) and value else None
    name = label(value)
    return NamedRef(id=str(value.get("id", value.get("key", name))), name=name)
