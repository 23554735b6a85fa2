"""Links from tickets to Jira issues, which Zendesk keeps beside the tickets.

``GET /jira/links`` lists them a thousand at a time, or those of one ticket; administrators only.
(developer.zendesk.com, "Jira Links")
"""

from collections.abc import Sequence

from supportctl.adapters.zendesk.account import API, Account
from supportctl.adapters.zendesk.types import Json, paging
from supportctl.errors import InvalidRequestError, NotFoundError, PermissionDeniedError
from supportctl.model import Link, LinkChange, LinkType, Platform
from supportctl.wire import Intent

PATH = "/jira/links"
PAGE = 1000
FEW = 3
"""Up to so many tickets are asked for one by one; more, and the whole list may be cheaper."""


def listed(account: Account, ids: Sequence[str]) -> dict[str, list[Json]] | None:
    """Link documents by ticket id; None when the account may not read them, or has no Jira integration."""
    if account.jira_hidden:
        return None
    found: dict[str, list[Json]] = {number: [] for number in ids}
    try:
        left = list(ids) if len(ids) <= FEW else _from_whole_list(account, found)
        for number in left:
            found[number] = _of(account, {"filter[ticket_id]": number, "page[size]": PAGE}, len(ids) + 100)[0]
    except (PermissionDeniedError, NotFoundError, InvalidRequestError):
        account.jira_hidden = True
        return None
    return found


def _from_whole_list(account: Account, found: dict[str, list[Json]]) -> list[str]:
    """Take links from the list of all. Returns the tickets to be asked for one by one, when the list is too long."""
    docs, whole = _of(account, {"page[size]": PAGE}, most=max(1, len(found) // 2))
    if not whole:
        return list(found)
    for doc in docs:
        found.get(str(doc.get("ticket_id")), []).append(doc)
    return []


def _of(account: Account, asked: Json, most: int) -> tuple[list[Json], bool]:
    """The links of up to ``most`` pages, and whether that was all."""
    docs: list[Json] = []
    seen: set[str] = set()
    for _ in range(most):
        envelope = account.page(f"{PATH}.json", "links to Jira", seen, **asked)
        listed_here = envelope.get("links")
        docs += listed_here if isinstance(listed_here, list) else []
        following = paging(envelope)
        if not following.more:
            return docs, True
        asked = {**asked, "page[after]": following.cursor}
    return docs, False


def jira_links(account: Account, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """By ticket id, the issue ids it is linked to, each with the link's own id. Empty when they may not be read."""
    docs = listed(account, ids)
    if docs is None:
        return {}
    return {
        number: {str(doc.get("issue_id")): str(doc.get("id")) for doc in several} for number, several in docs.items()
    }


def send(account: Account, ticket: str, action: LinkChange) -> None:
    """Make or remove one link. Raises what the transport raises."""
    if action.remove:
        path = f"{API}{PATH}/{action.native['link_id']}.json"
        account.transport.request("DELETE", path, intent=Intent.ONCE)
        return
    link = {"ticket_id": ticket, "issue_id": action.to_id, "issue_key": action.to}
    account.transport.request("POST", f"{API}{PATH}.json", json={"link": link}, intent=Intent.ONCE)


def link(doc: Json) -> Link:
    """One link document. Takes ``doc`` apart."""
    key, number = doc.pop("issue_key", None), doc.pop("issue_id", None)
    return Link(
        type=LinkType.TRACKED_BY, key=str(key or number), id=str(number), native_type="jira", platform=Platform.JSM,
        native=doc,
    )  # fmt: skip
