"""Small tables of the commands around plans and runs."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from supportctl.changes.comparing import Difference
from supportctl.changes.records import RunSummary
from supportctl.changes.summary import Group
from supportctl.reports.base import Column, Sheet, pick_fields


class KnownPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in the state folder."""

    file: str
    id: str
    verb: str
    profile: str
    tickets: int
    created_at: datetime
    result: str


class TicketEffects(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    fields: list[str]


def sheet_of(name: str, kind: type[Any], columns: tuple[Column[Any], ...], shown: tuple[str, ...]) -> Sheet[Any]:
    return Sheet(
        name=name,
        columns=columns,
        default=shown,
        csv=shown,
        fields=tuple(kind.__struct_fields__),
        encode=msgspec.json.encode,
        pick=pick_fields,
    )


def _counts(run: RunSummary) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(run.counts.items()))


RUNS: Sheet[RunSummary] = sheet_of(
    "runs",
    RunSummary,
    (
        Column(name="id", value=lambda run: run.id, rank=0, width=12),
        Column(name="started", value=lambda run: datetime.fromtimestamp(run.started_at, UTC), rank=2, width=20),
        Column(name="profile", value=lambda run: run.profile, rank=3, width=16),
        Column(name="verb", value=lambda run: run.verb, rank=1, width=0),
        Column(name="result", value=lambda run: run.result or "not ended", rank=1, width=10),
        Column(name="counts", value=_counts, rank=2, width=40),
    ),
    ("id", "started", "profile", "verb", "result", "counts"),
)
GROUPS: Sheet[Group] = sheet_of(
    "groups",
    Group,
    (
        Column(name="field", value=lambda group: group.field, rank=0, width=16),
        Column(name="before", value=lambda group: group.before, rank=1, width=0),
        Column(name="after", value=lambda group: group.after, rank=0, width=0),
        Column(name="tickets", value=lambda group: group.tickets, rank=0, width=8),
        Column(name="examples", value=lambda group: ", ".join(group.examples), rank=2, width=34),
    ),
    ("field", "before", "after", "tickets", "examples"),
)
PLANS: Sheet[KnownPlan] = sheet_of(
    "plans",
    KnownPlan,
    (
        Column(name="file", value=lambda plan: plan.file, rank=0, width=0),
        Column(name="created", value=lambda plan: plan.created_at, rank=2, width=20),
        Column(name="profile", value=lambda plan: plan.profile, rank=3, width=16),
        Column(name="verb", value=lambda plan: plan.verb, rank=1, width=0),
        Column(name="tickets", value=lambda plan: plan.tickets, rank=1, width=8),
        Column(name="result", value=lambda plan: plan.result, rank=1, width=30),
    ),
    ("file", "created", "profile", "verb", "tickets", "result"),
)
DIFFERENCES: Sheet[Difference] = sheet_of(
    "differences",
    Difference,
    (
        Column(name="sign", value=lambda each: each.sign, rank=0, width=4),
        Column(name="key", value=lambda each: each.key, rank=0, width=14),
        Column(name="text", value=lambda each: each.text, rank=1, width=0),
    ),
    ("sign", "key", "text"),
)
EFFECTS: Sheet[TicketEffects] = sheet_of(
    "effects",
    TicketEffects,
    (
        Column(name="key", value=lambda each: each.key, rank=0, width=14),
        Column(name="fields", value=lambda each: ", ".join(each.fields), rank=0, width=0),
    ),
    ("key", "fields"),
)
