"""Comments, history and attachments: one request per ticket (Zendesk has no bulk form), a few at a time."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from supportctl.adapters.base import Need, Needs, Notice
from supportctl.adapters.zendesk import jira_links, threads
from supportctl.adapters.zendesk.account import Account
from supportctl.adapters.zendesk.decode import link
from supportctl.adapters.zendesk.types import Json
from supportctl.errors import NotFoundError, PermissionDeniedError
from supportctl.model import Attachment, Comment, Event, Link, LinkType, Ticket, Unknown

T = TypeVar("T")

WORKERS = 4


def comments(account: Account, tickets: Sequence[Ticket]) -> dict[str, list[Comment]]:
    """By ticket id, oldest first; tickets whose comments are hidden are missing."""

    def read(ticket: Ticket) -> list[Comment]:
        docs = account.each(
            f"/tickets/{ticket.id}/comments.json",
            "comments",
            f"comments of {ticket.key}",
            include="users",
            include_inline_images="true",
        )
        return [threads.comment(doc, account.context) for doc in docs]

    return each_of(tickets, read)


def history(account: Account, tickets: Sequence[Ticket]) -> dict[str, list[Event]]:
    """By ticket id, oldest first. Archived tickets' audits come in one piece."""

    def read(ticket: Ticket) -> list[Event]:
        docs = list(
            account.each(f"/tickets/{ticket.id}/audits.json", "audits", f"audits of {ticket.key}", include="users")
        )
        docs.sort(key=lambda doc: (doc.get("created_at") or "", doc.get("id") or 0))
        return [event for doc in docs for event in threads.audit(doc, account.context)]

    return each_of(tickets, read)


def attachments(found: Mapping[str, list[Comment]]) -> dict[str, list[Attachment]]:
    """The attachments of comments, in their order."""
    return {number: [each for comment in thread for each in comment.attachments] for number, thread in found.items()}


def incidents(account: Account, tickets: Sequence[Ticket]) -> dict[str, list[Link]]:
    """By id of a problem ticket, its incidents."""

    def read(ticket: Ticket) -> list[Link]:
        docs: Sequence[Json] = list(
            account.each(f"/tickets/{ticket.id}/incidents.json", "tickets", f"incidents of {ticket.key}")
        )
        return [
            link(
                LinkType.INCIDENT,
                doc["id"],
                "incidents",
                doc.get("subject"),
                account.context.status(doc.get("status"), doc.get("custom_status_id")),
            )
            for doc in docs
        ]

    return each_of(tickets, read)


def fill(account: Account, tickets: list[Ticket], needs: Needs) -> tuple[list[Ticket], list[Notice]]:
    """The same tickets with what ``needs`` asks for beyond a listing."""
    additions: dict[str, Json] = {ticket.id: {} for ticket in tickets}
    hidden: dict[str, list[str]] = {ticket.id: [] for ticket in tickets}
    asked: list[str] = []

    def add(field: str, found: Mapping[str, object]) -> None:
        asked.append(field)
        for ticket in tickets:
            if ticket.id in found:
                additions[ticket.id][field] = found[ticket.id]
            else:
                hidden[ticket.id].append(field)

    if needs & {Need.COMMENTS, Need.ATTACHMENTS}:
        threads_found = comments(account, tickets)
        if Need.COMMENTS in needs:
            add("comments", threads_found)
        if Need.ATTACHMENTS in needs:
            add("attachments", attachments(threads_found))
    if Need.HISTORY in needs:
        add("history", history(account, tickets))
    if Need.LINKS in needs and (problems := [ticket for ticket in tickets if "links" in ticket.unknown]):
        found = incidents(account, problems)
        for ticket in problems:
            if ticket.id in found:
                additions[ticket.id]["links"] = [*ticket.links, *found[ticket.id]]
            else:
                hidden[ticket.id].append("links")
    if Need.LINKS in needs and tickets:
        tracked = jira_links.listed(account, [ticket.id for ticket in tickets]) or {}
        for ticket in tickets:
            if docs := tracked.get(ticket.id):
                held = additions[ticket.id].get("links", ticket.links)
                additions[ticket.id]["links"] = [*held, *map(jira_links.link, docs)]
    if not asked and not any(additions.values()) and not any(hidden.values()):
        return tickets, []
    filled = [_with(ticket, additions[ticket.id], hidden[ticket.id]) for ticket in tickets]
    notices = []
    for field in [*asked, "links"]:
        count = sum(field in names for names in hidden.values())
        if count:
            message = f"{field} of some tickets may not be read by this account"
            notices.append(Notice(code=f"{field}-hidden", message=message, count=count))
    return filled, notices


def _with(ticket: Ticket, additions: Json, hidden: Sequence[str]) -> Ticket:
    gap = {name: reason for name, reason in ticket.unknown.items() if name not in additions}
    gap |= dict.fromkeys(hidden, Unknown.HIDDEN)
    return msgspec.structs.replace(ticket, unknown=gap, **additions)


def each_of(tickets: Sequence[Ticket], read: Callable[[Ticket], T]) -> dict[str, T]:
    """``read`` for every ticket, a few at a time; tickets it is refused for are left out."""

    def attempt(ticket: Ticket) -> tuple[str, T] | None:
        try:
            return ticket.id, read(ticket)
        except (NotFoundError, PermissionDeniedError):
            return None

    if len(tickets) < 2:
        results = [attempt(ticket) for ticket in tickets]
    else:
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            futures = [pool.submit(attempt, ticket) for ticket in tickets]
            try:
                results = [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
    return dict(result for result in results if result is not None)
