from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import is_bot
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import UNFINISHED, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import AssignFix, Confidence, Evidence, Fix, NamedRef, Person, Severity, Ticket
from supportctl.text.fold import fold_word


class MemberOptions(Options, frozen=True):
    members: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Group -> its people, by id, login, address or name. Groups not named are not judged by membership."""


class AssigneeInactive(TicketRule):
    """An unresolved ticket is assigned to somebody who has left, or who is not in its group.

    ## What it does
    Reports unresolved tickets whose assignee's account is suspended or deactivated, and, for groups listed in the
    option `members`, tickets whose assignee is not among the group's people.

    ## Why is this bad?
    Nobody will ever answer, and every report says that somebody is on it.

    ## Example
    An incident in progress, assigned to a colleague whose account was closed last Friday.

    ## Fix
    Give it back to its group, then to somebody who is there. Do this for all of a person's tickets on the day they
    leave.

    ## False positives
    A long leave is not inactive. Accounts of machines may be switched off and still be meant: they pass. Resolved
    tickets keep their assignee. Where the platform does not say whether an account is active, the ticket is not
    judged.

    ## Fields
    Zendesk users `active`, `suspended`; JSM account `active`; ServiceNow `sys_user.active`. None of them hands out
    memberships with tickets, hence the option.
    """

    code = "OWN203"
    name = "assignee-inactive"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    speaks_of = UNFINISHED
    hears_noise = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "assignee"})
    options = MemberOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.done is not False or is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "assignee"):
            return unknown
        if ticket.assignee is None:
            return OUTSIDE
        if is_bot(ticket.assignee, context):
            return CLEAN
        if ticket.assignee.active is False:
            return fault(
                "the assignee's account is not active",
                f"inactive {ticket.assignee.id}",
                [Evidence(field="assignee", seen="account suspended or deactivated")],
                passes="an assignee who is there, or none",
                fixes=_fixes(ticket),
            )
        if _is_outsider(ticket.assignee, ticket.group, context.options(self.code, MemberOptions)):
            return fault(
                "the assignee is not in the ticket's group",
                f"outside {ticket.assignee.id}",
                [Evidence(field="assignee", seen="not a member"), Evidence(field="group", seen="members are listed")],
                threshold="option members",
                passes="an assignee of the group, or the group of the assignee",
                fixes=_fixes(ticket),
            )
        return CLEAN if ticket.assignee.active else Unjudged("assignee.active")


def _is_outsider(person: Person, group: NamedRef | None, own: MemberOptions) -> bool:
    if group is None or not own.members:
        return False
    called = {fold_word(each) for each in (group.id, group.name) if each}
    listed = [names for name, names in own.members.items() if fold_word(name) in called]
    if not listed:
        return False
    known = (person.id, person.name, person.email, person.native.get("user_name"))
    handles = {fold_word(each) for each in known if isinstance(each, str) and each}
    return all(handles.isdisjoint(map(fold_word, names)) for names in listed)


def _fixes(ticket: Ticket) -> tuple[Fix, ...]:
    if ticket.group is None:
        return ()
    return (Fix(title="give it back to its group", safe=False, remedy=AssignFix(assignee="none")),)
