from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.rules.cls104_tag_not_in_taxonomy import exchange, odd_tags, shown
from supportctl.audit.taxonomy import Place, SpellingOptions, Standing, without_taxonomy
from supportctl.audit.verdict import CLEAN, Fault, Faulty, Verdict
from supportctl.model import Confidence, Evidence, Fix, Severity, Ticket

MISSPELT = (Standing.SPELT, Standing.NEAR)


class TagMisspelt(TicketRule):
    """A ticket has a tag that looks like one of the team's list, misspelt.

    ## What it does
    Reports tags that are not in the setting `tags` and differ from one that is by case or by what stands between its
    words (`Password-Reset`), by a plural, or by a slip or two: one in words of five letters or more, two from ten on;
    two letters that changed places are one slip. Silent without `tags`. What is reported here is not reported
    by CLS104.

    ## Why is this bad?
    The ticket is missing from every view and report that looks for the right tag, and nobody notices.

    ## Example
    `netwrok` beside `wifi`, where the list has `network`.

    ## Fix
    Replace it. Case and separators are replaced by `supportctl audit --plan`; slips want a look first.

    ## False positives
    Words of four letters or fewer are no slips of each other (`sso`, `sdo`), nor are words of five with one letter
    replaced (`modal`, `model`), words which differ in a number or in their first letter, or in more than one word of
    several. Pairs that look alike and are two things go into the
    option `distinct`, or better, both into `tags`. Upper and lower case count on Jira only.

    ## Fields
    Zendesk `tags`; JSM `labels`; ServiceNow `label_entry`, or the field the profile names.
    """

    code = "CLS105"
    name = "tag-misspelt"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.TAGS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "tags"})
    options = SpellingOptions

    def unmet(self, context: Context) -> str | None:
        return super().unmet(context) or without_taxonomy(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        odd = odd_tags(ticket, context, MISSPELT)
        if not isinstance(odd, list):
            return odd
        return Faulty(tuple(_fault(tag, place, ticket) for tag, place in odd)) if odd else CLEAN


def _fault(tag: str, place: Place, ticket: Ticket) -> Fault:
    """Where it may be a slip of several tags there is no telling which was meant: no fix then."""
    right, only = place.targets[0], len(place.targets) == 1
    how = "case or separators" if place.standing is Standing.SPELT else f"{place.edits} edit{'s'[: place.edits - 1]}"
    title = f"replace tag {shown(tag)} by {right}"
    safe = place.standing is Standing.SPELT
    return Fault(
        message=f"tag `{shown(tag)}` looks like `{' or '.join(place.targets)}`, misspelt",
        seen=tag,
        evidence=[Evidence(field="tags", seen=f"{shown(tag)}: {how} from {right}")],
        threshold="1 edit in words from 5 letters on, 2 from 10 on (default)" if not safe else "the spelling in `tags`",
        passes=f"`{right}` in its place" if only else "the tag that was meant in its place",
        fixes=(Fix(title=title, safe=safe, remedy=exchange(ticket, tag, right)),) if only else (),
    )
