"""Binding tickets to others: to a problem, to a Jira issue, or into another ticket for good.

(developer.zendesk.com, "Tickets": ``problem_id``; "Merge Tickets into Target Ticket"; "Jira Links")
"""

from collections.abc import Mapping, Sequence
from typing import Any

from supportctl.adapters.writing import LinkWish, MergeWish, Prepared
from supportctl.adapters.zendesk import refusals
from supportctl.adapters.zendesk.account import Account
from supportctl.adapters.zendesk.jira_links import jira_links
from supportctl.errors import UsageError
from supportctl.model import (
    DONE,
    Action,
    FieldChange,
    Kind,
    LinkChange,
    LinkType,
    Merge,
    Platform,
    Risk,
    Status,
    Ticket,
)  # fmt: skip
from supportctl.model.planned import is_stand_in, plain

MERGING = "merging"
_MERGE_INSTEAD = "merge the tickets, or link both to a problem: link --problem"


def link(account: Account, tickets: Sequence[Ticket], wish: LinkWish) -> Mapping[str, Prepared]:
    """Raises `UsageError` for links Zendesk does not have."""
    match wish.type:
        case LinkType.PROBLEM:
            return _to_problem(tickets, wish)
        case LinkType.TRACKED_BY:
            return _to_issue(account, tickets, wish)
        case LinkType.INCIDENT:
            raise UsageError(
                "on Zendesk an incident names its problem, not the other way round; nothing was changed",
                hint="give the incidents, and link them to the problem",
            )
        case _:
            raise UsageError(
                f"Zendesk has no links of the type {wish.type.value}; nothing was changed",
                hint=f"it links incidents to a problem, and tickets to Jira issues; for duplicates: {_MERGE_INSTEAD}",
            )


def _to_problem(tickets: Sequence[Ticket], wish: LinkWish) -> Mapping[str, Prepared]:
    problem = wish.to
    if problem.platform is not Platform.ZENDESK or (problem.kind is not Kind.PROBLEM and not wish.remove):
        raise UsageError(
            f"{problem.key} is no problem ticket, and only to such can tickets be linked; nothing was changed",
            hint=f"make it one first: set kind=problem on {problem.key}",
        )
    return {ticket.id: refusals.closed(ticket) or _bind(ticket, problem, wish) for ticket in tickets}


def _bind(ticket: Ticket, problem: Ticket, wish: LinkWish) -> Prepared:
    bound = [each for each in ticket.links if each.type is LinkType.PROBLEM]
    there = any(problem.id in (each.id, each.key) for each in bound)
    if there is not wish.remove:
        return Prepared()
    if ticket.id == problem.id:
        return refusals.obstacle("kind", "a problem cannot be linked to itself")
    if ticket.kind is Kind.PROBLEM:
        return refusals.obstacle("kind", "it is a problem itself, and only incidents are linked to one")
    others = [plain(each) for each in ticket.links if each.type is not LinkType.PROBLEM]
    actions: list[Action] = []
    risks = [refusals.MAIL]
    after: dict[str, Any] = {"links": others}
    if not wish.remove:
        after["links"] = [*others, {"type": LinkType.PROBLEM.value, "key": problem.key}]
        if ticket.kind is not Kind.INCIDENT:
            actions.append(FieldChange(field="kind", native_field="type", value="incident"))
            after["kind"] = Kind.INCIDENT.value
            risks.append(Risk(code="coupling", message="it becomes an incident, as only those have a problem"))
        if bound:
            risks.append(Risk(code="coupling", message=f"it leaves {bound[0].key}: an incident has one problem"))
        if problem.status in DONE:
            risks.append(Risk(code="cascade", message=f"{problem.key} is solved already"))
        else:
            risks.append(Risk(code="cascade", message=f"solving {problem.key} will solve it as well"))
    actions.append(
        LinkChange(
            type=LinkType.PROBLEM, to=problem.key, to_id=problem.id, native_type="problem_id", remove=wish.remove
        )
    )
    return Prepared(actions=actions, after=after, risks=risks)


def _to_issue(account: Account, tickets: Sequence[Ticket], wish: LinkWish) -> Mapping[str, Prepared]:
    issue = wish.to
    if issue.platform is not Platform.JSM or not (issue.id.isdigit() or is_stand_in(issue)):
        raise UsageError(
            f"{issue.key} is no Jira issue whose id is known; nothing was changed",
            hint="give the issue's key, and a profile of the Jira it lies on",
        )
    known = jira_links(account, [ticket.id for ticket in tickets])
    return {ticket.id: _track(ticket, issue, wish, known.get(ticket.id)) for ticket in tickets}


def _track(ticket: Ticket, issue: Ticket, wish: LinkWish, known: Mapping[str, str] | None) -> Prepared:
    """``known``: issue id -> link id; None: it cannot be told."""
    if known is None:
        return refusals.obstacle("unknown", "its links to Jira may not be read by this account")
    if (issue.id in known) is not wish.remove:
        return Prepared()
    action = LinkChange(
        type=LinkType.TRACKED_BY,
        to=issue.key,
        to_id=issue.id,
        native_type="jira",
        remove=wish.remove,
        native={"link_id": known[issue.id]} if wish.remove else {},
    )
    others = [plain(each) for each in ticket.links]
    ours = {"type": LinkType.TRACKED_BY.value, "key": issue.key}
    after = [each for each in others if each != ours] + ([] if wish.remove else [ours])
    risks = [Risk(code="coupling", message="the Jira integration shows the ticket on the issue, and may sync fields")]
    return Prepared(actions=[action], after={"links": after}, risks=risks)


def merge(tickets: Sequence[Ticket], wish: MergeWish) -> Mapping[str, Prepared]:
    """Raises `UsageError` when nothing can be merged into the target."""
    target = wish.into
    if target.platform is not Platform.ZENDESK:
        raise UsageError(f"{target.key} is no ticket of this Zendesk; nothing was changed", hint="give its number")
    if target.status is None or target.status in DONE:
        raise UsageError(
            f"{target.key} is {target.status.value if target.status else 'of unknown status'}, and only tickets that "
            "are not solved can be merged into; nothing was changed",
            hint="open it first, or choose another",
        )
    if _shared(target):
        raise UsageError(f"{target.key} is shared with another account and cannot be merged into; nothing was changed")
    return {ticket.id: refusals.closed(ticket) or _into(ticket, wish) for ticket in tickets}


def _into(ticket: Ticket, wish: MergeWish) -> Prepared:
    target = wish.into
    if ticket.id == target.id:
        return refusals.obstacle("self", "a ticket cannot be merged into itself")
    if _shared(ticket):
        return refusals.obstacle("shared", "it is shared with another account, and such tickets cannot be merged")
    risks = [refusals.MAIL]
    if ticket.requester and target.requester and ticket.requester.id != target.requester.id:
        message = f"its requester is not {target.key}'s and will not see what happens there"
        risks.append(Risk(code="requester", message=message))
    if ticket.kind is Kind.PROBLEM and ticket.native.get("has_incidents"):
        risks.append(Risk(code="cascade", message="it is a problem with incidents, which stay linked to a closed one"))
    return Prepared(
        actions=[Merge(into=target.key, into_id=target.id, note=wish.note)],
        after={"status": Status.CLOSED.value},
        risks=risks,
        final=[MERGING],
        stays={"status": "a merged ticket stays closed"},
    )


def _shared(ticket: Ticket) -> bool:
    return bool(ticket.native.get("sharing_agreement_ids"))
