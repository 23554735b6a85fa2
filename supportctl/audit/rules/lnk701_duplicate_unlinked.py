import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.linking import SAME, can_link, duplicate_fix, is_linked
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Verdict, fault
from supportctl.model import Comment, Confidence, Evidence, LinkType, Severity, Status, Ticket
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.courtesy import is_thanks
from supportctl.text.fold import fold, fold_word
from supportctl.text.quoted import own_words
from supportctl.text.references import DUPLICATE, Claim, mentions

_MERGED = re.compile(r"merged|zusammengeführt|fusionn|fusionad|mesclad|samengevoegd|unit[oa] a|統合|合并")


MASTER = "parent_incident"
"""ServiceNow keeps a duplicate as a child of its original."""


class DuplicateUnlinkedOptions(Options, frozen=True):
    any_link: bool = False
    """Whether a link of any type to another ticket is enough."""
    settle: timedelta = timedelta(days=1)
    """How long an open ticket may be called a duplicate before it must be linked."""


class DuplicateUnlinked(TicketRule):
    """A ticket was closed as a duplicate, or called one by an agent, and no link says of what.

    ## What it does
    Reports tickets that are done with a closure code that says duplicate and have no duplicate link, in neither
    direction (on ServiceNow: no parent incident; on Zendesk, which has no such links: no link at all). Where the
    closure code is empty or unknown, and on open tickets, reports tickets of which an agent wrote, last of all,
    that they are the same as one other ticket, which is not linked.

    ## Why is this bad?
    Whoever opens the ticket cannot find where the work went on, nobody counts how often the fault came up, and the
    customer of the duplicate is forgotten when the original is solved.

    ## Example
    A Jira issue with the resolution Duplicate and no issue link; a comment says "same as SUP-12".

    ## Fix
    Link it to the original, or merge it where the platform merges. When the agents' words name one ticket only, the
    link is proposed; it is made after it was looked up, and can be taken away again.

    ## False positives
    A mere mention, "similar to" and "not a duplicate of" are no claims; "maybe the same as" is none either. A link
    in the wrong direction is enough. A link of another type does not say of what it is a duplicate; teams for whom
    it does set the option `any_link`. Merged tickets (tag or the merge's own comment) and spam are out of scope.
    What customers call a duplicate is not believed. Links that are hidden or were left out make the ticket
    unjudged; an empty list is no link.

    ## Fields
    Zendesk: tag `closed_by_merge`, the field named by `closure_field`, comments. JSM: `resolution`, `issuelinks`.
    ServiceNow: `close_code`, `parent_incident`, `problem_id`, `caused_by`, `duplicate_of`.
    """

    code = "LNK701"
    name = "duplicate-unlinked"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.CUSTOM, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "links"})
    options = DuplicateUnlinkedOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status is Status.DELETED:
            return OUTSIDE
        code = _closure_code(ticket, context) if ticket.done else None
        if code is not None and not DUPLICATE.search(fold_word(code)):
            return OUTSIDE
        if _ignored(ticket, context):
            return OUTSIDE
        return self._said(ticket, context) if code is None else self._closed(ticket, context)

    def _closed(self, ticket: Ticket, context: Context) -> Verdict:
        merges = not can_link(ticket, LinkType.DUPLICATE_OF, context)
        any_link = merges or context.options(self.code, DuplicateUnlinkedOptions).any_link
        if _says_of_what(ticket, any_link) or (merges and _merged(ticket)):
            return CLEAN
        if unknown := lacks(ticket, "links"):
            return unknown
        sure, guessed = _claims(ticket, context)
        evidence = [
            Evidence(field="closure_code", seen="says duplicate"),
            Evidence(field="links", seen=f"{len(ticket.links)}, none as a duplicate"),
        ]
        named = sure or guessed
        if named:
            evidence.append(Evidence(field="comments", seen=f"name {', '.join(named[:5])}"))
        fixes = duplicate_fix(ticket, named[0], context, safe=bool(sure)) if len(named) == 1 else ()
        return fault("closed as a duplicate, and no link says of what", "closed", evidence, fixes=fixes)

    def _said(self, ticket: Ticket, context: Context) -> Verdict:
        """Words alone: only where no closure code says how it ended, and only an agent's last ones."""
        if unknown := lacks(ticket, "comments"):
            return unknown if ticket.done else OUTSIDE
        last = _last_word(ticket, context)
        texts = [last.body] if last is not None else []
        if ticket.done and ticket.resolution_notes:
            texts.append(ticket.resolution_notes)
        found = _named(texts, ticket)
        keys = found[0]
        if len(keys) != 1:
            return OUTSIDE
        key = keys[0]
        if is_linked(ticket, key, key.lstrip("#")) or any(link.type in SAME for link in ticket.links):
            return CLEAN
        if _merged(ticket) and not can_link(ticket, LinkType.DUPLICATE_OF, context):
            return CLEAN
        if unknown := lacks(ticket, "links"):
            return unknown
        when = None if last is None else last.created_at
        settle = context.options(self.code, DuplicateUnlinkedOptions).settle
        if not ticket.done and not _settled(when, ticket, context, settle):
            return GRACE
        return fault(
            f"called a duplicate of {key}, and not linked to it",
            f"said {key}",
            [Evidence(field="comments", seen=f"an agent says it is the same as {key}", at=when)],
            threshold=None if ticket.done else f"{spoken(settle)} on open tickets (option settle)",
            fixes=duplicate_fix(ticket, key, context, safe=True),
        )


