"""What a command planned on a desk in memory, read from its machine output."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from supportctl.model import Comment, Person, Role
from tests.changes.memory import EPOCH
from tests.commands.fakes import Result

Cli = Callable[..., Result]
Connect = Callable[[object], None]
CUSTOMER = Person(id="c1", name="Cem Öz", role=Role.END_USER)
AGENT = Person(id="a1", name="Ada", role=Role.AGENT)


def rows(result: Result) -> list[dict[str, Any]]:
    """The rows of what is planned; tickets that were left out come after them."""
    every = [json.loads(line) for line in result.out.splitlines()]
    return [row for row in every if row["outcome"] != "left out"]


def left_out(result: Result) -> dict[str, str]:
    every = [json.loads(line) for line in result.out.splitlines()]
    return {row["key"]: row["detail"] for row in every if row["outcome"] == "left out"}


def plan(cli: Cli, *words: str) -> Result:
    return cli(*words, "--format", "ndjson")


def summaries(result: Result) -> dict[str, str]:
    assert result.code == 0, result.err
    return {row["key"]: row["change"] for row in rows(result)}


def reply(by: Person, days: int) -> Comment:
    return Comment(id=f"{by.id}{days}", author=by, created_at=EPOCH - timedelta(days=days), body="SECRET", public=True)
