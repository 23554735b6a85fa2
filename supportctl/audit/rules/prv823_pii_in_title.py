import re
from typing import ClassVar

from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.detect.pii import find_pii
from supportctl.model import Confidence, Evidence, Person, Severity, Ticket
from supportctl.text.fold import fold, fold_word
from supportctl.text.mailboxes import MAILBOXES, NOBODY


class TitlePiiOptions(Options, frozen=True):
    shared_mailboxes: tuple[str, ...] = ()
    """Further addresses, or parts before or after the ``@``, that belong to nobody in person."""


class PiiInTitle(TicketRule):
    """The title holds an e-mail address, a telephone number, or the customer's name or login.

    ## What it does
    Looks for addresses and telephone numbers in the title, and for the requester's own full name and login.

    ## Why is this bad?
    Titles travel further than tickets: lists, notifications, chat posts, dashboards on the wall, exports, URLs.

    ## Example
    "Password reset for ann.lee@acme-hotels.com".

    ## Fix
    Rename the ticket; requester and contact fields are the place for who it is about.

    ## False positives
    Shared mailboxes (`info@`, `support@`, `noreply@` …; more in the option `shared_mailboxes`) and toll-free numbers
    belong to nobody. Calls and chats are named by the platform ("Voicemail from …") and are out of scope, as are
    merged and deleted tickets and spam. Dates, versions, addresses of machines and order numbers are no telephone
    numbers. Accounts of a place rather than a person ("Front Desk") are no names.

    ## Fields
    Zendesk `subject`; Jira `summary`; ServiceNow `short_description`.
    """

    code = "PRV823"
    name = "pii-in-title"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    fields: ClassVar[frozenset[str]] = frozenset({"title"})
    options = TitlePiiOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "title"):
            return unknown
        title = ticket.title or ""
        found = _contacts(title, context.options(self.code, TitlePiiOptions).shared_mailboxes)
        if ticket.requester is not None:
            found += _names(title, ticket.requester)
        if not found:
            return CLEAN
        if _PLATFORM_MADE.match(title) or fold_word(ticket.channel or "") in context.settings.unprioritised_channels:
            return OUTSIDE
        kinds = list(dict.fromkeys(found))
        return fault(
            f"{' and '.join(kinds)} in the title",
            ", ".join(kinds),
            [Evidence(field="title", seen=f"{kind} ****", at=ticket.created_at) for kind in kinds],
        )


_PLATFORM_MADE = re.compile(
    r"\s*(?:(?:missed|abandoned|incoming|inbound|outgoing|outbound|new|facebook|whatsapp|text|phone|voice|video|live) )"
    r"{0,2}(?:call|voicemail|voice mail|chat|conversation|sms|message|"
    r"anruf|appel|llamada)s? (?:with|from|to|von|mit|an|de|à)\b",
    re.IGNORECASE,
)
_TOLL_FREE = re.compile(r"\W*(?:(?:\+|00)?1?\W*8(?:00|33|44|55|66|77|88)|(?:\+[0-9]{2}\W*)?\(?0?\)?800)")


def _contacts(title: str, shared: tuple[str, ...]) -> list[str]:
    """In our own words: ``e-mail address``, ``telephone number``."""
    found = []
    for pii in find_pii(title, ("email", "phone")):
        value = title[pii.start : pii.end]
        if not pii.sure:
            continue
        if pii.kind == "phone" and not _TOLL_FREE.match(value):
            found.append("telephone number")
        elif pii.kind == "email" and not _is_shared(fold(value), shared):
            found.append("e-mail address")
    return found


def _is_shared(address: str, shared: tuple[str, ...]) -> bool:
    local, _, domain = address.partition("@")
    if not {address, local, domain}.isdisjoint(fold_word(each).strip("@") for each in shared):
        return True
    return local in MAILBOXES or not set(re.split(r"[._+-]", local)).isdisjoint(MAILBOXES)


def _names(title: str, person: Person) -> list[str]:
    folded = fold(title)
    found = []
    name = fold(person.name or "").split()
    if 2 <= len(name) <= 4 and NOBODY.isdisjoint(name) and _holds(folded, " ".join(name)):
        found.append("name")
    login = person.native.get("user_name")
    if isinstance(login, str) and len(login) >= 5 and _is_own(login) and _holds(folded, fold(login)):
        found.append("login")
    return found


def _is_own(login: str) -> bool:
    """A login that is an ordinary word may stand in a title by chance."""
    parts = [part for part in re.split(r"[._-]", fold(login)) if part]
    return (len(parts) > 1 or any(map(str.isdigit, login))) and NOBODY.isdisjoint(parts)


def _holds(title: str, words: str) -> bool:
    return words in title and re.search(rf"(?<![\w@.]){re.escape(words)}(?![\w@])", title) is not None
