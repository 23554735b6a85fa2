import re
from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import Said, conversation
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Verdict
from supportctl.model import Comment, Confidence, Evidence, Person, Severity, Ticket
from supportctl.text.confidential import greeted, is_marked_internal
from supportctl.text.fold import fold

_MENTION = re.compile(r"\A\s*(?:@|\[~(?:accountid:)?)([^\s\],]+(?: [^\W\d_]+)?)")


class InternalNoteLeakOptions(Options, frozen=True):
    hosts: tuple[str, ...] = ()
    """Ends of host names that only the team may know, e.g. ``.ops.example.net``; none are built in."""
    drafted_within: timedelta = timedelta(days=1)
    """An internal note that greets the customer is a draft if a public comment follows within this time."""


class InternalNoteLeak(TicketRule):
    """A comment went to the wrong readers: a note to the customer, or an answer to nobody.

    ## What it does
    Reports public comments of agents which are marked as internal ("internal note:", "do not share with the
    customer", in ten languages), begin with a mention of a colleague, or name a host of the option `hosts`; and
    internal comments that greet the customer by name and were followed by no public one.

    ## Why is this bad?
    The customer reads what was not meant for them, or never reads what was. Neither can be taken back.

    ## Example
    In public: "[internal] the customer broke it themselves, do not tell them yet."

    ## Fix
    Make the comment internal where the platform can (Zendesk), tell whoever answers for data protection, and write to
    the customer. Never done by a machine.

    ## False positives
    A mark stands by itself: at the beginning of a line, in brackets; "for internal use only" within a sentence is an
    answer about a product. Quoted mail does not count. Drafts: a note that greets the customer is passed over when a
    public comment follows within a day, or came within the hour before. Mentions of people who are no agents of
    this ticket are passed over. Comments of customers and machines, and comments whose visibility is unknown, are not
    looked at. Merged tickets, spam and cancelled tickets are out of scope.

    ## Fields
    Zendesk comments with `public`; JSM comments with `jsdPublic`; ServiceNow journal `comments` against `work_notes`.
    """

    code = "COM406"
    name = "internal-note-leak"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"comments", "requester"})
    options = InternalNoteLeakOptions
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "requester"):
            return unknown
        if not ticket.comments:
            return OUTSIDE
        options = context.options(self.code, InternalNoteLeakOptions)
        said = conversation(ticket, context)
        colleagues = _colleagues(ticket, said)
        faults: list[Fault] = []
        for one in said:
            if one.actor is not Actor.AGENT:
                continue
            if one.public is True and (why := _leaks(one.comment, colleagues, options)) is not None:
                faults.append(_fault(one, f"public comment {why}", "not meant for the customer"))
            elif one.public is False and _is_letter(one, said, ticket, options):
                faults.append(
                    _fault(one, "internal comment greets the customer by name", "the customer cannot read it")
                )
        return Faulty(tuple(faults)) if faults else CLEAN


def _fault(one: Said, what: str, harm: str) -> Fault:
    return Fault(
        message=f"{what}: {harm}",
        seen=f"{one.comment.id} {one.at.isoformat()}",
        evidence=[Evidence(field="comments", seen=what, at=one.at)],
        threshold="marks that stand by themselves (default)",
        passes="a comment that its readers may read",
    )


def _leaks(comment: Comment, colleagues: set[str], options: InternalNoteLeakOptions) -> str | None:
    if is_marked_internal(comment.body):
        return "marked as internal"
    if (mention := _MENTION.match(comment.body)) is not None:
        words = fold(mention[1]).rstrip(":")
        if words in colleagues or words.split()[0] in colleagues:
            return "begins with a mention of a colleague"
    if options.hosts:
        text = fold(comment.body)
        if any(re.search(rf"[\w-]{re.escape(fold(host))}(?![\w-])", text) for host in options.hosts):
            return "names a host of the team's own"
    return None


def _colleagues(ticket: Ticket, said: list[Said]) -> set[str]:
    """Names, first names and ids of the agents seen in this ticket, but for those the customer shares."""
    agents = [one.comment.author for one in said if one.actor is Actor.AGENT]
    found = {handle for person in [*agents, ticket.assignee] if person is not None for handle in _handles(person)}
    return found - (set() if ticket.requester is None else _handles(ticket.requester))


def _handles(person: Person) -> set[str]:
    name = fold(person.name).split() if person.name else []
    mail = [fold(person.email).partition("@")[0]] if person.email else []
    return {fold(person.id), *name[:1], " ".join(name[:2]), *mail} - {""}


def _is_letter(one: Said, said: list[Said], ticket: Ticket, options: InternalNoteLeakOptions) -> bool:
    whom = greeted(one.comment.body)
    if whom is None or ticket.requester is None or not ticket.requester.name:
        return False
    names = fold(ticket.requester.name).split()
    if not set(whom.split()) & set(names) or len(whom.split()) > len(names) + 1:
        return False
    author = one.comment.author
    if author is not None and author.name and fold(author.name).split()[0] in whom.split():
        return False
    return not any(
        other.public is not False
        and other.actor in (Actor.AGENT, Actor.UNKNOWN)
        and -timedelta(hours=1) <= other.at - one.at <= options.drafted_within
        for other in said
        if other is not one
    )
