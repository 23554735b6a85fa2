"""Links that were proposed, as changes: tickets that go to one master are prepared together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.errors import NotFoundError, UsageError
from supportctl.text.fold import fold
from supportctl.text.references import DUPLICATE

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.adapters.writing import StatusWish, Wish
    from supportctl.changes.conditions import Condition
    from supportctl.changes.making import Made
    from supportctl.duplicates.proposing import Proposal
    from supportctl.model import Ticket

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class LinkOptions:
    words: tuple[str, ...]
    source: str | None
    """Suggestions: a file, or ``-``."""
    window: timedelta
    reviewed: bool
    minimum: float
    relation: str | None
    close: bool
    code: str | None
    to: str | None
    even_if: tuple[str, ...]


def make(it: App, asked: LinkOptions, proposals: "Sequence[Proposal]") -> "Made":
    """Tickets that go to one master are prepared together."""
    from supportctl.changes.making import Made
    from supportctl.duplicates.proposing import Relation

    made = Made(changes=[], unchanged=[], skipped=[])
    groups: dict[tuple[str, str, str], list[Proposal]] = {}
    for each in proposals:
        groups.setdefault((each.master.profile, each.master.id, each.relation), []).append(each)
    closing = _closing(it, asked) if groups else None
    refused: list[UsageError | NotFoundError] = []
    for group in groups.values():
        for start in range(0, len(group), PAGE):
            page = group[start : start + PAGE]
            try:
                # What a bug elsewhere tracks is no duplicate, and goes on.
                tracked = page[0].relation is Relation.TRACKED_BY
                part = _page(it, asked, page, None if tracked else closing)
            except (UsageError, NotFoundError) as error:
                refused.append(error)
                reason = error.message.removesuffix("; nothing was changed")
                made.skipped.extend((each.ticket.key, reason) for each in page)
                continue
            made.changes.extend(part.changes)
            made.unchanged.extend(part.unchanged)
            made.skipped.extend(part.skipped)
    if refused and len({error.message for error in refused}) == 1 and not (made.changes or made.unchanged):
        raise refused[0]
    return made


def _page(it: App, asked: LinkOptions, page: "Sequence[Proposal]", closing: "StatusWish | None") -> "Made":
    from msgspec.structs import replace

    from supportctl.adapters.base import Need
    from supportctl.changes.conditions import sift
    from supportctl.changes.making import Made, make_changes, wishes_need

    wish = _wish(page[0])
    if closing is not None and it.adapter.capabilities.closure_notes:
        closing = replace(closing, notes={each.ticket.id: f"Duplicate of {each.master.key}." for each in page})
    wishes: list[Wish] = [wish] if closing is None else [wish, closing]
    conditions = [] if closing is None else _standing(it, asked)
    needs: Needs = wishes_need(it.adapter, wishes) | {Need.LINKS}
    needs = needs.union(*(each.needs for each in conditions))
    found = it.get([each.ticket.key for each in page], needs)
    wanted = {each.ticket.id: each for each in page}
    tickets = [ticket for ticket in found.tickets if ticket.id in wanted]
    there = {ticket.id for ticket in tickets}
    skipped = [(each.ticket.key, "not found any more") for each in page if each.ticket.id not in there]

    def look_up(keys: Sequence[str]) -> "dict[str, Ticket]":
        read = it.get(keys, frozenset())
        return {name: ticket for ticket in read.tickets for name in (ticket.key, ticket.id)}

    kept, left = sift(conditions, tickets, look_up)
    skipped += [(each.ticket.key, each.reason) for each in left]
    if not kept:
        return Made(changes=[], unchanged=[], skipped=skipped)
    reasons = {ticket_id: _reason(it, each) for ticket_id, each in wanted.items()}
    made = make_changes(it.adapter, kept, wishes, lead=wish, lifted=frozenset(asked.even_if), reasons=reasons)
    return Made(changes=made.changes, unchanged=made.unchanged, skipped=[*made.skipped, *skipped])


def _wish(proposal: "Proposal") -> "Wish":
    from supportctl.adapters.writing import LinkWish, MergeWish
    from supportctl.duplicates.proposing import Relation
    from supportctl.model import LinkType

    if proposal.relation is Relation.MERGE:
        return MergeWish(into=proposal.master, note=f"Merged into {proposal.master.key}.")
    return LinkWish(type=LinkType(proposal.relation.value.replace("-", "_")), to=proposal.master)


def _closing(it: App, asked: LinkOptions) -> "StatusWish | None":
    """How they are closed. Raises `UsageError` naming the codes there are, when not exactly one says duplicate."""
    from supportctl.adapters.writing import StatusWish
    from supportctl.model import Status

    if not asked.close:
        return None
    capabilities, code = it.adapter.capabilities, asked.code
    if capabilities.closure_code is None:
        if code is not None:
            raise UsageError(
                f"{capabilities.platform} has no closure code; nothing was changed", hint="leave --code out"
            )
    elif code is None:
        codes = it.adapter.vocabulary().closure_codes
        fitting = [each for each in codes if DUPLICATE.search(fold(each))]
        if len(fitting) != 1:
            has = f"it has: {', '.join(codes)}" if codes else "its codes are hidden from this account"
            raise UsageError(
                f"{'several codes say' if fitting else 'no code says'} duplicate; nothing was changed",
                hint=f"name the {capabilities.closure_code} with --code; {has}",
            )
        code = fitting[0]
    return StatusWish(goal=Status.RESOLVED, native=asked.to, closure_code=code)


def _standing(it: App, asked: LinkOptions) -> "list[Condition]":
    """What holds a ticket back as it does when a person closes it."""
    from supportctl.changes.conditions import CUSTOMER_REPLIED, OPEN_CHILDREN, condition

    names = [CUSTOMER_REPLIED]
    if "links" not in it.adapter.capabilities.unknown_fields:
        names.append(OPEN_CHILDREN)
    return [condition(name, wanted=False, now=it.now, standing=True) for name in names if name not in asked.even_if]


def _reason(it: App, proposal: "Proposal") -> str:
    """Kept with the change: figures and who decided, no words of a ticket."""
    found = proposal.suggestion
    parts = []
    if proposal.decision is None or proposal.decision.confidence is not None:
        parts.append(f"found as {found.kind}, confidence {found.confidence:.2f} ({found.calibration})")
    if proposal.decision is not None:
        parts.append(f"called the same by {proposal.decision.by} on {proposal.decision.at:%Y-%m-%d}")
    given = it.options.applying.reason
    return f"{given} ({'; '.join(parts)})" if given else "; ".join(parts)
