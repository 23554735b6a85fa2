from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.leaks import Leak, Leaks
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.texts import Text, texts, unread
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Verdict
from supportctl.detect.pii import IDENTITY_KINDS, find_pii
from supportctl.model import Confidence, Severity, Status, Ticket

_SHOWN = 5
_SAID = {"card": "payment card number", "iban": "bank account number (IBAN)", "us-ssn": "US social security number"}


class IdentityOptions(Options, frozen=True):
    kinds: tuple[str, ...] = IDENTITY_KINDS
    """What is looked for: ``card``, ``iban``, ``us-ssn``, ``de-tax-id`` …"""
    own_accounts: tuple[str, ...] = ()
    """Your own bank accounts, which stand in your invoices and replies."""


class PanOrNationalId(TicketRule):
    """A payment card, a bank account or a national identity number stands in the ticket.

    ## What it does
    Looks through all text for card numbers (issuer, length, Luhn digit), IBANs (country, length, check digits) and
    national identity numbers of forty countries (their checksums, and most of them only beside their name).

    ## Why is this bad?
    A card number makes the ticket system part of the card environment (PCI DSS); the others let somebody pretend to
    be the customer, and every agent, export and mail copy has them.

    ## Example
    "Please charge 4539 1488 0343 6467 instead" in a comment.

    ## Fix
    Redact it in the ticket, and give customers a payment or upload page for such things.

    ## False positives
    One order number in ten passes the card check: a bare row of digits counts only beside a word about cards, an
    expiry date or a security code, and never behind "order", "invoice", "serial" and the like. Numbers that card
    schemes and banks publish as samples are passed over where the text speaks of tests or examples. Your own accounts
    go into the option `own_accounts`. A finding shows the last four digits of a card, the country of an account and
    nothing else. Deleted tickets are out of scope; merged ones and spam are not, for the number is still there.

    ## Fields
    All text on every platform. Where a part cannot be read and the rest holds nothing, the ticket is not judged.
    """

    code = "PRV822"
    name = "pan-or-national-id"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    reads_text = True
    options = IdentityOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status is Status.DELETED:
            return OUTSIDE
        options = context.options(self.code, IdentityOptions)
        own = {_plain(account) for account in options.own_accounts}
        found = Leaks()
        for text in texts(ticket):
            for kind, masked, number in _numbers(text, options, own):
                found.add(text, kind, masked, number)
        if found:
            return Faulty(tuple(_fault(leak) for leak in found))
        return unread(ticket, context) or CLEAN


def _numbers(text: Text, options: IdentityOptions, own: set[str]) -> list[tuple[str, str, str]]:
    """Kind, how it is shown, and the number itself."""
    found = [
        (pii.kind, pii.masked, _plain(text.words[pii.start : pii.end]))
        for pii in find_pii(text.words, options.kinds)
        if pii.sure
    ]
    return [each for each in found if each[2] not in own]


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper()


def _fault(leak: Leak) -> Fault:
    return Fault(
        message=f"{_SAID.get(leak.kind, f'national identity number ({leak.kind})')} in {leak.places}",
        seen=leak.seen,
        evidence=leak.evidence[:_SHOWN],
    )
