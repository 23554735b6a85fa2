"""zenpy, a client nobody here wrote, used as it comes on the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def zenpy(sandbox, monkeypatch) -> Iterator[Any]:
    from zenpy import Zenpy

    profile = sandbox.profiles["zendesk"]
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", sandbox.url.removeprefix("http://"))
    client = Zenpy(subdomain="harborlight", email=profile["user"], token=profile["secret"])
    yield client
    client.tickets.session.close()


@pytest.mark.slow
def test_it_lists_reads_and_searches(zenpy, sandbox) -> None:
    everything = {row["id"] for row in sandbox.store.rows("SELECT id FROM zd_tickets")}
    archived = sandbox.store.now().timestamp() - 120 * 86_400
    listed = "SELECT count(*) FROM zd_tickets WHERE deleted IS NULL AND NOT (status = 'closed' AND updated < ?)"
    total = sandbox.store.value(listed, (archived,))
    assert total < len(everything)
    assert zenpy.users.me().role == "admin"
    assert len({ticket.id for ticket in zenpy.tickets(cursor_pagination=True)}) == total
    assert len({ticket.id for ticket in zenpy.tickets()}) == total
    found = list(zenpy.search(type="ticket", status="open"))
    assert found
    assert {ticket.status for ticket in found} == {"open"}
    assert {ticket.id for ticket in zenpy.search_export(type="ticket", status="open")} == {t.id for t in found}
    ticket = zenpy.tickets(id=found[0].id)
    assert ticket.requester.email
    assert next(comment.body for comment in zenpy.tickets.comments(ticket=ticket)) == ticket.description
    assert list(zenpy.tickets.audits(ticket=ticket))
    exported = zenpy.tickets.incremental(start_time=1, paginate_by_time=False)
    assert {ticket.id for ticket in exported} == everything


def test_it_writes(zenpy) -> None:
    from zenpy.lib.api_objects import Comment, Ticket

    ticket = next(iter(zenpy.search(type="ticket", status="open")))
    zenpy.tickets.add_tags(ticket.id, ["from-zenpy"])
    ticket = zenpy.tickets(id=ticket.id)
    ticket.comment = Comment(body="Looked at from zenpy.", public=False)
    audit = zenpy.tickets.update(ticket)
    assert [event["type"] for event in audit.audit.events] == ["Comment"]
    made = zenpy.tickets.create(Ticket(subject="From zenpy", comment=Comment(body="Created."))).ticket
    job = zenpy.tickets.update([Ticket(id=made.id, additional_tags=["many"]), Ticket(id=ticket.id, status="pending")])
    assert job.status == "queued"
    assert zenpy.tickets(id=made.id).subject == "From zenpy"
    zenpy.tickets.delete(made)
