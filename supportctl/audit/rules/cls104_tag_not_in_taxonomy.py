from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import lacks, settling
from supportctl.audit.taxonomy import Place, Standing, of_form, taxonomy, without_taxonomy
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.model import Confidence, Evidence, Fix, Platform, Severity, TagFix, Ticket
from supportctl.text.fold import fold_word

STRANGE = (Standing.ALIAS, Standing.STRANGE)


class TagNotInTaxonomy(TicketRule):
    """A ticket has a tag that is not on the team's list.

    ## What it does
    Reports each tag that is neither in the setting `tags` nor set by a machine. Silent without that setting. A tag
    that `tag_aliases` knows is reported with the tag it stands for. One that looks like a tag of the list, misspelt,
    is left to CLS105 and never reported here, whether or not CLS105 runs.

    ## Why is this bad?
    Views, triggers and reports go by tags. Every private one splits a number that somebody relies on.

    ## Example
    `call-back-anna` on a ticket about invoices.

    ## Fix
    Replace it by a tag of the list, or put it on the list. Aliases are replaced by `supportctl audit --plan`.

    ## False positives
    Tags of merging, chat, bots, reminders and this tool are known; name what your own triggers set in `system_tags`
    (patterns with `*` and `?`). On Zendesk the options chosen in custom fields are tags too and pass; tags copied
    from users and organizations cannot be told from others. Tags that the settings give a meaning
    (`ignored_tags`, `escalated_tags`, `exempt_tags`) pass. Upper and lower case count on Jira only.

    ## Fields
    Zendesk `tags`; JSM `labels`; ServiceNow `label_entry`, or the field the profile names.
    """

    code = "CLS104"
    name = "tag-not-in-taxonomy"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.TAGS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "tags"})

    def unmet(self, context: Context) -> str | None:
        return super().unmet(context) or without_taxonomy(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        odd = odd_tags(ticket, context, STRANGE)
        if not isinstance(odd, list):
            return odd
        return Faulty(tuple(_fault(tag, place, ticket) for tag, place in odd)) if odd else CLEAN


def odd_tags(ticket: Ticket, context: Context, standings: tuple[Standing, ...]) -> list[tuple[str, Place]] | Verdict:
    """The tags of these standings, each once; or why the ticket is not judged."""
    if unknown := lacks(ticket, "tags"):
        return unknown
    if not ticket.tags:
        return OUTSIDE
    known = taxonomy(context)
    places = [(tag, known.place(tag, ticket.platform)) for tag in dict.fromkeys(ticket.tags)]
    odd = [(tag, place) for tag, place in places if place.standing in standings]
    if settled := settling(ticket, context):
        return settled
    if odd and ticket.platform is Platform.ZENDESK:
        if not ticket.knows("custom"):
            return Unjudged("custom")
        forms = of_form(ticket)
        odd = [(tag, place) for tag, place in odd if fold_word(tag) not in forms]
    return odd


def exchange(ticket: Ticket, tag: str, target: str) -> TagFix:
    return TagFix(add=[] if target in ticket.tags else [target], remove=[tag])


def shown(tag: str) -> str:
    """A tag as a finding may name it: short, on one line."""
    one_line = "".join(character if character.isprintable() else "?" for character in tag)
    return one_line if len(one_line) <= 60 else f"{one_line[:59]}…"


def _fault(tag: str, place: Place, ticket: Ticket) -> Fault:
    known = place.targets[0] if place.targets else None
    fixes = (
        ()
        if known is None
        else (Fix(title=f"replace tag {shown(tag)} by {known}", safe=True, remedy=exchange(ticket, tag, known)),)
    )
    return Fault(
        message=f"tag `{shown(tag)}` is not in the taxonomy" + (f"; it stands for `{known}`" if known else ""),
        seen=tag,
        evidence=[Evidence(field="tags", seen=shown(tag))],
        threshold="settings tags, tag_aliases and system_tags",
        passes=f"`{known}` in its place" if known else "a tag of the taxonomy in its place, or none",
        fixes=fixes,
    )
