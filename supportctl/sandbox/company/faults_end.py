"""Planted faults at the end of tickets, in their links and in their descriptions."""

from supportctl.sandbox.company import stories, terms
from supportctl.sandbox.company.desk import DAY, HOUR, MINUTE, Desk
from supportctl.sandbox.company.draft import Draft
from supportctl.sandbox.company.phrases import say
from supportctl.sandbox.company.stories import CALM


def closure_code_missing(desk: Desk, n: int) -> None:
    draft = stories.resolved(desk)
    draft.closure_code = None
    draft.plant("RES601", f"{draft.status} without a closure code")


def notes_empty(desk: Desk, n: int) -> None:
    """Also the last message to the customer says no more, for platforms where that is the resolution note.

    A request without notes is in order: what was asked for is what was done.
    """
    draft = stories.resolved(desk, end=False, youngest=5 * DAY)
    stock = say("stock", draft.language, desk.rng)
    desk.solve(draft, draft.last + desk.between(30 * MINUTE, 3 * HOUR), text=stock)
    draft.resolution_notes = (stock if draft.kind == "request" else None, stock, "fixed it now")[n % 3]
    desk.close(draft)
    draft.plant("RES603", f"resolution notes {draft.resolution_notes or 'empty'}, last answer {stock}")


def reopen(desk: Desk, draft: Draft, delay_hours: tuple[int, int], words: str = "complaint") -> None:
    at = draft.last + desk.between(delay_hours[0] * HOUR, delay_hours[1] * HOUR)
    draft.say(at, draft.requester.id, desk.phrase(draft, words))
    draft.change(at, draft.requester.id, "status", "open")
    draft.resolved = None


def reopen_loop(desk: Desk, n: int) -> None:
    draft = stories.resolved(desk, end=False, youngest=18 * DAY, priorities=CALM, cycles=0)
    desk.solve(draft, draft.last + HOUR)
    if n % 2:
        reopen(desk, draft, (3, 14))
        draft.plant("RES605", "reopened within a day of the solution: it did not help")
    else:
        for _ in range(2):
            reopen(desk, draft, (28, 60))
            desk.solve(draft, draft.last + desk.between(HOUR, 3 * HOUR))
        draft.plant("RES605", "reopened twice")
    if draft.resolved is None:
        desk.solve(draft, draft.last + desk.between(HOUR, 3 * HOUR))
    desk.close(draft)


def end_as_duplicate(desk: Desk, draft: Draft, original: Draft, *, linked: bool) -> None:
    """The later ticket is ended in favour of the earlier one."""
    at = draft.created + desk.first_delay(draft) * desk.rng.uniform(0.3, 0.7)
    desk.pick_up(draft, at)
    agent = desk.owner(draft)
    at += desk.between(2 * MINUTE, 9 * MINUTE)
    if linked and desk.platform == "zendesk":
        draft.say(at, agent, f"This request was closed and merged into request {original.ref}.", public=False)
        draft.change(at, agent, "tags", (*draft.tags, "closed_by_merge"))
    else:
        draft.say(at, agent, f"Same as {original.ref}; we go on there and will write to you from that request.")
    draft.change(at, agent, "status", "resolved")
    draft.resolved = at.replace(microsecond=0)
    draft.closure_code = terms.DUPLICATE[desk.platform]
    draft.resolution_notes = f"Duplicate of {original.ref}, which is where the work is done."
    draft.duplicate_of = original if linked else None
    desk.close(draft)


def duplicate_unlinked(desk: Desk, n: int) -> None:
    original = stories.resolved(desk, youngest=6 * DAY)
    draft = desk.draft(
        original.created + desk.between(HOUR, 8 * HOUR),
        topic=original.topic,
        requester=original.requester,
        language=original.language,
        slots=original.slots,
        priorities=CALM,
    )
    desk.acknowledge(draft)
    end_as_duplicate(desk, draft, original, linked=False)
    draft.plant("LNK701", f"says it is the same as {original.ref}, no link")
    draft.plant("duplicate", f"resend {original.ref}")


def of_problem(desk: Desk, draft: Draft, problem: Draft) -> Draft:
    draft.kind, draft.problem = "incident", problem
    return draft


def raise_problem(desk: Desk, draft: Draft) -> Draft:
    """Turn a ticket of our own people into a problem."""
    draft.kind = "problem"
    draft.title = f"Root cause: {draft.title}"
    return draft


def own_people(desk: Desk) -> dict[str, object]:
    inside = [each for each in desk.customers if each.organization == 11]
    return {"requester": desk.rng.choice(inside), "language": "en"}


def state_against_problem(desk: Desk, n: int) -> None:
    if n % 2:
        problem = raise_problem(desk, stories.resolved(desk, youngest=8 * DAY, oldest=30 * DAY, **own_people(desk)))
        draft = of_problem(desk, stories.in_progress(desk, topic=problem.topic, priorities=CALM), problem)
        draft.plant("LNK704", f"open, but its problem {problem.ref} is {problem.status}")
    else:
        problem = raise_problem(desk, stories.in_progress(desk, priorities=CALM, **own_people(desk)))
        draft = of_problem(desk, stories.resolved(desk, topic=problem.topic), problem)
        draft.plant("LNK704", f"{draft.status}, but its problem {problem.ref} is open")


def description_empty(desk: Desk, n: int) -> None:
    draft = stories.resolved(desk) if n % 2 else stories.in_progress(desk)
    signature = desk.phrase(draft, "bye", me=draft.requester.name)
    draft.description = signature if n >= 2 else ""
    if draft.channel == "phone":
        # Of a call the agent's note tells what it was about.
        draft.channel = "email"
    draft.title = draft.title if n else "Terminal"
    # A note written while the ticket is taken in tells what it is about.
    draft.messages = [
        type(each)(each.at, each.author, each.public, each.text) if each.attachment else each
        for each in draft.messages
        if each.public or each.at - draft.created > 15 * MINUTE
    ]
    draft.plant("TXT812", "description is only a signature" if n >= 2 else "description is empty")


FAULTS = (
    (closure_code_missing, 4),
    (notes_empty, 4),
    (reopen_loop, 4),
    (duplicate_unlinked, 3),
    (state_against_problem, 4),
    (description_empty, 4),
)
