"""Which records others hang on that are still open: ending the one may end, or strand, the others."""

from collections.abc import Sequence

from supportctl.adapters.servicenow.bulk import gather
from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.model import Ticket

CHILDREN = {
    "incident": ("incident", "parent_incident"),
    "sc_request": ("sc_req_item", "request"),
    "sc_req_item": ("sc_task", "request_item"),
}
"""Table -> where its children are, and the field that names their parent."""
ENDED = frozenset({"6", "7", "8"})
"""States of an incident in which nothing is left to do; a resolved one is still active."""


def open_children(client: Client, tickets: Sequence[Ticket]) -> dict[str, int]:
    """By ticket id, where there are any. Incidents that count none are not asked about."""
    counts: dict[str, int] = {}
    for table, (child, field) in CHILDREN.items():
        ids = [
            ticket.id
            for ticket in tickets
            if ticket.native_kind == table and ticket.native.get("child_incidents") not in {"0", ""}
        ]
        if not ids:
            continue
        try:
            rows = gather(client, child, field, ids, (field, "state", "active"), conditions=["active=true"]).rows
        except REFUSED:
            continue
        for row in rows:
            done = cell_text(row, "active") == "false" or (child == "incident" and cell_text(row, "state") in ENDED)
            if not done and (parent := cell_text(row, field)) in ids:
                counts[parent] = counts.get(parent, 0) + 1
    return counts
