"""An account at work on the sandbox: wishes to plans, plans to requests, requests to what is read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.adapters import reading
from supportctl.adapters.base import Need
from supportctl.adapters.servicenow.client import read_rows
from supportctl.adapters.writing import Step, Wish
from supportctl.changes.making import Made, make_changes, wishes_need
from supportctl.model import Applied, Ticket
from supportctl.model.planned import missing
from supportctl.wire import Intent

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.adapter import ServiceNowAdapter

AGENT = ("itil.agent", "sandbox-servicenow-agent")
DUPLICATE = "Duplicate"


class Desk:
    """An account at work."""

    def __init__(self, adapter: ServiceNowAdapter) -> None:
        self.adapter = adapter

    def raw(self, method: str, path: str, **body: str) -> dict[str, str]:
        response = self.adapter.client.write(method, f"/api/now/table/{path}", body, intent=Intent.ONCE)
        return {name: str(cell.value) for name, cell in read_rows(response)[0].items()}

    def make(self, table: str = "incident", **fields: str) -> str:
        return self.raw("POST", table, **{"short_description": "Printer is on fire", **fields})["number"]

    def get(self, *keys: str) -> list[Ticket]:
        found = reading.get(self.adapter, keys, frozenset({Need.LINKS, Need.TAGS, Need.CUSTOM, Need.COMMENTS}))
        by_key = {ticket.key: ticket for ticket in found.tickets}
        return [by_key[key] for key in keys]

    def one(self, key: str) -> Ticket:
        return self.get(key)[0]

    def plan(self, keys: list[str], *wishes: Wish, **more: Any) -> Made:
        found = reading.get(self.adapter, keys, wishes_need(self.adapter, wishes))
        return make_changes(self.adapter, found.tickets, wishes, **more)

    def steps(self, made: Made) -> list[list[Step]]:
        """By round: one step per ticket."""
        rounds: list[list[Step]] = []
        for change in made.changes:
            for number, actions in enumerate(self.adapter.divide(change)):
                if number == len(rounds):
                    rounds.append([])
                op = f"{number:016x}"
                rounds[number].append(
                    Step(change=change, number=number, actions=actions, op=op, version=change.version)
                )
        return rounds

    def send(self, steps: list[Step]) -> dict[str, Any]:
        """By ticket key."""
        keys = {step.id: step.change.key for step in steps}
        found = {}
        for batch in self.adapter.batches(steps):
            found |= {keys[id_]: outcome for id_, outcome in self.adapter.submit(batch).outcomes.items()}
        return found

    def carry(self, keys: list[str], *wishes: Wish, **more: Any) -> Made:
        """Plan and send; every ticket must be as planned when read again."""
        made = self.plan(keys, *wishes, **more)
        for steps in self.steps(made):
            current = {ticket.id: ticket.version for ticket in self.get(*(step.change.key for step in steps))}
            steps = [msgspec.structs.replace(step, version=current[step.id]) for step in steps]
            outcomes = self.send(steps)
            assert {key: outcome for key, outcome in outcomes.items() if not isinstance(outcome, Applied)} == {}
            assert len(outcomes) == len(steps)
        after = {ticket.id: ticket for ticket in self.get(*(change.key for change in made.changes))}
        for change in made.changes:
            assert missing(change, change.actions, after[change.id], fold=True) == ([], [])
        return made


def obstacles(made: Made) -> str:
    """Why the only ticket is left out."""
    [(_, reason)] = made.skipped
    return reason


def later(sandbox: Any) -> None:
    """Times are whole seconds: let a minute pass on the sandbox's clock."""
    from datetime import timedelta

    sandbox.store.set_clock(sandbox.store.now() + timedelta(minutes=1))


Desks = Callable[..., Desk]
"""Account (user and password; none: the administrator) -> desk."""
