from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.detect import find_secrets
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket

PLACES = ("title", "description", "resolution_notes", "comments")
_SHOWN = 5


class SecretInTicket(TicketRule):
    """A password, key or token stands in the ticket.

    ## What it does
    Looks through title, description, comments, resolution notes and attachment names for credentials: cloud and
    platform tokens (with their checksums where they have one), private keys, JSON web tokens that decode,
    passwords in URLs and after words like "password:".

    ## Why is this bad?
    Everybody who can read the ticket can use it, mail copies of it are out of your hands, and exports keep it.

    ## Example
    A customer pastes a configuration file with an `AKIA…` key into the description.

    ## Fix
    Have the secret revoked first; then redact it. Redaction cannot be undone on Zendesk.

    ## False positives
    Documentation samples, test keys, templates, hashes and filler are not reported. A finding shows the public
    prefix and at most the last four characters, never the secret. Deleted tickets are out of scope; merged ones
    and spam are not, for the secret is still there.

    ## Fields
    All text on every platform. Where a part cannot be read and the rest holds nothing, the ticket is not judged.
    """

    code = "PRV821"
    name = "secret-in-ticket"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status is Status.DELETED:
            return OUTSIDE
        found: dict[tuple[str, str], list[Evidence]] = {}
        for place, text, at in _texts(ticket):
            for secret in find_secrets(text):
                evidence = Evidence(field=place, seen=f"{secret.kind} {secret.masked}", at=at)
                found.setdefault((secret.kind, secret.masked), []).append(evidence)
        if found:
            return Faulty(tuple(_fault(kind, masked, evidence) for (kind, masked), evidence in found.items()))
        for place in PLACES:
            if place in ticket.unknown and place not in context.capabilities.unknown_fields:
                return Unjudged(place)
        return CLEAN


def _fault(kind: str, masked: str, evidence: list[Evidence]) -> Fault:
    where = sorted({item.field for item in evidence})
    return Fault(
        message=f"{kind.replace('-', ' ')} in {', '.join(where)}",
        seen=f"{kind} {masked}",
        evidence=evidence[:_SHOWN],
    )


def _texts(ticket: Ticket) -> Iterator[tuple[str, str, datetime | None]]:
    for place in ("title", "description", "resolution_notes"):
        if text := getattr(ticket, place):
            yield place, text, ticket.created_at if place != "resolution_notes" else ticket.resolved_at
    for comment in ticket.comments:
        yield "comments", comment.body, comment.created_at
        for attachment in comment.attachments:
            yield "attachments", attachment.filename, comment.created_at
    for attachment in ticket.attachments:
        yield "attachments", attachment.filename, attachment.created_at
