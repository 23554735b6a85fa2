"""Links as ServiceNow keeps them: one reference field of the record per kind of link.

A duplicate incident is a child of its master (there is no field for duplicates), with a work note that says so; a
duplicate problem has a field of its own. (ServiceNow product documentation, "Parent and child incidents")
"""

from collections.abc import Sequence

from supportctl.adapters.servicenow.tables import TABLES
from supportctl.adapters.writing import LinkWish, Prepared
from supportctl.errors import UsageError
from supportctl.model import Link, LinkChange, LinkType, NewComment, Risk, Ticket, Unknown
from supportctl.model.planned import COMMENT, plain

MASTERS = frozenset({"parent_incident", "duplicate_of"})
"""Fields that make a record hang on another that must be at work, and no child itself."""


def prepare_link(tickets: Sequence[Ticket], wish: LinkWish) -> dict[str, Prepared]:
    """Raises `UsageError` when no ticket could be linked so."""
    to = wish.to
    fields = {ticket.id: _field(ticket, wish.type, to) for ticket in tickets}
    if tickets and not any(fields.values()):
        tables = ", ".join(sorted({each.native_kind or "task" for each in tickets}))
        raise UsageError(
            f"{tables} records have no field for the link {wish.type} to {to.native_kind or 'task'} records; nothing "
            "was changed"
        )
    if not wish.remove and any(name in MASTERS for name in fields.values()):
        _refuse_master(to)
    return {ticket.id: _one(ticket, wish, fields[ticket.id]) for ticket in tickets}


def _field(ticket: Ticket, kind: LinkType, to: Ticket) -> str | None:
    table, other = ticket.native_kind or "", to.native_kind or ""
    match kind:
        case LinkType.DUPLICATE_OF if table == other == "incident":
            return "parent_incident"
        case LinkType.DUPLICATE_OF if table == other == "problem":
            return "duplicate_of"
        case LinkType.PARENT if table == other == "incident":
            return "parent_incident"
        case LinkType.PARENT:
            return "parent"
        case LinkType.PROBLEM if table == "incident" and other == "problem":
            return "problem_id"
        case LinkType.CAUSED_BY if table == "incident" and other == "change_request":
            return "caused_by"
        case LinkType.RELATES if other == "change_request" and "rfc" in (
            TABLES[table].links if table in TABLES else {}
        ):
            return "rfc"
        case _:
            return None


def _refuse_master(to: Ticket) -> None:
    if to.done:
        raise UsageError(
            f"{to.key} is {to.status}, and what hangs on it would never be worked on; nothing was changed",
            hint="choose a record that is still open",
        )
    if to.unknown.get("links") is Unknown.HIDDEN:
        raise UsageError(f"the links of {to.key} are hidden from this account; nothing was changed")
    above = next((link for link in to.links if link.native_type in MASTERS), None)
    if above is not None:
        raise UsageError(
            f"{to.key} hangs on {above.key} itself; nothing was changed", hint=f"link to {above.key} instead"
        )


def _one(ticket: Ticket, wish: LinkWish, field: str | None) -> Prepared:
    to = wish.to
    if field is None:
        message = f"{ticket.native_kind or 'this record'} has no field for the link {wish.type} to {to.key}"
        return Prepared(obstacles=[Risk(code="no-field", message=message)])
    if ticket.id == to.id:
        return Prepared(obstacles=[Risk(code="self", message="it is the record to link to")])
    if not ticket.knows("links"):
        return Prepared(obstacles=[Risk(code="unknown", message=f"its links are unknown ({ticket.unknown['links']})")])
    kind = _seen_as(field)
    present = next((link for link in ticket.links if link.native_type == field), None)
    there = present is not None and to.id == present.id
    if there is not wish.remove:
        return Prepared()
    if present is not None and not there:
        message = f"it has {present.key} in {field} already, which holds one record; remove that first"
        return Prepared(obstacles=[Risk(code="occupied", message=message)])
    change = LinkChange(type=kind, to=to.key, to_id=to.id, native_type=field, remove=wish.remove)
    left = [plain(link) for link in ticket.links if link is not present]
    if wish.remove:
        return Prepared(actions=[change], after={"links": left})
    actions: list[LinkChange | NewComment] = [change]
    after = {"links": [*left, plain(Link(type=kind, key=to.key))]}
    stays = {}
    risks = []
    if wish.type is LinkType.DUPLICATE_OF and field == "parent_incident":
        note = NewComment(body=f"Duplicate of {to.key}", public=False)
        actions.append(note)
        after[COMMENT] = {"public": False, "body": note.body}  # type: ignore[assignment]
        stays[COMMENT] = "a comment stays"
    if field == "parent_incident":
        risks.append(
            Risk(code="cascade", message=f"as a child it is resolved together with {to.key}, and reopened with it")
        )
        if str(ticket.native.get("child_incidents") or "0") not in {"", "0"}:
            risks.append(Risk(code="cascade", message="it has child incidents of its own: there will be a chain"))
    return Prepared(actions=list(actions), after=after, stays=stays, risks=risks)


def _seen_as(field: str) -> LinkType:
    """What the field reads as afterwards: a duplicate incident is seen as a child."""
    for table in TABLES.values():
        if field in table.links:
            return table.links[field]
    return LinkType.PARENT
