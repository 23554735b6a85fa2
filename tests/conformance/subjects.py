"""The adapters under test, each on a sandbox whose clock goes on when the adapter waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters import reading
from supportctl.adapters.registry import open_adapter
from supportctl.adapters.writing import Step
from supportctl.changes.making import make_changes
from supportctl.config import Auth, Profile
from supportctl.model import Applied
from supportctl.sandbox.profiles import mappings

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from supportctl.adapters.writing import Handle, Wish
    from supportctl.model import Change, Outcome, Ticket
    from supportctl.sandbox.store import Store
    from tests.fixtures.sandbox import Sandbox


class SharedClock:
    """The adapter's clock is the sandbox's: waiting moves both, nobody waits. The sandbox counts limits by it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.slept = 0.0
        self._moving = threading.Lock()

    def monotonic(self) -> float:
        return self.store.now().timestamp()

    def now(self) -> datetime:
        return self.store.now()

    def sleep(self, seconds: float) -> None:
        with self._moving:
            self.slept += seconds
            self.store.set_clock(self.store.now() + timedelta(seconds=seconds))


@dataclass(frozen=True)
class Subject:
    """What differs between the adapters: who signs in, where pages get their size, how a ticket is changed."""

    platform: str
    pages: tuple[tuple[str, int], ...]
    """Page sizes to set, so that the sample company fills many pages."""
    tickets: str
    """SQL: id of every ticket that an administrator sees."""
    account: tuple[str, str, str]
    """Kind, user and secret of an administrator."""
    limited: tuple[str, str, str]
    """The same for somebody who may not see everything."""
    name: str = ""
    """Of the subject, where a platform has several; else the platform's."""
    deployment: str = "cloud"
    context: str = ""
    """The path its addresses begin with."""

    version: int = 3
    """Of Jira's API."""

    def __str__(self) -> str:
        return self.name or self.platform

    def touch(self, client: httpx.Client, ticket: str, label: str) -> None:
        """Change a ticket as somebody else would, through the API."""
        match self.platform:
            case "zendesk":
                answer = client.put(f"/api/v2/tickets/{ticket}/tags.json", json={"tags": [label]})
            case "servicenow":
                answer = client.patch(f"/api/now/table/task/{ticket}", json={"watch_list": label})
            case _:
                body = {"update": {"labels": [{"add": label}]}}
                answer = client.put(f"{self.context}/rest/api/{self.version}/issue/{ticket}", json=body)
        assert answer.status_code in (200, 204, 403, 422, 400), answer.text

    def a_view(self, client: httpx.Client) -> str:
        """The name of some view, filter or queue that is there."""
        match self.platform:
            case "zendesk":
                return str(client.get("/api/v2/views/active.json").json()["views"][0]["title"])
            case "servicenow":
                return str(client.get("/api/now/table/sys_filter?sysparm_limit=1").json()["result"][0]["title"])
            case _ if self.deployment == "cloud":
                return str(client.get("/rest/api/3/filter/search").json()["values"][0]["name"])
            case _:
                return str(client.get(f"{self.context}/rest/api/2/filter/favourite").json()[0]["name"])

    def reopen(self, client: httpx.Client, closed: str) -> bool:
        """Whether a closed ticket can be brought back by who may do everything."""
        match self.platform:
            case "zendesk":
                answer = client.put(f"/api/v2/tickets/{closed}.json", json={"ticket": {"status": "open"}})
            case "servicenow":
                answer = client.patch(f"/api/now/table/task/{closed}", json={"state": "2"})
                return answer.status_code == 200 and answer.json()["result"]["state"] == "2"
            case _:
                path = f"{self.context}/rest/api/{self.version}/issue/{closed}/transitions"
                ways = client.get(path).json()["transitions"]
                if not ways:
                    return False
                answer = client.post(path, json={"transition": {"id": ways[0]["id"]}})
        return answer.status_code < 300

    def client(self, sandbox: Sandbox) -> httpx.Client:
        """A client of somebody the sandbox's conditions do not apply to."""
        kind, user, secret = self.account
        user += "/token" if self.platform == "zendesk" else ""
        headers = {"X-Sandbox-Bypass": "1"}
        if kind == "pat":
            return httpx.Client(base_url=sandbox.url, headers={**headers, "Authorization": f"Bearer {secret}"})
        return httpx.Client(base_url=sandbox.url, auth=(user, secret), headers=headers)

    def profile(self, sandbox: Sandbox, account: tuple[str, str, str] | None = None, **more: Any) -> Profile:
        kind, user, _ = account or self.account
        return Profile(
            name="conformance",
            platform=self.platform,  # type: ignore[arg-type]
            url=sandbox.url + self.context,
            deployment=self.deployment,  # type: ignore[arg-type]
            auth=Auth(kind=kind, user=user),  # type: ignore[arg-type]
            attachment_hosts=[f"localhost:{sandbox.server.port}"],
            writes=True,
            fields=mappings(self.platform)["fields"],
            statuses=mappings(self.platform)["statuses"],
            **more,
        )

    @contextmanager
    def open(
        self, sandbox: Sandbox, clock: SharedClock, account: tuple[str, str, str] | None = None, **more: Any
    ) -> Iterator[Adapter]:
        adapter = open_adapter(
            self.profile(sandbox, account),
            secret=(account or self.account)[2],
            clock=clock,
            now=sandbox.store.now,
            max_wait=100_000,
            **more,
        )
        try:
            yield adapter
        finally:
            adapter.close()

    def ids(self, sandbox: Sandbox) -> list[str]:
        return [str(row[0]) for row in sandbox.store.rows(self.tickets)]

    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, size in self.pages:
            monkeypatch.setattr(name, size)


