from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.leaks import Leak, Leaks
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.texts import texts, unread
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Verdict
from supportctl.detect import find_secrets
from supportctl.model import Confidence, Severity, Status, Ticket

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
        found = Leaks()
        for text in texts(ticket):
            for secret in find_secrets(text.words):
                found.add(text, secret.kind, secret.masked, text.words[secret.start : secret.end])
        if found:
            return Faulty(tuple(_fault(leak) for leak in found))
        return unread(ticket, context) or CLEAN


def _fault(leak: Leak) -> Fault:
    return Fault(
        message=f"{leak.kind.replace('-', ' ')} in {leak.places}", seen=leak.seen, evidence=leak.evidence[:_SHOWN]
    )
