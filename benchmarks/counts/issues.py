"""What rules should find in Jira issues as the REST API gives them, counted from the JSON lines alone.

Absent, null and empty are kept apart: what is absent from an issue is unknown there and no finding.
"""

import json
import lzma
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Issue = dict[str, Any]
ABSENT = object()


def read(path: Path) -> dict[str, Issue]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        issues = [json.loads(line) for line in file]
    return {issue["key"]: issue for issue in issues}


def field(issue: Issue, name: str) -> Any:
    return issue["fields"].get(name, ABSENT)


def done(issue: Issue) -> bool:
    return bool(issue["fields"]["status"]["statusCategory"]["key"] == "done")


def name_of(value: Any) -> str:
    return value["name"].lower() if isinstance(value, dict) else ""


def duplicate(issue: Issue) -> bool:
    """By its resolution, or by a link that says so."""
    return "duplicate" in name_of(field(issue, "resolution")) or duplicates_another(issue)


def duplicates_another(issue: Issue) -> bool:
    links = field(issue, "issuelinks")
    return isinstance(links, list) and any(
        link["type"]["outward"] == "duplicates" and "outwardIssue" in link for link in links
    )


def any_duplicate_link(issue: Issue) -> bool:
    links = field(issue, "issuelinks")
    return isinstance(links, list) and any(link["type"]["name"] == "Duplicate" for link in links)


def unlinked_duplicate(issue: Issue) -> bool:
    known = isinstance(field(issue, "issuelinks"), list)
    return (
        known and "duplicate" in name_of(field(issue, "resolution")) and done(issue) and not any_duplicate_link(issue)
    )


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def stale(issue: Issue, now: datetime) -> bool:
    """Of an issue without readable history the time of update counts."""
    priority = name_of(field(issue, "priority"))
    limit = timedelta(days=1 if priority in ("blocker", "highest", "critical", "high") else 5)
    return not done(issue) and now - at(issue["fields"]["updated"]) > limit


def counts(issues: dict[str, Issue], now: datetime) -> Iterator[tuple[str, str, set[str]]]:
    def those(rule: Callable[[Issue], bool]) -> set[str]:
        return {key for key, issue in issues.items() if rule(issue)}

    yield "CLS101", "no component", those(lambda one: field(one, "components") == [] and not duplicate(one))
    yield "OWN201", "open, assignee null", those(lambda one: not done(one) and field(one, "assignee") is None)
    yield "PRI301", "priority null (absent: unknown)", those(lambda one: field(one, "priority") is None)
    yield "RES601", "done, resolution null", those(lambda one: done(one) and field(one, "resolution") is None)
    yield (
        "RES602",
        "open, with a resolution",
        those(lambda one: not done(one) and bool(name_of(field(one, "resolution")))),
    )
    yield "LNK701", "closed as duplicate, no link says of what", those(unlinked_duplicate)
    yield "TIM501", "stale", those(lambda one: stale(one, now))