def planned(adapter: Adapter, tickets: Sequence[Ticket], *wishes: Wish) -> list[Change]:
    """Changes that fulfil these wishes; all of the tickets can be changed so."""
    found = make_changes(adapter, tickets, wishes)
    assert found.skipped == []
    return found.changes


def made(adapter: Adapter, changes: Sequence[Change]) -> dict[str, Outcome]:
    """What the platform says became of changes, by ticket id, after all their steps and the jobs have ended."""
    outcomes: dict[str, Outcome] = {}
    going = list(changes)
    number = 0
    while going:
        versions = {each.id: each.version for each in reading.get(adapter, [each.key for each in going]).tickets}
        steps = [
            Step(
                change=change,
                number=number,
                actions=adapter.divide(change)[number],
                op=f"{number:016x}",
                version=versions.get(change.id, change.version),
            )
            for change in going
        ]
        for batch in adapter.batches(steps):
            assert len(batch) <= adapter.capabilities.bulk_size
            submission = adapter.submit(batch)
            outcomes |= submission.outcomes
            if submission.handle is not None:
                outcomes |= _followed(adapter, submission.handle)
        number += 1
        going = [
            change
            for change in going
            if number < len(adapter.divide(change)) and isinstance(outcomes.get(change.id), Applied)
        ]
    return outcomes


def _followed(adapter: Adapter, handle: Handle) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for _ in range(10):
        poll = adapter.poll([handle])[handle.id]
        outcomes |= poll.outcomes
        if poll.done:
            return outcomes
    pytest.fail("a job never ends")


SUBJECTS = (
    Subject(
        platform="zendesk",
        pages=(
            ("supportctl.adapters.zendesk.listing.PAGE", 10),
            ("supportctl.adapters.zendesk.listing.EXPORT_PAGE", 15),
            ("supportctl.adapters.zendesk.listing.SMALLER_EXPORT_PAGE", 10),
        ),
        tickets="SELECT id FROM zd_tickets WHERE deleted IS NULL",
        account=("api_token", "ops@harborlight.example", "sandbox-zendesk-token"),
        limited=("oauth", "mira.solberg@harborlight.example", "sandbox-zendesk-agent"),
    ),
    Subject(
        platform="jsm",
        pages=(("supportctl.adapters.jsm.listing.PAGE", 10),),
        tickets="SELECT id FROM jira_issue",
        account=("api_token", "ops@harborlight.example", "sandbox-jira-token"),
        limited=("api_token", "limited@harborlight.example", "sandbox-jira-limited"),
    ),
    Subject(
        platform="jsm",
        name="jira-dc",
        deployment="data_center",
        context="/jira",
        version=2,
        pages=(("supportctl.adapters.jsm.listing.OFFSET_PAGE", 10),),
        tickets="SELECT id FROM jira_issue",
        account=("pat", "ops", "sandbox-jira-pat"),
        limited=("pat", "limited", "sandbox-jira-pat-limited"),
    ),
    Subject(
        platform="servicenow",
        pages=(
            ("supportctl.adapters.servicenow.reader.PAGE", 15),
            ("supportctl.adapters.servicenow.reader.FIRST_PAGE", 20),
        ),
        tickets=(
            "SELECT sys_id FROM sn_record WHERE cls IN ('incident', 'problem', 'sc_request', 'sc_req_item', 'sc_task')"
        ),
        account=("basic", "ops", "sandbox-servicenow-password"),
        limited=("basic", "limited.reader", "sandbox-servicenow-limited"),
    ),
)

EACH = [
    pytest.param(subject, marks=pytest.mark.night) if subject.deployment == "data_center" else subject
    for subject in SUBJECTS
]
"""For tests: Data Center shares most of its adapter with Cloud, and waits for the night."""

HOSTED = [subject for subject in SUBJECTS if subject.deployment == "cloud"]
"""For proofs that take long and look at what is shared with Data Center."""
