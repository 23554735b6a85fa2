from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.texts import texts, unread
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Verdict
from supportctl.detect import find_secrets
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket

_SHOWN = 5


class SecretInTicket(TicketRule):
    """A password, key or token stands in the ticket.

    ## What it does
    Looks through title, description, comments, resolution notes, custom fields and attachment names for credentials:
    cloud and platform tokens (with their checksums where they have one), private keys, JSON web tokens that decode,
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
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status is Status.DELETED:
            return OUTSIDE
        found: dict[tuple[str, str], list[Evidence]] = {}
        for text in texts(ticket):
            for secret in find_secrets(text.words):
                evidence = Evidence(field=text.place, seen=f"{secret.kind} {secret.masked}", at=text.at)
                found.setdefault((secret.kind, secret.masked), []).append(evidence)
        if found:
            return Faulty(tuple(_fault(kind, masked, evidence) for (kind, masked), evidence in found.items()))
        return unread(ticket, context) or CLEAN


def _fault(kind: str, masked: str, evidence: list[Evidence]) -> Fault:
    where = sorted({item.field for item in evidence})
    return Fault(
        message=f"{kind.replace('-', ' ')} in {', '.join(where)}",
        seen=f"{kind} {masked}",
        evidence=evidence[:_SHOWN],
    )
