from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import is_bot
from supportctl.audit.linking import duplicate_fix
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, ref
from supportctl.audit.scope import is_duplicate, settling
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Fix, Platform, Severity, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.quoted import own_words
from supportctl.text.similar import Sketch, alike, differing_marks, differing_words, likeness, sketch


class OpenDuplicatesOptions(Options, frozen=True):
    within: timedelta = timedelta(hours=48)
    """How far apart the two may have come in."""
    similarity: float = 0.8
    """From 0 to 1: how many words and pairs of words they must share."""
    recurring: int = 4
    """From so many alike by one requester on they are reports or alerts, and no duplicates."""


class OpenDuplicates(QueueRule):
    """Two open tickets of the same requester say the same.

    ## What it does
    Reports an unresolved ticket when an earlier unresolved one of the same requester came in at most 48 hours before,
    has at least 80 % of its words and pairs of words in title and description, and is not linked to it.

    ## Why is this bad?
    Two people work on one fault, the customer gets two answers, and they need not agree.

    ## Example
    A mail is sent again the next morning because nobody has answered yet.

    ## Fix
    Merge the later one into the earlier, or close it as its duplicate with a link. Look at both first: the proposed
    link is never made unasked.

    ## False positives
    Tickets that name different numbers, codes or dates are about different things (two invoices, two devices), as are
    those whose titles each have a word of their own (a template filled in twice).
    Machines' tickets, and four or more alike by one requester (reports, alerts, orders), are left out, as are tickets
    already linked to each other, by whatever link. The same fault in other words is not found.

    ## Fields
    Requester, title, description, creation time and links on all platforms. Memory: about 1.2 kB for each open
    ticket with a requester.
    """

    code = "LNK702"
    name = "open-duplicates"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE})
    options = OpenDuplicatesOptions
    reads_text = True

    def start(self, context: Context) -> Watch:
        return OpenWatch(context)


class Open(msgspec.Struct, frozen=True):
    """What is kept of an open ticket."""

    at: datetime
    ref: Ref
    title: Sketch
    sketch: Sketch
    links: tuple[str, ...]
    fix: tuple[Fix, ...]
    """The link to *this* ticket, for a later one of the same platform."""

    @property
    def order(self) -> tuple[datetime, str]:
        return self.at, self.ref.id

    def is_linked(self, other: "Open") -> bool:
        return not {fold_word(other.ref.key), other.ref.id}.isdisjoint(self.links)


class OpenWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(OpenDuplicates.code, OpenDuplicatesOptions)
        self._by_requester: dict[tuple[Platform, str, str], list[Open]] = {}
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if ticket.done is not False or ticket.requester is None or ticket.created_at is None or not ticket.title:
            return
        if not ticket.knows("links") or not ticket.knows("description") or settling(ticket, self._context):
            return
        if is_duplicate(ticket) or is_bot(ticket.requester, self._context):
            return
        self.eligible += 1
        kept = Open(
            ticket.created_at,
            ref(ticket, self._context),
            sketch(ticket.title, pairs=False),
            sketch(ticket.title, own_words(ticket.description or "")),
            tuple({name for link in ticket.links for name in (fold_word(link.key), link.id) if name}),
            duplicate_fix(ticket, ticket.key, self._context, safe=False),
        )
        self._by_requester.setdefault((ticket.platform, ticket.profile, ticket.requester.id), []).append(kept)

    def merge(self, other: Self) -> None:
        self.eligible += other.eligible
        for requester, tickets in other._by_requester.items():
            self._by_requester.setdefault(requester, []).extend(tickets)

    def finish(self) -> Iterator[QueueFault]:
        for (platform, _, _), tickets in self._by_requester.items():
            if len(tickets) > 1:
                yield from self._among(platform, sorted(tickets, key=lambda ticket: ticket.order))

    def _among(self, platform: Platform, tickets: list[Open]) -> Iterator[QueueFault]:
        """``tickets`` of one requester, oldest first."""
        options = self._options
        for found in alike(
            tickets,
            lambda each: each.sketch,
            options.similarity,
            lambda found, each: each.at - found[-1].at <= options.within,
        ):
            if len(found) >= options.recurring:
                continue
            for later in found[1:]:
                earlier = next((one for one in found if one is not later and self._again(one, later)), None)
                if earlier is not None and not any(later.is_linked(one) or one.is_linked(later) for one in found):
                    yield QueueFault(platform=platform, fault=self._fault(earlier, later), ticket=later.ref)

    def _again(self, earlier: Open, later: Open) -> bool:
        near = earlier.order < later.order and later.at - earlier.at <= self._options.within
        if not near or differing_marks(earlier.sketch, later.sketch):
            return False
        return not differing_words(earlier.title, later.title)

    def _fault(self, original: Open, later: Open) -> Fault:
        options = self._options
        share = likeness(original.sketch, later.sketch)
        return Fault(
            message=f"says the same as {original.ref.key}, also open and of the same requester",
            seen=f"like {original.ref.id}",
            evidence=[
                Evidence(field="description", seen=f"{share:.0%} alike", at=later.at),
                Evidence(field="created_at", seen=f"{original.ref.key} came in", at=original.at),
            ],
            threshold=f"{options.similarity:.0%} alike within {spoken(options.within)} (options similarity, within)",
            passes=f"a link between it and {original.ref.key}, or one of the two done",
            fixes=original.fix,
        )
