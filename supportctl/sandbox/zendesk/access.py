"""Which tickets an agent sees: ``ticket_restriction`` of the user who signs in.

Lists and searches leave out what is out of sight; asking for such a ticket, or changing it, is forbidden.
(``UserObject`` of the API description: ``organization``, ``groups``, ``assigned``, ``requested``, null; what each
reaches is in no description and is read here from the words.) Administrators see everything.
"""

from supportctl.sandbox.zendesk.changes import Actor
from supportctl.sandbox.zendesk.directory import caller_id, signed_in
from supportctl.sandbox.zendesk.http import Call
from supportctl.sandbox.zendesk.names import load


def sight(call: Call) -> str:
    """A condition over ``zd_tickets``; empty for who sees everything. Looked up once per request."""
    if call.sight is None:
        call.sight = "" if call.account is None or call.account.role == "admin" else _sight(call)
    return call.sight


def narrowed(call: Call, where: str) -> str:
    """``where`` for what the caller sees of it."""
    condition = sight(call)
    return f"({where}) AND ({condition})" if condition else where


def actor(call: Call) -> Actor:
    """Who changes tickets with this request."""
    return Actor(caller_id(call), call.store.now(), sight(call), call.store.conditions.search_lag)


def _sight(call: Call) -> str:
    row = signed_in(call)
    if row is None:
        return "0"
    user, doc = int(row["id"]), load(row["doc"])
    match doc.get("ticket_restriction"):
        case "groups":
            return f"group_id IN (SELECT held.group_id FROM zd_memberships AS held WHERE held.user = {user})"  # noqa: S608
        case "assigned":
            return f"assignee = {user}"
        case "organization":
            return "0" if doc.get("organization_id") is None else f"organization = {int(doc['organization_id'])}"
        case "requested":
            return f"requester = {user}"
        case _:
            return ""