def _ignored(ticket: Ticket, context: Context) -> bool:
    settings = context.settings
    if ticket.channel is not None and fold_word(ticket.channel) in settings.ignored_channels:
        return True
    return bool(ticket.tags) and not {fold_word(tag) for tag in ticket.tags}.isdisjoint(settings.ignored_tags)


def _closure_code(ticket: Ticket, context: Context) -> str | None:
    """None: there is none, or it is unknown."""
    if ticket.closure_code is not None or context.settings.closure_field is None:
        return (ticket.closure_code or None) if ticket.knows("closure_code") else None
    name = context.settings.closure_field
    value = custom_value(ticket, name) if names_custom(ticket, name) else None
    return None if value is None else str(value)


def _says_of_what(ticket: Ticket, any_link: bool) -> bool:
    """Links to what hangs on the ticket, and to what a sub-task is part of, never do."""
    for link in ticket.links:
        if link.type in (LinkType.DUPLICATE_OF, LinkType.DUPLICATED_BY) or link.native_type == MASTER:
            return True
        below = link.type in (LinkType.CHILD, LinkType.INCIDENT)
        if any_link and not below and not (link.type is LinkType.PARENT and link.native_type is None):
            return True
    return False


def _merged(ticket: Ticket) -> bool:
    """Whether a comment says that it was merged, which is a link where the platform merges."""
    return any(
        _MERGED.search(fold(comment.body[:400])) and mentions(comment.body[:400], ticket.platform, ticket.key)
        for comment in ticket.comments
        if len(comment.body) < 2000
    )


def _claims(ticket: Ticket, context: Context) -> tuple[list[str], list[str]]:
    texts = [comment.body for comment in _agents(ticket, context)]
    return _named([*texts, ticket.resolution_notes or ""], ticket)


def _named(texts: list[str], ticket: Ticket) -> tuple[list[str], list[str]]:
    """The keys these texts are sure about, and those they guess."""
    sure: dict[str, None] = {}
    guessed: dict[str, None] = {}
    for text in texts:
        for each in mentions(own_words(text), ticket.platform, ticket.key):
            if each.claim is Claim.SAME:
                sure[each.key] = None
            elif each.claim is Claim.MAYBE:
                guessed[each.key] = None
    return list(sure), list(guessed)


def _agents(ticket: Ticket, context: Context) -> Iterator[Comment]:
    return (comment for comment in ticket.comments if actor_of(comment.author, ticket, context) is Actor.AGENT)


def _last_word(ticket: Ticket, context: Context) -> Comment | None:
    """The last comment by a person, thanks aside, if it is an agent's."""
    people = [comment for comment in ticket.comments if actor_of(comment.author, ticket, context) is not Actor.BOT]
    if any(comment.created_at is None for comment in people):
        return None
    for comment in sorted(people, key=_when, reverse=True):
        if actor_of(comment.author, ticket, context) is Actor.AGENT:
            return comment
        if not is_thanks(comment.body):
            return None
    return None


def _when(comment: Comment) -> datetime:
    assert comment.created_at is not None
    return comment.created_at


def _settled(said: datetime | None, ticket: Ticket, context: Context, settle: timedelta) -> bool:
    return said is not None and context.elapsed(ticket, said) >= settle
