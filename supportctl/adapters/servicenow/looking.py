"""Finding out whether a comment nobody confirmed is there.

A journal entry holds no mark of ours. It is ours when it has our text, was written by our own account, and is younger
than the state of the ticket that was read before it was sent; all by the instance's own clock. The ticket's counter of
changes is the second witness: where it has not moved, nothing happened.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from supportctl.adapters.servicenow import parts
from supportctl.adapters.servicenow.bulk import gather
from supportctl.adapters.servicenow.client import Client, cell_label, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.patching import journal_of, same_text, table_for
from supportctl.adapters.servicenow.session import Session
from supportctl.adapters.writing import Sight, Step
from supportctl.model import LinkChange, Ticket

CLOSED = "the account may read neither the journal (sys_journal_field) nor the comments of this ticket"
WHO = "the instance does not say which user this account is, so that its comments cannot be told from others'"
WHEN = "a comment with this text is there, and it cannot be told whether it is an earlier one"
FIELDS = ("element", "element_id", "value", "sys_created_by", "sys_created_on")


class Said(msgspec.Struct, frozen=True):
    """One journal entry. ``at`` None: its time cannot be read."""

    element: str | None
    text: str
    mine: bool
    at: datetime | None


class Looker:
    def __init__(self, client: Client, session: Session) -> None:
        self._client = client
        self._session = session

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> dict[str, Sight]:
        told: dict[str, Sight] = {}
        asked: list[Step] = []
        for step in steps:
            ticket = tickets.get(step.id)
            if ticket is None:
                told[step.id] = Sight(there=None, reason="the ticket cannot be read")
            elif not journal_of(step.actions):
                told[step.id] = _linked(step, ticket)
            elif step.version is not None and ticket.version == step.version:
                told[step.id] = Sight(there=False)
            else:
                asked.append(step)
        if not asked:
            return told
        me = self._session.me()
        if me is None or not me.user_name:
            return told | {step.id: Sight(there=None, reason=WHO) for step in asked}
        entries = self._entries(asked, me.user_name, me.name)
        for step in asked:
            found = entries.get(step.id)
            told[step.id] = (
                Sight(there=None, reason=CLOSED) if found is None else _verdict(step, tickets[step.id], found)
            )
        return told

    def _entries(self, steps: Sequence[Step], login: str, name: str) -> dict[str, list[Said]]:
        """By ticket; a ticket whose journal cannot be read whole is missing."""
        ids = [step.id for step in steps]
        try:
            found = gather(
                self._client, "sys_journal_field", "element_id", ids, FIELDS,
                conditions=["elementINcomments,work_notes"],
            )  # fmt: skip
        except REFUSED:
            return self._shown(steps, name)
        entries: dict[str, list[Said]] = {identity: [] for identity in ids if identity not in found.hidden}
        for row in found.rows:
            mine = cell_text(row, "sys_created_by").casefold() == login.casefold()
            said = Said(
                cell_text(row, "element"), cell_text(row, "value"), mine, _when(cell_text(row, "sys_created_on"))
            )
            if (identity := cell_text(row, "element_id")) in entries:
                entries[identity].append(said)
        # Access rules that hide every row without counting it leave an empty journal; the form's text tells more.
        unseen = [step for step in steps if not entries.get(step.id)]
        seen = {identity: each for identity, each in entries.items() if each}
        return seen | self._shown(unseen, name) if unseen else seen

    def _shown(self, steps: Sequence[Step], name: str) -> dict[str, list[Said]]:
        """Out of the text of the form, whose times are in the account's zone and, mostly, format."""
        told: dict[str, list[Said]] = {}
        groups: dict[str, list[str]] = {}
        for step in steps:
            groups.setdefault(table_for(step.change), []).append(step.id)
        for table, ids in groups.items():
            try:
                found = gather(self._client, table, "sys_id", ids, ("comments_and_work_notes",), display="all")
            except REFUSED:
                continue
            for row in found.rows:
                if "comments_and_work_notes" in row:
                    text = cell_label(row, "comments_and_work_notes")
                    told[cell_text(row, "sys_id")] = [
                        Said(
                            {True: "comments", False: "work_notes", None: None}[each.public],
                            each.body,
                            each.author is not None and each.author.name == name,
                            self._local(str(each.native.get("shown_at", ""))),
                        )
                        for each in parts.comments_of_text("", text)
                    ]
        return told

    def _local(self, shown: str) -> datetime | None:
        zone = self._session.zone
        try:
            return None if zone is None else datetime.fromisoformat(shown).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            return None


def _verdict(step: Step, ticket: Ticket, entries: Sequence[Said]) -> Sight:
    """All texts of the step must be there: one request wrote them."""
    unsure = False
    for element, text in journal_of(step.actions).items():
        ours = [
            each for each in entries if each.mine and each.element in {element, None} and same_text(each.text, text)
        ]
        if not ours:
            return Sight(there=False)
        fresh = [_fresh(each, step, ticket) for each in ours]
        if True not in fresh:
            if None not in fresh:
                return Sight(there=False)
            unsure = True
    return Sight(there=None, reason=WHEN) if unsure else Sight(there=True)


def _fresh(said: Said, step: Step, ticket: Ticket) -> bool | None:
    """Whether an entry was written after the ticket's state that ``step.version`` names."""
    if said.at is None:
        return None
    if step.as_of is not None:
        # Times are whole seconds: what was written in the second of the last known change may be either.
        return None if said.at == step.as_of else said.at > step.as_of
    # Without that time: the ticket's last change is younger than the version, and whatever was written with it too.
    if step.version is not None and ticket.updated_at is not None and ticket.version is not None:
        if said.at >= ticket.updated_at:
            return True
        if step.version.isdigit() and ticket.version.isdigit() and int(ticket.version) == int(step.version) + 1:
            return False
    return None


def _linked(step: Step, ticket: Ticket) -> Sight:
    if not ticket.knows("links"):
        return Sight(there=None, reason="the ticket's links cannot be read")
    for action in step.actions:
        if isinstance(action, LinkChange):
            ends = {action.to, action.to_id} - {None}
            held = any(link.type is action.type and (link.key in ends or link.id in ends) for link in ticket.links)
            if held is action.remove:
                return Sight(there=False)
    return Sight(there=True)


def _when(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None
