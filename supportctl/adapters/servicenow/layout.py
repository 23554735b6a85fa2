"""How the records of one table are read, worked out once per table and once per set of keys."""

from collections.abc import Collection, Mapping

import msgspec

from supportctl.adapters.servicenow.tables import (
    COUNT_FIELDS,
    DATE_FIELDS,
    DATE_NAMES,
    NAMED_FIELDS,
    PERSON_FIELDS,
    TASK_FIELDS,
    Table,
    table_of,
)
from supportctl.model import LinkType, Status, Unknown

TEXT_FIELDS = frozenset({"title", "description", "resolution_notes", "version"})
PORTABLE = (*TASK_FIELDS, "requester", "category", "subcategory", "resolved_at", "reopens", "closure_code")
NEVER = {"first_response_at": Unknown.ABSENT, "satisfaction": Unknown.ABSENT}
"""No task table stores these."""
ELSEWHERE = dict.fromkeys(
    ("tags", "slas", "comments", "history", "attachments", "links", "custom"), Unknown.NOT_FETCHED
)
"""Kept in other tables (links: those pointing here), or asked for by name."""
CODED = frozenset({"state", "priority", "contact_type", "hold_reason", "sys_class_name"})
"""Kept under their own name too, since several values may become one portable word."""


class Reading(msgspec.Struct, kw_only=True):
    """What is known about a profile's records before the first one is read."""

    profile: str = ""
    url: str = ""
    statuses: Mapping[str, str] = {}
    """The profile's overrides: ``CODE``, ``TABLE.CODE`` or label -> portable status."""
    priorities: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    """The profile's overrides: portable field -> native field."""
    labels: Mapping[str, Mapping[str, str]] = {}
    """Per table: state code -> label, learned from the instance (``sys_choice``)."""
    names: Mapping[str, str] = {}
    """Custom field -> human name."""
    requested: Collection[str] | None = None
    """Fields that were asked for by name; None: all."""
    known: Mapping[str, Collection[str]] = {}
    """Per table: fields it has, where that was learned."""


Pairs = tuple[tuple[str, str], ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the fields of records that have exactly these keys: pairs are (native, portable)."""

    unknown: dict[str, Unknown]
    texts: Pairs
    codes: Pairs
    dates: Pairs
    counts: Pairs
    people: Pairs
    emails: Pairs
    actives: Pairs
    named: Pairs
    links: tuple[tuple[str, LinkType], ...]
    custom: tuple[str, ...]
    native_dates: tuple[str, ...]
    rest: tuple[str, ...]
    state: str | None
    priority: str | None
    channel: str | None


class Layout:
    """One table's records: as delivered, as learned from the instance, as the profile says."""

    def __init__(self, name: str, reading: Reading) -> None:
        self.table: Table = table_of(name)
        self.fields: dict[str, str] = TASK_FIELDS | self.table.fields | dict(reading.fields)
        self.states = states_of(self.table, reading)
        self.labels = reading.labels.get(name, {})
        self.links = {"parent": LinkType.PARENT} | self.table.links
        self.spoken_for = {code.removeprefix(f"{name}.") for code in reading.statuses}
        self._reading = reading
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._last: tuple[tuple[str, ...], Plan] | None = None

    def plan(self, keys: tuple[str, ...]) -> Plan:
        """Records of one page nearly always have the same keys: the last plan is tried before any is looked up."""
        if self._last is not None and self._last[0] == keys:
            return self._last[1]
        known = self._plans.get(keys)
        if known is None:
            known = self._plans[keys] = self._make_plan(keys)
        self._last = (keys, known)
        return known

    def _make_plan(self, keys: tuple[str, ...]) -> Plan:
        fields, reading = self.fields, self._reading
        portable = {native: name for name, native in fields.items()}
        here = [(native, portable[native]) for native in keys if native in portable]
        emails, actives = (
            tuple((each, name) for name in PERSON_FIELDS & fields.keys() if (each := f"{fields[name]}.{what}") in keys)
            for what in ("email", "active")
        )
        special = {"status", "priority", "channel", *TEXT_FIELDS}
        grouped = {*special, *DATE_FIELDS, *COUNT_FIELDS, *PERSON_FIELDS, *NAMED_FIELDS}
        custom = tuple(
            name for name in keys if name not in portable and (name in reading.names or name.startswith("u_"))
        )
        mapped = {native for native, _ in here if portable[native] not in {"status", "priority", "channel"}}
        taken = {*mapped, *custom, *(native for native, _ in (*emails, *actives)), *self.links, "sys_id", "number"}
        native_dates = tuple(name for name in keys if name in DATE_NAMES and name not in taken)
        state = fields["status"] if fields["status"] in keys else None
        if state is None:
            state = next((name for name in ("incident_state", "problem_state") if name in keys), None)
        return Plan(
            unknown=self._missing(keys, state),
            texts=tuple(pair for pair in here if pair[1] in TEXT_FIELDS),
            codes=tuple(pair for pair in here if pair[1] not in grouped),
            dates=tuple(pair for pair in here if pair[1] in DATE_FIELDS),
            counts=tuple(pair for pair in here if pair[1] in COUNT_FIELDS),
            people=tuple(pair for pair in here if pair[1] in PERSON_FIELDS),
            emails=emails,
            actives=actives,
            named=tuple(pair for pair in here if pair[1] in NAMED_FIELDS),
            links=tuple((name, kind) for name, kind in self.links.items() if name in keys),
            custom=custom,
            native_dates=native_dates,
            rest=tuple(name for name in keys if name not in taken and name not in native_dates),
            state=state,
            priority=fields["priority"] if fields["priority"] in keys else None,
            channel=fields["channel"] if fields["channel"] in keys else None,
        )

    def _missing(self, keys: Collection[str], state: str | None) -> dict[str, Unknown]:
        """Why a portable field has no value: the table has none, nobody asked, or it is hidden from us."""
        unknown = {**NEVER, **ELSEWHERE}
        requested, has = self._reading.requested, self._reading.known.get(self.table.name)
        for portable in PORTABLE:
            native = self.fields.get(portable)
            if native is None:
                unknown[portable] = Unknown.ABSENT
            elif native not in keys:
                if requested is not None and native not in requested:
                    unknown[portable] = Unknown.NOT_FETCHED
                elif has is not None and native not in has:
                    unknown[portable] = Unknown.ABSENT
                else:
                    unknown[portable] = Unknown.HIDDEN
        if any(name not in keys and (has is None or name in has) for name in self.links):
            unknown["links"] = Unknown.HIDDEN
        if state is not None:
            unknown.pop("status", None)
        if "sys_created_on" in keys:
            unknown.pop("created_at", None)
        if requested is None or any(name.startswith("u_") for name in requested):
            del unknown["custom"]
        return unknown


def states_of(table: Table, reading: Reading) -> dict[str, Status]:
    """State code -> status: the profile's word first, by code or by label, then the delivered meaning."""
    states = dict(table.states)
    labels = reading.labels.get(table.name, {})
    folded = {word.casefold(): status for word, status in reading.statuses.items()}
    words = set(Status)
    for code in {*states, *labels, *(name.removeprefix(f"{table.name}.") for name in reading.statuses)}:
        label = labels.get(code, "").casefold()
        word = folded.get(f"{table.name}.{code}") or folded.get(code) or folded.get(label)
        if word in words:
            states[code] = Status(word)
    return states
