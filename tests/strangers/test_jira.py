"""The `jira` package, as it comes, on the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox

AUTH = ("ops@harborlight.example", "sandbox-jira-token")


@pytest.fixture
def stranger(sandbox: Sandbox) -> Iterator[Any]:
    from jira import JIRA

    client = JIRA(sandbox.url, basic_auth=AUTH, max_retries=0)
    yield client
    client.close()


def test_lists_and_reads(stranger: Any) -> None:
    issues = stranger.search_issues("project = SUP ORDER BY key ASC", maxResults=0, fields="summary,status")
    assert len({issue.key for issue in issues}) == len(issues) > 150
    assert stranger.approximate_issue_count("project = SUP") >= 150
    issue = stranger.issue(issues[0].key, expand="changelog")
    assert issue.fields.summary == issues[0].fields.summary
    assert issue.changelog.histories is not None
    assert stranger.myself()["emailAddress"] == AUTH[0]
    assert stranger.comments(issue) is not None


def test_changes(stranger: Any) -> None:
    issue = stranger.issue("SUP-1")
    issue.update(update={"labels": [{"add": "stranger"}]}, notify=False)
    assert "stranger" in stranger.issue("SUP-1").fields.labels
    note = stranger.add_comment("SUP-1", "seen by agents only", is_internal=True)
    assert stranger.comment("SUP-1", note.id).raw["jsdPublic"] is False
    stranger.create_issue_link("Duplicate", "SUP-1", "SUP-2")
    assert [
        link.outwardIssue.key for link in stranger.issue("SUP-1").fields.issuelinks if hasattr(link, "outwardIssue")
    ]
    open_ = stranger.search_issues("project = SUP AND statusCategory != Done", maxResults=1)[0]
    stranger.transition_issue(open_, "Resolved", fields={"resolution": {"name": "Done"}})
    assert stranger.issue(open_.key).fields.resolution.name == "Done"


def test_desks(stranger: Any) -> None:
    desks = stranger.service_desks()
    assert {desk.projectKey for desk in desks} == {"SUP", "HILFE"}
    assert stranger.request_types(desks[0])


def test_an_attachment_arrives_without_credentials(stranger: Any, sandbox: Sandbox) -> None:
    issue = stranger.search_issues("attachments is not EMPTY", maxResults=1, fields="attachment")[0]
    attachment = issue.fields.attachment[0]
    assert len(attachment.get()) == attachment.size
    assert not sandbox.stats["notes"]


def test_errors_come_through(stranger: Any) -> None:
    from jira.exceptions import JIRAError

    with pytest.raises(JIRAError, match="does not exist") as caught:
        stranger.search_issues("status = Nowhere")
    assert caught.value.status_code == 400


@pytest.fixture
def at_data_center(sandbox: Sandbox) -> Iterator[Any]:
    from jira import JIRA

    profile = sandbox.data_center
    client = JIRA(profile["url"], token_auth=profile["secret"], max_retries=0)
    yield client
    client.close()


def test_data_center_is_listed_and_read(at_data_center: Any) -> None:
    assert not at_data_center._is_cloud
    issues = at_data_center.search_issues("project = SUP ORDER BY key ASC", maxResults=False, fields="summary,status")
    assert len({issue.key for issue in issues}) == len(issues) == issues.total > 150
    assert [issue.key for issue in at_data_center.search_issues("project = SUP", startAt=5, maxResults=3)]
    issue = at_data_center.issue("SUP-1", expand="changelog")
    assert issue.changelog.histories
    assert issue.fields.reporter.name
    assert at_data_center.myself()["name"] == "ops"
    assert at_data_center.user("mira.solberg").emailAddress == "mira.solberg@harborlight.example"
    assert at_data_center.search_users("mira")
    assert {each.name for each in at_data_center.favourite_filters()} >= {"All open tickets"}
    assert at_data_center.priorities()
    assert at_data_center.statuses()


def test_data_center_is_changed(at_data_center: Any) -> None:
    issue = at_data_center.issue("SUP-1")
    issue.update(update={"labels": [{"add": "stranger"}]}, notify=False)
    issue.update(fields={"summary": "Renamed by a stranger"})
    changed = at_data_center.issue("SUP-1").fields
    assert "stranger" in changed.labels
    assert changed.summary == "Renamed by a stranger"
    note = at_data_center.add_comment("SUP-1", "seen by *agents* only", is_internal=True)
    assert at_data_center.comment("SUP-1", note.id, expand="properties").raw["properties"] == [
        {"key": "sd.public.comment", "value": {"internal": True}}
    ]
    assert note.id in {each.id for each in at_data_center.comments("SUP-1")}
    at_data_center.assign_issue("SUP-1", "jonas.brandt")
    assert at_data_center.issue("SUP-1").fields.assignee.name == "jonas.brandt"
    at_data_center.create_issue_link("Duplicate", "SUP-1", "SUP-2")
    links = at_data_center.issue("SUP-1").fields.issuelinks
    assert "SUP-2" in [link.outwardIssue.key for link in links if hasattr(link, "outwardIssue")]
    open_ = at_data_center.search_issues("project = SUP AND statusCategory != Done", maxResults=1)[0]
    at_data_center.transition_issue(open_, "Resolved", fields={"resolution": {"name": "Done"}})
    assert at_data_center.issue(open_.key).fields.resolution.name == "Done"


def test_data_center_has_desks_and_attachments(at_data_center: Any) -> None:
    desks = at_data_center.service_desks()
    assert {desk.projectKey for desk in desks} == {"SUP", "HILFE"}
    assert at_data_center.request_types(desks[0])
    issue = at_data_center.search_issues("attachments is not EMPTY", maxResults=1, fields="attachment")[0]
    attachment = issue.fields.attachment[0]
    assert len(attachment.get()) == attachment.size


def test_data_center_refuses_in_its_own_words(at_data_center: Any, sandbox: Sandbox) -> None:
    from jira import JIRA
    from jira.exceptions import JIRAError

    with pytest.raises(JIRAError, match="does not exist") as caught:
        at_data_center.search_issues("status = Nowhere")
    assert caught.value.status_code == 400
    with pytest.raises(JIRAError) as caught:
        JIRA(sandbox.data_center["url"], token_auth="sandbox-jira-token", max_retries=0)
    assert caught.value.status_code == 401
