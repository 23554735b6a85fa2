"""Tickets and cases for packets, made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from supportctl.evidence.packet.build import Built, build
from supportctl.evidence.packet.parts import Audience, Case, Element, File, Wish
from supportctl.evidence.redact import Identities, Tokens
from supportctl.model import (
    Attachment,
    Comment,
    CustomField,
    Event,
    NamedRef,
    Person,
    Platform,
    Priority,
    Role,
    Status,
    Ticket,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVA = Person(id="1", name="Eva Kleinschmidt", email="eva.kleinschmidt@firma-x.de", role=Role.END_USER)
OTTO = Person(id="2", name="Otto Wagenbrecht", email="otto.wagenbrecht@desk.example", role=Role.AGENT)
SECRETS = (
    "kleinschmidt", "Kleinschmidt", "wagenbrecht", "Wagenbrecht", "firma-x", "4111 1111", "41111111", "Geheim77",
    "+49 30 901820", "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
)  # fmt: skip


def wish(to: Audience = "engineering", at: datetime = NOW) -> Wish:
    return Wish(to=to, created_at=at, zone=ZoneInfo("Europe/Berlin"), zone_name="Europe/Berlin", version="1.2.3")


def comment(number: int, author: Person | None, body: str, *, public: bool | None = True) -> Comment:
    return Comment(
        id=str(number), author=author, created_at=NOW - timedelta(hours=10 - number), body=body, public=public
    )


def ticket(number: int = 12, **changes: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.JSM,
        "profile": "prod",
        "id": str(10_000 + number),
        "key": f"SUP-{number}",
        "url": f"https://acme.example/browse/SUP-{number}",
        "title": "Checkout fails with ERR-4012 for Eva Kleinschmidt",
        "description": "Hello,\n1. Open the cart\n2. Pay by card 4111 1111 1111 1111\n\nCall +49 30 901820, Eva",
        "status": Status.OPEN,
        "native_status": "In Progress",
        "priority": Priority.P2,
        "requester": EVA,
        "assignee": OTTO,
        "group": NamedRef(id="g", name="Tier 1"),
        "organization": NamedRef(id="o", name="Kleinschmidt Pumpen GmbH"),
        "created_at": NOW - timedelta(hours=10),
        "comments": [
            comment(1, OTTO, "Could you send a log? Password=Geheim77!x"),
            comment(2, EVA, "Attached. | pipe <b>bold</b> @channel #12"),
            comment(3, OTTO, "Restarted the service, no change.", public=False),
        ],
        "history": [
            Event(id="1", at=NOW - timedelta(hours=9), actor=OTTO, field="status", before="new", after="open"),
            Event(id="2", at=NOW - timedelta(hours=9), actor=OTTO, field="assignee", after="Otto Wagenbrecht"),
        ],
        "custom": [
            CustomField(id="c1", name="Phone", value="+49 30 901820"),
            CustomField(id="c2", name="API key", value="sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ],
        "attachments": [Attachment(id="1", filename="eva_kleinschmidt.png", size=300)],
    }
    return Ticket(**{**values, **changes})  # type: ignore[arg-type]


ELEMENTS = (
    Element(name="actual", state="present", text="ERR-4012 at step 2", source="SUP-12, description, line 3"),
    Element(
        name="steps",
        state="inferred",
        text="1. Open the cart\n2. Pay by card 4111 1111 1111 1111",
        source="SUP-12, description, line 2",
        question="Which steps lead to it?",
    ),
    Element(name="environment", state="missing", question="Which version and which browser?"),
)
LOG = b"2026-03-02 02:12:01 ERROR request_id=9f8e7d6c5b4a pay failed for eva.kleinschmidt@firma-x.de\n" * 3


def case(*tickets: Ticket, **changes: object) -> Case:
    values: dict[str, object] = {
        "tickets": tickets or (ticket(),),
        "elements": ELEMENTS,
        "score": 48,
        "files": (
            File(name="app.log", data=LOG),
            File(name="eva.kleinschmidt@firma-x.de.png", data=b"\x89PNG pixels", needs_eye=True, of="SUP-12"),
            File(name="setup.exe", data=None, size=4, note="a program; it is not opened", of="SUP-12"),
        ),
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]


def built(given: Case | None = None, to: Audience = "engineering", *names: str) -> Built:
    given = case() if given is None else given
    identities = Identities.of_tickets(given.tickets, names=names)
    return build(given, wish(to), identities=identities, tokens=Tokens())


def data(made: Built, name: str) -> bytes:
    content = made.files[name]
    assert isinstance(content, bytes)
    return content


def text(made: Built, name: str) -> str:
    return data(made, name).decode()
