import re
from functools import lru_cache
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Status, Ticket
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.fold import fold, fold_word

_ARTICLE = re.compile(
    r"(?<!\w)kb\d{4,}|/hc/(?:[\w-]+/)?articles/|kb_view|kb_article|kb_knowledge|sys_kb_id|/wiki/|/kb/|/knowledge|"
    r"knowledge (?:base )?article|kb article|help ?cent(?:er|re) article|wissens(?:datenbank|artikel)|"
    r"base de (?:connaissances?|conocimientos?|conhecimento)|artículo de (?:la )?base|ナレッジ|知识库"
)
_ASKED = frozenset({"true", "1", "yes"})


class KbMissingOptions(Options, frozen=True):
    codes: tuple[str, ...] = (
        "known error",
        "known issue",
        "known fix",
        "known problem",
        "solved (known",
        "bekannter fehler",
        "erreur connue",
        "error conocido",
        "erro conhecido",
        "errore noto",
        "bekend probleem",
        "znany błąd",
        "既知",
        "已知",
    )
    """A closure code or tag with one of these words says that the fix was known."""


class KbMissing(TicketRule):
    """A ticket was solved by a known fix, and no knowledge article is named.

    ## What it does
    Reports resolved and closed tickets whose closure code (or a tag) says known error or known fix, when neither
    comments, notes, fields nor links name an article.

    ## Why is this bad?
    A known fix without an article is known to one person. The next colleague, and the customer, look for it again.

    ## Example
    Closed as "Known Error" with the note "restart the sync as usual".

    ## Fix
    Link the article in the reply or the notes; write it, when there is none.

    ## False positives
    ServiceNow's mark that an article is to be written counts as one. Duplicates, cancelled and merged tickets are out
    of scope. A team that names no articles at all hears it once (QUE901). Which codes mean a known fix is an option
    (`codes`).

    ## Fields
    Zendesk: the field named by `closure_field`, tags, comments. JSM: `resolution`, labels, comments. ServiceNow:
    `close_code`, `close_notes`, `knowledge`, comments and work notes.
    """

    code = "LNK706"
    name = "kb-missing"
    severity = Severity.LOW
    confidence = Confidence.LOW
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS, Need.TAGS, Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "comments"})
    options = KbMissingOptions
    empty_field = "knowledge article"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return OUTSIDE
        by = _known_fix(ticket, context, context.options(self.code, KbMissingOptions).codes)
        if by is None or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if _names_article(ticket):
            return CLEAN
        if unknown := lacks(ticket, "comments"):
            return unknown
        return fault(
            "solved by a known fix without a knowledge article",
            by,
            [Evidence(field=by, seen="says the fix was known"), Evidence(field="comments", seen="no article named")],
            passes="an article linked or named in a comment or the notes",
        )


def _known_fix(ticket: Ticket, context: Context, codes: tuple[str, ...]) -> str | None:
    """The field that says so."""
    code = ticket.closure_code
    name = context.settings.closure_field
    if code is None and name is not None and names_custom(ticket, name):
        value = custom_value(ticket, name)
        code = None if value is None else str(value)
    if code is not None and _says(code, codes):
        return "closure_code"
    return "tags" if any(_says(tag, codes) for tag in ticket.tags) else None


@lru_cache(maxsize=4096)
def _says(text: str, codes: tuple[str, ...]) -> bool:
    folded = fold_word(text).replace("_", " ").replace("-", " ")
    return any(code in folded for code in codes)


def _names_article(ticket: Ticket) -> bool:
    if fold_word(str(ticket.native.get("knowledge") or "")) in _ASKED:
        return True
    texts = [ticket.resolution_notes, *(comment.body for comment in ticket.comments)]
    texts += [comment.html for comment in ticket.comments]
    texts += [text for link in ticket.links for text in (link.key, link.url, link.native_type)]
    texts += [field.name for field in ticket.custom if field.name is not None and field.value not in (None, "", [], {})]
    texts += [field.value for field in ticket.custom if isinstance(field.value, str)]
    return any(text is not None and _ARTICLE.search(fold(text)) for text in texts)
