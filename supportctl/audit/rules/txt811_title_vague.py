import re
from typing import ClassVar

from supportctl.audit.actors import is_bot
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import lacks, settling
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Status, Ticket
from supportctl.text.fold import fold
from supportctl.text.titles import bare_title, is_stock


class TitleOptions(Options, frozen=True):
    words: int = 2
    """A title of at most this many words is vague."""
    form_defaults: tuple[str, ...] = ()
    """Titles your forms and mail gateways fill in by themselves."""


class TitleVague(TicketRule):
    """The title does not say what the ticket is about.

    ## What it does
    Reports titles of one or two words, stock phrases ("help", "urgent", "it does not work" in ten languages), titles
    that hold nothing but `Re: Fwd:`, the defaults of forms, and titles written in capitals throughout.

    ## Why is this bad?
    Nobody finds it again, duplicates stay unseen, and everybody has to open the ticket to know what it is.

    ## Example
    "Problem!!!" on a ticket that two agents have worked on for a week.

    ## Fix
    Rename it at triage: what is affected, what happens, since when ("Card terminal 3 rejects all cards since
    Monday").

    ## False positives
    The customer's own words are theirs: the title counts only once an agent has taken the ticket over. Error codes and
    the like are specific, however short ("ORA-00600"); long compounds count as several words, and scripts
    without spaces are measured in characters. Titles of chats and calls, and those written by monitoring, are out of
    scope. Options: `words`, `form_defaults`.

    ## Fields
    Zendesk `subject`; Jira `summary`; ServiceNow `short_description`.
    """

    code = "TXT811"
    name = "title-vague"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"title", "status"})
    empty_field = "title"
    options = TitleOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if unknown := lacks(ticket, "title"):
            return unknown
        options = context.options(self.code, TitleOptions)
        reason = _vague(ticket.title or "", options)
        if reason is None:
            return CLEAN
        if _machine_made(ticket, context):
            return OUTSIDE
        if not ticket.done:
            if unknown := lacks(ticket, "assignee"):
                return unknown
            if ticket.assignee is None or ticket.status is Status.NEW:
                return GRACE
        return fault(
            f"the title {reason}",
            reason,
            [Evidence(field="title", seen=reason)],
            threshold=f"more than {options.words} words ({'default' if options.words == 2 else 'option words'})",
            passes="name the thing concerned and what happens to it",
        )

    def found_empty(self, ticket: Ticket) -> bool:
        return not (ticket.title or "").strip()


def _machine_made(ticket: Ticket, context: Context) -> bool:
    if ticket.channel is not None and fold(ticket.channel) in context.settings.unprioritised_channels:
        return True
    return ticket.requester is not None and is_bot(ticket.requester, context)


def _vague(title: str, options: TitleOptions) -> str | None:
    bare = bare_title(title)
    if not bare:
        return "holds only a prefix or signs" if title.strip() else "is empty"
    folded = fold(bare)
    if is_stock(bare) or is_stock(_NUMBERED.sub("", bare)):
        return "is a phrase that fits any ticket"
    if options.form_defaults and folded in {fold(bare_title(default)) for default in options.form_defaults}:
        return "is the default of the form"
    length = _words(bare)
    if length <= options.words and not _names_a_code(bare):
        return "is a single word" if length <= 1 else f"has at most {options.words} words"
    return "is in capitals throughout" if _shouts(bare) else None


_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that put no spaces between words."""
_COMPOUND = re.compile(
    r"(?!.*(?:tion|tions|sion|ment|ness|ing|ity|able|ible|ción|ciones|ção|ções|zione|zioni|ität)$).{12}"
)
"""Long words without a Latin ending: most of them are made of two."""
_NUMBERED = re.compile(r"[\W\d_]+$")
_CODE = re.compile(r"[0-9]{3}|(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{4}")
_LOUD = re.compile(r"[^\W\d_]{5,}")


def _words(bare: str) -> int:
    dense = len(_DENSE.findall(bare))
    spaced = [word for word in _DENSE.sub(" ", bare).split() if any(map(str.isalnum, word))]
    return -(-dense // 2) + sum(2 if _COMPOUND.match(word) else 1 for word in spaced)


def _names_a_code(bare: str) -> bool:
    return any(_CODE.match(word) or re.search(r"[0-9]{3}", word) for word in bare.split())


def _shouts(bare: str) -> bool:
    """Abbreviations are written in capitals, sentences are not; most scripts have no capitals."""
    loud = [word for word in _LOUD.findall(bare) if word.lower() != word]
    return len(loud) >= 2 and bare.count(" ") >= 2 and bare == bare.upper()
