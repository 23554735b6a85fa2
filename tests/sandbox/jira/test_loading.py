"""Real documents come back as they went in; as of a day, what came later is not there."""

from __future__ import annotations

import json
import lzma
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.sandbox import jira as dialect

if TYPE_CHECKING:
    from pathlib import Path

    from supportctl.sandbox.store import Store
    from tests.sandbox.jira.conftest import Jira

DONE = {"id": "3", "name": "Closed", "statusCategory": {"id": 3, "key": "done"}}
OPEN = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new"}}
WORDS = {"name": "ann", "key": "ann", "displayName": "Ann", "timeZone": "Europe/Oslo"}


def comment(number: int, at: str) -> dict[str, Any]:
    return {"id": str(number), "author": WORDS, "body": "words", "created": at, "updated": at}


ISSUE: dict[str, Any] = {
    "id": "900",
    "key": "RAW-1",
    "fields": {
        "created": "2026-01-01T10:00:00.000+0000",
        "updated": "2026-01-20T10:00:00.000+0000",
        "status": DONE,
        "resolution": {"id": "1", "name": "Fixed"},
        "resolutiondate": "2026-01-20T10:00:00.000+0000",
        "labels": ["kept"],
        "environment": None,
        "issuelinks": [],
        "reporter": WORDS,
        "unheard": {"of": [1, None, ""]},
        "comment": {
            "comments": [comment(1, "2026-01-02T10:00:00.000+0000"), comment(2, "2026-01-15T10:00:00.000+0000")],
            "maxResults": 5,
            "total": 5,
            "startAt": 0,
        },
    },
}
HISTORY = {
    "histories": [
        {
            "id": "11",
            "created": "2026-01-20T10:00:00.000+0000",
            "items": [
                {
                    "field": "status",
                    "fieldId": "status",
                    "from": "1",
                    "fromString": "Open",
                    "to": "3",
                    "toString": "Closed",
                }
            ],
        }
    ]
}


def test_documents_come_back_as_they_were(loaded: tuple[Store, Jira]) -> None:
    store, jira = loaded
    dialect.load(store, [ISSUE])
    assert jira.fields("RAW-1") == ISSUE["fields"]
    assert jira.get("/rest/api/2/issue/RAW-1/comment")["total"] == 2


def test_changes_lie_on_top_of_the_document(loaded: tuple[Store, Jira]) -> None:
    store, jira = loaded
    dialect.load(store, [ISSUE])
    jira.http.put("/rest/api/2/issue/RAW-1", json={"update": {"labels": [{"add": "new"}]}}).raise_for_status()
    jira.http.post("/rest/api/2/issue/RAW-1/comment", json={"body": "more"}).raise_for_status()
    fields = jira.fields("RAW-1")
    assert fields["labels"] == ["kept", "new"]
    assert [entry["body"] for entry in fields["comment"]["comments"]] == ["words", "words", "more"]
    assert fields["comment"]["total"] == 6
    untouched = {name for name in ISSUE["fields"] if name not in {"labels", "comment", "updated"}}
    assert fields.keys() == ISSUE["fields"].keys()
    assert {name: fields[name] for name in untouched} == {name: ISSUE["fields"][name] for name in untouched}


@pytest.mark.parametrize("changelog", [None, HISTORY])
def test_as_of_a_day(loaded: tuple[Store, Jira], changelog: dict | None) -> None:
    store, jira = loaded
    later = {
        **ISSUE,
        "id": "901",
        "key": "RAW-2",
        "fields": {**ISSUE["fields"], "created": "2026-01-12T00:00:00.000+0000"},
    }
    issue = {**ISSUE, **({"changelog": changelog} if changelog else {})}
    report = dialect.load(store, [issue, later], as_of=datetime(2026, 1, 10, tzinfo=UTC))
    assert (report.loaded, dict(report.skipped)) == (1, {"created later": 1})
    fields = jira.fields("RAW-1")
    assert fields["resolution"] is None
    assert fields["status"]["statusCategory"]["key"] != "done"
    assert [entry["id"] for entry in fields["comment"]["comments"]] == ["1"]
    assert fields["updated"] == "2026-01-02T10:00:00.000+0000"


@pytest.mark.parametrize(
    "broken", [{}, {"id": "x"}, {**ISSUE, "key": "none"}, {**ISSUE, "fields": {"created": "soon"}}]
)
def test_what_is_no_issue_is_counted_and_left_out(loaded: tuple[Store, Jira], broken: dict) -> None:
    report = dialect.load(loaded[0], [broken])
    assert report.loaded == 0
    assert report.skipped.total() == 1


@pytest.mark.recordings
def test_thousands_of_real_issues(loaded: tuple[Store, Jira], recordings: Path) -> None:
    store, jira = loaded
    with lzma.open(recordings / "data/jira_issues/issues.jsonl.xz", "rt", encoding="utf-8") as lines:
        issues = {(doc := json.loads(line))["key"]: doc for line in lines}
    assert dialect.load(store, iter(issues.values())).loaded == len(issues)
    keys = jira.keys("created > '1990-01-01' ORDER BY key ASC")
    assert sorted(keys) == sorted(issues)
    assert len(keys) == len(set(keys))
    for key in keys[::50]:
        assert jira.fields(key) == issues[key]["fields"], "differs from what was loaded"
    for label in sorted({label for doc in issues.values() for label in doc["fields"]["labels"]})[:20]:
        quoted = re.sub(r'(["\\])', r"\\\1", label)
        expected = {key for key, doc in issues.items() if label in doc["fields"]["labels"]}
        assert set(jira.keys(f'labels = "{quoted}"')) == expected
