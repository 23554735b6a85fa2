"""Random tickets in our own form, and random queries about them, from one generator of random numbers."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from supportctl.query.ast import (
    And,
    Anything,
    Longer,
    Node,
    Not,
    Nothing,
    NumberRange,
    OneOf,
    Or,
    Phrase,
    Shorter,
    Span,
    Term,
    TimeRange,
)
from tests.query.strategies import FEW

if TYPE_CHECKING:
    from pathlib import Path

HERE = Span(0, 0)
WORDS = [
    *FEW, "Straße", "STRASSE", "İstanbul", "ıx", "日本語", "é", "e\u0301", "😀", "a^b", "^NQactive=true",
    "javascript:gs.x()", "50%", "x@y", "AND", "or", "NULL", "EMPTY", "*", "a*", "?", "~a", "{0}", "ﬁ", "it's", "a;b",
    "#7", "_", "type:ticket", "<b>x</b>", "a" * 90,
]  # fmt: skip
TAGS = ["a", "b", "é", "x-1", "vpn", "日本", "x.y"]
STATUSES = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled")
KINDS = ("incident", "problem", "request", "question", "task")
PRIORITIES = ("p1", "p2", "p3", "p4", "p5")
CHANNELS = ("email", "phone", "web", "chat", "api", "portal")


def tickets(rng: random.Random, number: int, now: datetime) -> list[dict[str, Any]]:
    """Tickets whose values repeat, so that queries meet several; times tie and lie on borders."""
    moments = [now - timedelta(seconds=rng.choice([1, 59, 3600, 86_400, 604_800, rng.randrange(90 * 86_400)]))
               for _ in range(6)]  # fmt: skip

    def person() -> dict[str, Any] | None:
        name = rng.choice(WORDS)
        return rng.choice([None, {"id": name, "name": name, "email": f"u{WORDS.index(name)}@example.com"}])

    def named() -> dict[str, Any] | None:
        name = rng.choice(WORDS[:12])
        return rng.choice([None, {"id": name, "name": name}])

    found = []
    for index in range(number):
        created, updated = sorted(rng.choices(moments, k=2))
        status = rng.choice(STATUSES)
        done = status in ("resolved", "closed", "cancelled")
        found.append({
            "platform": "jsm", "profile": "p", "id": str(index + 1), "key": f"X-{index + 1}",
            "kind": rng.choice(KINDS), "title": " ".join(rng.choices(WORDS, k=2)),
            "description": rng.choice(["", *WORDS]), "status": status,
            "priority": rng.choice([None, *PRIORITIES]), "impact": rng.choice([None, "1", "3"]),
            "category": rng.choice([None, *WORDS[:6]]), "channel": rng.choice([None, *CHANNELS]),
            "tags": rng.sample(TAGS, rng.randrange(3)), "requester": person(), "assignee": person(),
            "group": named(), "organization": named(), "created_at": created.isoformat(),
            "updated_at": updated.isoformat(), "resolved_at": updated.isoformat() if done else None,
            "due_at": rng.choice([None, rng.choice(moments).isoformat()]),
        })  # fmt: skip
    return found


def write(path: Path, found: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(ticket) + "\n" for ticket in found))


def queries(rng: random.Random, number: int, now: datetime, found: list[dict[str, Any]]) -> list[Node]:
    """Queries over every field, nested and negated, about values that the tickets have or nearly have."""
    moments = [datetime.fromisoformat(str(ticket[name])) for ticket in found for name in ("created_at", "updated_at")]

    def moment() -> datetime:
        shift = timedelta(seconds=rng.choice([0, 0, 0, 1, -1, 60, -3600, 86_400]))
        return (rng.choice(moments) + shift).astimezone(UTC)

    def empty() -> Any:
        return rng.choice([Nothing(), Anything()])

    def one_of(values: Any, most: int = 2) -> Any:
        picked = rng.sample(list(values), min(len(values), rng.randint(1, most)))
        return empty() if rng.random() < 0.15 else OneOf(tuple(dict.fromkeys(picked)))

    def period() -> Any:
        low, high = sorted([moment(), moment()])
        return rng.choice(
            [TimeRange(low, None), TimeRange(None, high), TimeRange(low, high + timedelta(seconds=1)), empty()]
        )

    def elapsed() -> Any:
        length = max(timedelta(0), now - moment())
        return rng.choice([Longer, Shorter])(length, rng.random() < 0.5)

    def term() -> Term:
        name = rng.choice([
            "status", "kind", "priority", "sla", "link", "tag", "group", "organization", "category", "channel",
            "impact", "requester", "assignee", "key", "text", "age", "idle", "created", "updated", "resolved", "due",
            "reopens",
        ])  # fmt: skip
        match name:
            case "status":
                value = one_of(STATUSES, 3)
            case "kind":
                value = one_of(KINDS)
            case "priority":
                value = one_of(PRIORITIES)
            case "sla":
                value = one_of(("breached", "running", "paused", "met"))
            case "link":
                value = one_of(("duplicate_of", "problem", "parent", "relates"))
            case "tag":
                value = one_of([*TAGS, *(word for word in WORDS if " " not in word)])
            case "channel":
                value = one_of([*CHANNELS, "walk-in"])
            case "impact":
                value = one_of(["1", "2", "3"])
            case "requester" | "assignee":
                value = one_of([*WORDS, *(f"u{index}@example.com" for index in range(5))])
            case "key":
                value = one_of(["#1", "#2", "7", "INC0000001", "ITSM-1", "SUP-3", *WORDS[:4]])
            case "text":
                value = Phrase(rng.choice([*WORDS, "a B", "x", "日本"]))
            case "age" | "idle":
                value = elapsed()
            case "created" | "updated" | "resolved" | "due":
                value = period()
            case "reopens":
                value = rng.choice([NumberRange(0, None), NumberRange(None, 0), NumberRange(1, 3), empty()])
            case _:
                value = one_of(WORDS)
        return Term(name, value, HERE, None)

    def node(depth: int) -> Node:
        if depth == 0 or rng.random() < 0.4:
            return rng.choice([term, lambda: Not(term())])()
        parts = tuple(node(depth - 1) for _ in range(rng.randint(2, 3)))
        joined: Node = rng.choice([And, Or])(parts)
        return Not(joined) if rng.random() < 0.25 else joined

    return [node(2) for _ in range(number)]
