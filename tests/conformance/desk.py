"""Somebody at work on a subject: wishes become plans, plans are carried out, and somebody else looks afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from supportctl.adapters import reading
from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.writing import CommentWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal
from supportctl.changes.making import Made, make_changes, wishes_need
from supportctl.changes.means import Means
from supportctl.model import Change, NewComment, Ticket
from supportctl.query import parse
from tests.conformance.subjects import SharedClock, Subject

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter, Needs
    from tests.fixtures.sandbox import Sandbox

WHOLE = frozenset({Need.TAGS, Need.PEOPLE, Need.LINKS, Need.CUSTOM})
MINUTE = 60.0


class Said(NamedTuple):
    """A comment as the platform's own API tells it."""

    public: bool
    text: str


class Facts(NamedTuple):
    """What the platform's own API says of a ticket, in its own words."""

    title: str
    tags: frozenset[str]
    assignee: str | None
    status: str


class Desk:
    """The adapter writes; `said` and `facts` ask the API itself, as an administrator."""

    def __init__(self, subject: Subject, sandbox: Sandbox, adapter: Adapter, clock: SharedClock, folder: Path) -> None:
        self.subject = subject
        self.sandbox = sandbox
        self.adapter = adapter
        self.clock = clock
        self.profile = subject.profile(sandbox)
        self.journal = Journal(folder / "journal.db")
        self.api = subject.client(sandbox)

    def close(self) -> None:
        self.journal.close()
        self.api.close()

    def find(self, query: str, needs: Needs = LISTING, limit: int | None = None) -> list[Ticket]:
        now = self.clock.now()
        selection = Selection(now=now, query=parse(query, now=now))
        return list(reading.Reading(self.adapter, selection, needs, limit=limit))

    def read(self, keys: Iterable[str], needs: Needs = WHOLE) -> list[Ticket]:
        """In the order of the keys, by an adapter of its own that knows nothing of what was written."""
        with self.subject.open(self.sandbox, self.clock) as somebody:
            found = {each.key: each for each in reading.get(somebody, list(keys), needs).tickets}
        return [found[key] for key in keys]

    def plan(self, keys: Iterable[str], *wishes: Wish, comments: Sequence[NewComment] = ()) -> Made:
        tickets = reading.get(self.adapter, list(keys), wishes_need(self.adapter, wishes)).tickets
        return make_changes(self.adapter, tickets, wishes, texts={each.id: list(comments) for each in tickets})

    def apply(self, changes: Sequence[Change], *, undoes: str | None = None, notify: bool = False) -> Report:
        """A run of its own; some time has passed since the last."""
        whole = plans.make(
            self.profile, "test", changes, selected=len(changes), query=None, now=self.clock.now(), undoes=undoes,
            notify=notify,
        )  # fmt: skip
        return self.carry(whole)

    def carry(self, whole: plans.Plan) -> Report:
        """Begin, or go on with, this plan."""
        means = Means(self.adapter, self.journal, self.clock, Settings(settle=1.0))
        return apply(whole, self.profile, means, allow_irreversible=True)

    def do(self, keys: Sequence[str], *wishes: Wish, comments: Sequence[NewComment] = ()) -> Report:
        """Plan and carry out; nothing may be left out or fail."""
        self.clock.sleep(MINUTE)
        made = self.plan(keys, *wishes, comments=comments)
        assert made.skipped == []
        assert made.unchanged == []
        report = self.apply(made.changes)
        assert report.complete, report.outcomes
        return report

    def comment(self, keys: Sequence[str], text: str, *, public: bool = False) -> Report:
        return self.do(keys, CommentWish(public=public), comments=[NewComment(body=text, public=public)])

    def told(self, what: str, **asked: Any) -> Any:
        answer = self.api.get(self.subject.context + what, params=asked)
        assert answer.status_code == 200, answer.text[:300]
        return answer.json()

    def said(self, ticket: Ticket, api: httpx.Client | None = None) -> list[Said]:
        """Every comment of a ticket, oldest first; ``api``: as somebody else sees it."""
        match self.subject.platform:
            case "zendesk":
                found = self.told(f"/api/v2/tickets/{ticket.id}/comments.json", **{"page[size]": 100})["comments"]
                return [Said(each["public"], each["body"]) for each in found]
            case "servicenow":
                found = self.told(
                    "/api/now/table/sys_journal_field",
                    sysparm_query=f"element_id={ticket.id}^ORDERBYsys_created_on",
                    sysparm_fields="element,value",
                )["result"]
                return [Said(each["element"] == "comments", each["value"]) for each in found]
            case _:
                path = f"{self.subject.context}/rest/servicedeskapi/request/{ticket.key}/comment"
                answer = (api or self.api).get(path, params={"limit": 100})
                assert answer.status_code == 200, answer.text[:300]
                return [Said(each["public"], each["body"]) for each in answer.json()["values"]]

    def facts(self, ticket: Ticket) -> Facts:
        match self.subject.platform:
            case "zendesk":
                doc = self.told(f"/api/v2/tickets/{ticket.id}.json")["ticket"]
                assignee = doc["assignee_id"]
                return Facts(doc["subject"], frozenset(doc["tags"]), assignee and str(assignee), doc["status"])
            case "servicenow":
                fields = "short_description,assigned_to,state"
                path = f"/api/now/table/{ticket.native_kind}/{ticket.id}"
                doc = self.told(path, sysparm_fields=fields, sysparm_exclude_reference_link="true")["result"]
                entries = self.told(
                    "/api/now/table/label_entry",
                    sysparm_query=f"table_key={ticket.id}", sysparm_fields="label.name",
                )["result"]  # fmt: skip
                tags = frozenset(each["label.name"] for each in entries)
                return Facts(doc["short_description"], tags, doc["assigned_to"] or None, doc["state"])
            case _:
                path = f"/rest/api/{self.subject.version}/issue/{ticket.id}"
                doc = self.told(path, fields="summary,labels,assignee,status")["fields"]
                who = doc["assignee"] or {}
                assignee = who.get("accountId") or who.get("name")
                return Facts(doc["summary"], frozenset(doc["labels"]), assignee, doc["status"]["statusCategory"]["key"])

    def writes(self) -> int:
        """Requests so far that were made to change something."""
        return int(self.sandbox.stats["kinds"].get("write", 0))
