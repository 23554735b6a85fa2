"""Changing the status: which of the account's statuses is meant, what stands in the way, and what follows.

Two doors lead to a status: its word (``solved``), which brings the word's default custom status, or the id of a custom
status, which brings its category. Closing is final. Solving a problem solves its incidents.
(developer.zendesk.com, "Tickets", "Custom Ticket Statuses")
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.writing import Prepared, StatusWish
from supportctl.adapters.zendesk import details, refusals, set_field
from supportctl.adapters.zendesk.mapping import STATUSES
from supportctl.adapters.zendesk.required import missing
from supportctl.adapters.zendesk.setup import Setup
from supportctl.adapters.zendesk.values import convert
from supportctl.errors import UsageError
from supportctl.model import DONE, Kind, Risk, Status, Ticket, Transition
from supportctl.model.planned import gap
from supportctl.text.fold import fold_word

CLOSING = "closing for good"
NEVER_NEW = "Zendesk never makes a ticket new again"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One status of the account."""

    status: Status
    word: str
    """Zendesk's word, which is a custom status's category."""
    custom: int | None = None
    """Id of the custom status; of the word's default one, where the account has custom statuses."""
    label: str | None = None
    default: bool = True


def targets(setup: Setup) -> list[Target]:
    """All statuses a ticket can be given, in our words as the profile maps them."""
    account = setup.account
    active = [each for each in account.statuses() if each.get("active", True)]
    found = []
    for word in STATUSES:
        if word == "deleted":
            continue
        default = next((each for each in active if each.get("status_category") == word and each.get("default")), None)
        number = default["id"] if default else None
        status = account.context.status(word, number)
        if status is not None:
            label = (default or {}).get("agent_label")
            found.append(Target(status=status, word=word, custom=number, label=label))
    for each in active:
        word, number = str(each.get("status_category")), each["id"]
        status = account.context.status(word, number)
        if status is not None and not each.get("default"):
            label = str(each.get("agent_label") or "")
            found.append(Target(status=status, word=word, custom=number, label=label, default=False))
    return found


def resolve(setup: Setup, wish: StatusWish) -> Target:
    """Raises `UsageError` when the account has no such status, or several and none was named."""
    known = targets(setup)
    fitting = [each for each in known if each.status is wish.goal]
    if wish.native is None:
        plain = [each for each in fitting if each.default]
        found = plain[:1] if len({each.word for each in plain}) == 1 else plain or fitting
        what = f"status for {wish.goal.value}"
    else:
        typed = fold_word(wish.native.strip())
        found = [each for each in fitting if typed in (each.word, str(each.custom), fold_word(each.label or ""))]
        exact = [each for each in found if typed == str(each.custom) or (each.default and typed == each.word)]
        found = exact or [each for each in found if typed == fold_word(each.label or "")] or found
        what = f"status {wish.native!r} that means {wish.goal.value}"
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{each.label or each.word} ({each.custom or each.word})" for each in found)
        raise UsageError(f"there is more than one {what}; nothing was changed", hint=f"name one of: {names}")
    names = ", ".join(f"{each.label or each.word} ({each.status.value})" for each in known)
    raise UsageError(f"this Zendesk has no {what}; nothing was changed", hint=f"it has {names}")


def prepare(setup: Setup, tickets: Sequence[Ticket], wish: StatusWish) -> Mapping[str, Prepared]:
    target = resolve(setup, wish)
    named = wish.native is not None
    code = _closure_code(setup, wish.closure_code)
    changing = [ticket for ticket in tickets if not _there(setup, ticket, target, named)]
    incidents = _unsolved_incidents(setup, changing) if target.word in ("solved", "closed") else {}
    ready = {}
    for ticket in tickets:
        if ticket not in changing:
            ready[ticket.id] = Prepared()
        else:
            fields = dict(code)
            if note := wish.notes.get(ticket.id):
                fields |= _note(setup, note)
            ready[ticket.id] = refusals.closed(ticket) or _one(setup, ticket, target, named, fields, incidents)
    return ready


def _closure_code(setup: Setup, code: str | None) -> dict[str, Any]:
    """Field id (as text) -> value, where the profile maps a field for it."""
    if code is None:
        return {}
    document = set_field.field_document(setup, "closure_code")
    return {str(document["id"]): convert(document, code)}


def _note(setup: Setup, note: str) -> dict[str, Any]:
    document = set_field.field_document(setup, "resolution_notes")
    return {str(document["id"]): convert(document, note)}


def _there(setup: Setup, ticket: Ticket, target: Target, named: bool) -> bool:
    if gap(ticket, "status") is not None or ticket.status is not target.status:
        return False
    return not named or target.custom is None or ticket.native.get("custom_status_id") in (None, target.custom)


def _one(
    setup: Setup, ticket: Ticket, target: Target, named: bool, fields: Mapping[str, Any],
    incidents: Mapping[str, int | None],
) -> Prepared:  # fmt: skip
    if target.word == "new":
        return refusals.obstacle("status", NEVER_NEW)
    obstacles = []
    if target.word != "closed":
        given = {int(number): value for number, value in fields.items()}
        obstacles = missing(setup, ticket, target.word, given)
    present = ticket.native.get("custom_status_id")
    by_id = not target.default or (named and target.custom is not None and ticket.status is target.status)
    after: dict[str, Any] = {"status": target.status.value}
    if target.label is not None and present is not None and target.word != "closed":
        after["native_status"] = target.label
    context = setup.account.context
    for number, value in fields.items():
        if name := context.mapped.get(int(number)):
            after[name] = str(value)
    action = Transition(
        status=target.status,
        native_status=str(target.custom) if by_id else target.word,
        fields={f"custom:{number}": value for number, value in fields.items()},
    )
    return Prepared(
        actions=[action],
        after=after,
        obstacles=obstacles,
        risks=[refusals.MAIL, *_risks(ticket, target, incidents)],
        final=[CLOSING] if target.word == "closed" else [],
        stays=_stays(ticket, target),
    )


def _stays(ticket: Ticket, target: Target) -> dict[str, str]:
    if target.word == "closed":
        return {"status": "closed is final on Zendesk"}
    if ticket.status is Status.NEW:
        return {"status": NEVER_NEW}
    return {}


def _risks(ticket: Ticket, target: Target, incidents: Mapping[str, int | None]) -> list[Risk]:
    found = []
    if ticket.id in incidents:
        number = incidents[ticket.id]
        told = "its unsolved incidents (how many may not be read)" if number is None else f"{number} unsolved incidents"
        message = f"it is a problem: Zendesk solves {told} with it, and sends them its public comment"
        found.append(Risk(code="cascade", message=message))
    if ticket.status in DONE and target.status not in DONE:
        found.append(Risk(code="reopen", message="it counts as reopened, and its clocks run again"))
    if ticket.status not in DONE and target.status in DONE:
        found.append(Risk(code="clock", message="its clocks stop; opening it again counts as a reopen"))
    return found


def _unsolved_incidents(setup: Setup, tickets: Sequence[Ticket]) -> dict[str, int | None]:
    """By id of each problem that has some; None: they may not be read."""
    problems = [each for each in tickets if each.kind is Kind.PROBLEM and each.native.get("has_incidents")]
    found = details.incidents(setup.account, problems)
    counted = {
        problem.id: None
        if problem.id not in found
        else sum(link.status is None or link.status not in DONE for link in found[problem.id])
        for problem in problems
    }
    return {number: count for number, count in counted.items() if count != 0}
