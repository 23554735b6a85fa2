"""Thousands of real issues: nothing fails, and absent, null and empty stay three facts."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.jsm.decode import Decoder
from supportctl.model import Status

from .conftest import make_profile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recordings
CATEGORIES = {"new": Status.NEW, "indeterminate": Status.OPEN, "done": Status.RESOLVED}


@pytest.fixture(scope="module")
def lines(recordings: Path) -> list[bytes]:
    with lzma.open(recordings / "data" / "jira_issues" / "issues.jsonl.xz") as file:
        return [line.strip() for line in file]


def test_every_issue_decodes_to_what_a_plain_look_says(lines: list[bytes]) -> None:
    decoder = Decoder(make_profile())
    page = decoder.page(b'{"issues":[' + b",".join(lines) + b"]}")
    assert len(page.tickets) == len(lines)
    seen: Counter[Any] = Counter()
    for line, ticket in zip(lines, page.tickets, strict=True):
        raw = json.loads(line)
        fields = raw["fields"]
        assert (ticket.id, ticket.key) == (raw["id"], raw["key"])
        assert ticket.title == fields.get("summary")
        assert ticket.knows("title") is ("summary" in fields)
        assert ticket.status is CATEGORIES[fields["status"]["statusCategory"]["key"]]
        assert ticket.native_status == fields["status"]["name"]
        assert ticket.tags == fields["labels"]
        priority = fields.get("priority")
        known = "priority" in fields and (priority is None or priority["id"] in "12345")
        assert ticket.knows("priority") is known
        assert ticket.native_priority == (priority["name"] if priority else None)
        assert (ticket.assignee is None) is (fields["assignee"] is None)
        assert ticket.knows("assignee") is ("assignee" in fields)
        assert (ticket.closure_code is None) is (fields["resolution"] is None)
        assert len(ticket.comments) == len(fields["comment"]["comments"])
        assert len(ticket.attachments) == len(fields["attachment"])
        assert len(ticket.links) == len(fields["issuelinks"]) + len(fields["subtasks"]) + ("parent" in fields)
        assert (ticket.description is None) is (not isinstance(fields.get("description"), str))
        seen["priority", "priority" in fields, priority is None] += 1
    assert len(seen) == 3, "absent, null and set priorities are all there"
