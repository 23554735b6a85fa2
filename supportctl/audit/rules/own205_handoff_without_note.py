from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.moves import hand_overs
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Severity, Ticket


class HandoffOptions(Options, frozen=True):
    window: timedelta = timedelta(minutes=15)
    """How long before or after the hand-over the note may be written."""


class HandoffWithoutNote(HistoryRule):
    """Somebody sent a ticket to another group and wrote nothing.

    ## What it does
    Reports changes from one group to another by a person, without a comment or internal note by anybody of the team
    within 15 minutes before or after.

    ## Why is this bad?
    The next group begins from nothing: it asks the customer what was already answered, or sends the ticket back.

    ## Example
    Service Desk → Network at 10:02; the last note is from yesterday.

    ## Fix
    Write what was tried, what is missing and why this group. A mandatory note on the change of group is one setting
    on every platform.

    ## False positives
    Routing by machines and triggers is no hand-over, nor is the first assignment, nor a change of group in which the
    assignee stays the same or the person who makes it takes the ticket. Groups named together in the setting
    `one_team` count as one. A hand-over of the last 15 minutes is not judged yet. Merged and duplicate tickets, spam
    and cancelled tickets are out of scope. Acknowledgements by machines and messages of the customer are no notes.

    ## Fields
    Zendesk audits of `group_id`, comments; JSM changelog of the field the profile maps to the group, comments;
    ServiceNow `sys_audit` of `assignment_group`, journal.
    """

    code = "OWN205"
    name = "handoff-without-note"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"history", "comments"})
    options = HandoffOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        times = [each.event.at for each in hand_overs(ticket, events, context) if each.event.at is not None]
        if not times:
            return OUTSIDE
        if unknown := lacks(ticket, "comments"):
            return unknown
        window = context.options(self.code, HandoffOptions).window
        notes = _notes(ticket, context)
        silent = [at for at in times if not _any_between(notes, at - window, at + window)]
        told = [at for at in silent if context.now - at > window]
        if not told:
            return GRACE if silent else CLEAN
        if any(comment.created_at is None for comment in ticket.comments):
            return Unjudged("comments")
        many = len(told) > 1
        return fault(
            f"handed to another group without a note{f', {len(told)} times' if many else ''}",
            " ".join(at.isoformat() for at in told),
            [Evidence(field="group", seen="no note around this hand-over", at=at) for at in told[:5]],
            threshold=f"a note within {spoken(window)} of the hand-over"
            f" ({'default' if window == HandoffOptions().window else 'option window'})",
            passes="a note within the time; afterwards only an exemption clears it",
        )


def _notes(ticket: Ticket, context: Context) -> list[datetime]:
    """When the team wrote something, public or not."""
    return sorted(
        comment.created_at
        for comment in ticket.comments
        if comment.created_at is not None
        and (comment.attachments or comment.body.strip())
        and actor_of(comment.author, ticket, context) in (Actor.AGENT, Actor.UNKNOWN)
    )


def _any_between(times: Sequence[datetime], low: datetime, high: datetime) -> bool:
    return bisect_left(times, low) < bisect_right(times, high)
