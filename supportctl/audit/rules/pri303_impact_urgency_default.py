from typing import ClassVar

from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.reach import is_unhurried, tells_of_outage


class ImpactUrgencyDefaultOptions(Options, frozen=True):
    default: str | None = None
    """``"impact/urgency"`` that the form begins with; learned where it is not set."""
    share: float = 0.6
    """The most common pair counts as the form's default when more than this share of the queue has it."""
    urgent_tags: tuple[str, ...] = ("outage", "major", "major_incident", "sev1", "sev2", "critical", "p1", "security")
    """Tags that say that a ticket is more than ordinary."""


class ImpactUrgencyDefault(TicketRule):
    """Impact and urgency were left as the form gives them, and the ticket itself says otherwise.

    ## What it does
    Reports tickets with the default pair of impact and urgency (option `default`, else the pair that a clear majority
    of the queue has) whose text speaks of many people who cannot work, or says that there is no hurry, whose tags say
    that it is serious.

    ## Why is this bad?
    Nobody looked. An outage with the impact of a broken mouse waits in the same line.

    ## Example
    Impact 2, urgency 2, as on 94 % of the tickets; the title says that nobody in the building can log in.

    ## Fix
    Look at impact and urgency and set what is true. A form without a default makes people choose.

    ## False positives
    Most tickets truly are medium: without evidence to the contrary none is reported. Where no pair has a clear
    majority there is no default to speak of. Merged and duplicate tickets, spam, cancelled tickets and tickets
    younger than the grace period are out of scope.

    ## Fields
    Zendesk and JSM custom fields mapped to `impact` and `urgency`; ServiceNow `impact`, `urgency`; title,
    description, tags.
    """

    code = "PRI303"
    name = "impact-urgency-default"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"impact", "urgency", "status"})
    options = ImpactUrgencyDefaultOptions
    learns = True
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "impact", "urgency"):
            return unknown
        if ticket.impact is None or ticket.urgency is None:
            return OUTSIDE
        options = context.options(self.code, ImpactUrgencyDefaultOptions)
        default, origin = _default(ticket, context, options)
        if default is None or f"{ticket.impact}/{ticket.urgency}" != default or is_duplicate(ticket):
            return OUTSIDE
        if settled := settling(ticket, context):
            return settled
        contrary = _contrary(ticket, options)
        if contrary is None:
            return CLEAN
        return fault(
            "impact and urgency are the form's default, and the ticket says otherwise",
            f"{default} {contrary.field}",
            [contrary, Evidence(field="impact", seen=ticket.impact), Evidence(field="urgency", seen=ticket.urgency)],
            threshold=f"default {default} ({origin})",
            passes="impact and urgency as somebody judged them",
        )


def _default(ticket: Ticket, context: Context, options: ImpactUrgencyDefaultOptions) -> tuple[str | None, str]:
    if options.default is not None:
        return "/".join(part.strip() for part in options.default.split("/")), "option default"
    return context.of_run("form_defaults", lambda: _learn(context, options.share)).get(
        f"{ticket.platform}/{ticket.profile}", (None, "")
    )


def _learn(context: Context, share: float) -> dict[str, tuple[str | None, str]]:
    """Queue -> its most common pair, out of the cells of the learned matrix."""
    queues: dict[str, dict[str, int]] = {}
    for key, cell in context.learned.matrix.items():
        # The impact may hold a stroke of its own; platform and profile do not.
        platform, profile, pair = key.split("/", 2)
        queues.setdefault(f"{platform}/{profile}", {})[pair] = cell.support
    found: dict[str, tuple[str | None, str]] = {}
    for queue, pairs in queues.items():
        total = sum(pairs.values())
        pair, most = max(pairs.items(), key=lambda item: (item[1], item[0]))
        if most > share * total:
            found[queue] = (pair, f"learned: {most / total:.1%} of {total} tickets have it")
    return found


def _contrary(ticket: Ticket, options: ImpactUrgencyDefaultOptions) -> Evidence | None:
    if ticket.tags and ticket.knows("tags"):
        serious = {fold_word(tag) for tag in options.urgent_tags}
        if any(fold_word(tag) in serious for tag in ticket.tags):
            return Evidence(field="tags", seen="a tag that says it is serious")
    for field, text in (("title", ticket.title), ("description", ticket.description)):
        if not text or not ticket.knows(field):
            continue
        if tells_of_outage(text):
            return Evidence(field=field, seen="speaks of many people who cannot work")
        if is_unhurried(text):
            return Evidence(field=field, seen="says that there is no hurry")
    return None
