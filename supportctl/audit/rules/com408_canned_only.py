import re
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import conversation, serves_nobody, unsure
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.text.fold import fold, fold_word
from supportctl.text.quoted import own_words

LONGEST_BLANK = 80


class CannedOnlyOptions(Options, frozen=True):
    macros: tuple[str, ...] = ()
    """The texts of the team's macros; ``{{…}}`` stands for anything, up to 80 characters. Silent without."""
    replies: int = 2
    """A ticket with fewer public replies than this is passed over: one macro may be all it takes."""
    routine: tuple[str, ...] = (
        "password",
        "password_reset",
        "passwort",
        "kennwort",
        "unlock",
        "mot de passe",
        "contraseña",
    )
    """Categories, subcategories and tags of requests that a macro is made for."""


class CannedOnly(TicketRule):
    """Every reply the customer got is a macro, word by word.

    ## What it does
    Reports resolved tickets with two or more public replies by agents, all of which are the unchanged text of a macro
    named in the option `macros`.

    ## Why is this bad?
    The customer notices that nobody read the question. Often the right macro was not among them.

    ## Example
    "Please clear your cache and try again" four times, by three agents.

    ## Fix
    Begin with a sentence of your own about what the customer wrote; put the macro after it.

    ## False positives
    Routine requests (option `routine`: password resets) are what macros are for. Tickets with one reply, machines'
    comments, internal notes, merged and duplicate tickets, spam and cancelled tickets are out of scope. A greeting
    or a signature around the macro does not make it one's own; any other word does.

    ## Fields
    Zendesk, JSM and ServiceNow public comments. No platform tells which comment came from which macro: their texts
    are named in the settings.
    """

    code = "COM408"
    name = "canned-only"
    severity = Severity.LOW
    confidence = Confidence.LOW
    persona = Persona.AUDITOR
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "comments", "requester"})
    options = CannedOnlyOptions
    reads_text = True

    def unmet(self, context: Context) -> str | None:
        if reason := super().unmet(context):
            return reason
        if not context.options(self.code, CannedOnlyOptions).macros:
            return "needs the texts of the macros (option macros)"
        return None

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.done is not True or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "requester"):
            return unknown
        options = context.options(self.code, CannedOnlyOptions)
        if serves_nobody(ticket, context) or _is_routine(ticket, options):
            return OUTSIDE
        said = conversation(ticket, context)
        replies = [one for one in said if one.is_reply]
        if len(replies) < options.replies:
            return OUTSIDE
        macros = _macros(context, options)
        if not all(_is_macro(one.comment.body, macros) for one in replies):
            return CLEAN
        if any(unsure(one) for one in said if one.actor is not Actor.CUSTOMER):
            return Unjudged("comments")
        return fault(
            "every public reply is a macro, word by word",
            " ".join(one.comment.id for one in replies),
            [Evidence(field="comments", seen=f"{len(replies)} public replies, all of them macros", at=replies[0].at)],
            threshold=f"{options.replies} or more replies (option replies)",
            passes="a reply with a sentence of its own",
        )


_GREETING = re.compile(
    r"\A(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten tag|sehr geehrte[rs]?|liebe[rs]?|bonjour|"
    r"hola|buenos días|ciao|"
    r"buongiorno|olá|bom dia|beste|geachte)\b[^\n,!:.]{0,60}[,!:.]?\s+"
)
_CLOSING = re.compile(
    r"\s+(?:(?:kind |best |warm )?regards|best|cheers|thanks|sincerely|yours sincerely|viele grüße|"
    r"mit freundlichen grüßen|freundliche grüße|"
    r"cordialement|un saludo|saludos|cordiali saluti|cumprimentos|met vriendelijke groet)\b[\s\S]{0,120}\Z"
)
_SPACES = re.compile(r"\s+")
_BLANK = re.compile(r"\{\{.*?\}\}|\[\[.*?\]\]")


def _macros(context: Context, options: CannedOnlyOptions) -> list[list[str]]:
    return context.of_run("macros", lambda: [_fixed_parts(text) for text in options.macros if text.strip()])


def _fixed_parts(macro: str) -> list[str]:
    """What stands between the blanks of a macro, as its readers see it."""
    return _plain(_BLANK.sub("\0", macro)).split("\0")


def _plain(text: str) -> str:
    """Folded, on one line, without greeting and farewell."""
    return _SPACES.sub(" ", _CLOSING.sub("", _GREETING.sub("", fold(text).strip())).strip())


def _is_macro(body: str, macros: list[list[str]]) -> bool:
    text = _plain(own_words(body))
    return any(_matches(text, parts) for parts in macros)


def _matches(text: str, parts: list[str]) -> bool:
    """Whether the text is these parts in order, with no more than a name or so in each gap."""
    first, last = parts[0], parts[-1]
    if len(parts) == 1 or not text.startswith(first):
        return text == first
    place = len(first)
    for part in parts[1:-1]:
        found = text.find(part, place, place + LONGEST_BLANK + len(part))
        if found < 0:
            return False
        place = found + len(part)
    return text.endswith(last) and 0 <= len(text) - len(last) - place <= LONGEST_BLANK


def _is_routine(ticket: Ticket, options: CannedOnlyOptions) -> bool:
    routine = {fold_word(word) for word in options.routine}
    return any(fold_word(value) in routine for value in (ticket.category, ticket.subcategory, *ticket.tags) if value)
