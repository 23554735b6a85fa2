"""Lists, threads, settings and sign-in of the sandbox's Zendesk, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from supportctl.sandbox.company import build

FIELDS = {
    "allow_attachments", "allow_channelback", "assignee_id", "brand_id", "collaborator_ids", "created_at",
    "custom_fields", "custom_status_id", "description", "due_at", "email_cc_ids", "external_id", "fields",
    "follower_ids", "followup_ids", "forum_topic_id", "from_messaging_channel", "generated_timestamp", "group_id",
    "has_incidents", "id", "is_public", "organization_id", "priority", "problem_id", "raw_subject", "recipient",
    "requester_id", "satisfaction_rating", "sharing_agreement_ids", "status", "subject", "submitter_id", "tags",
    "ticket_form_id", "type", "updated_at", "url", "via",
}  # fmt: skip


def every(api: httpx.Client, path: str, key: str, **params) -> list[dict]:
    """All items of a list by cursor."""
    found, page = [], api.get(path, params={"page[size]": 100, **params}).json()
    while True:
        found += page[key]
        if not page["meta"]["has_more"]:
            return found
        page = api.get(page["links"]["next"]).json()


def undeleted(api: httpx.Client) -> list[dict]:
    """All tickets that are not deleted, archived ones too."""
    page = api.get("/incremental/tickets/cursor.json", params={"start_time": 0, "exclude_deleted": "true"}).json()
    assert page["end_of_stream"]
    return page["tickets"]


def test_signing_in(sandbox, agent) -> None:
    url = sandbox.url + "/api/v2"
    assert httpx.get(url + "/users/me.json").json()["user"]["name"] == "Anonymous user"
    assert httpx.get(url + "/users/me.json", auth=("a@b.example/token", "x")).json()["user"]["id"] is None
    wrong = httpx.get(url + "/tickets.json", auth=("a@b.example/token", "x"))
    assert (wrong.status_code, wrong.json()) == (401, {"error": "Couldn't authenticate you"})
    token = httpx.get(url + "/tickets.json", headers={"Authorization": "Bearer nothing"})
    assert (token.status_code, token.json()["error"]) == (401, "invalid_token")
    assert agent.get("/users/me.json").json()["user"]["role"] == "agent"
    assert agent.get("/incremental/tickets/cursor.json?start_time=0").status_code == 403


def test_a_ticket_has_every_key_of_the_vendor(api) -> None:
    ticket = api.get("/tickets/1.json").json()["ticket"]
    assert ticket.keys() >= FIELDS
    assert ticket["fields"] == ticket["custom_fields"]
    assert ticket["url"] == str(api.base_url) + "tickets/1.json"


def test_cursor_lists_every_ticket_once(api, now) -> None:
    tickets = every(api, "/tickets", "tickets")
    company = build("zendesk", now=now)
    assert [ticket["id"] for ticket in tickets] == [record.number for record in company.records]
    newest = every(api, "/tickets", "tickets", sort="-updated_at")
    stamps = [ticket["updated_at"] for ticket in newest]
    assert stamps == sorted(stamps, reverse=True)


def test_paging_traps(api) -> None:
    assert api.get("/tickets?page[size]=2&sort=created_at").status_code == 400
    silent = api.get("/tickets?page[size]=3&sort_by=created_at&sort_order=desc").json()
    assert [ticket["id"] for ticket in silent["tickets"]] == [1, 2, 3]
    assert api.get("/tickets?page=101&per_page=100").json()["errors"][0]["code"] == "InvalidPaginationDepth"
    page = api.get("/tickets?page=2&per_page=50").json()
    assert (len(page["tickets"]), page["tickets"][0]["id"]) == (50, 51)
    back = api.get("/tickets", params={"page[size]": 5, "page[before]": _cursor_of(api)}).json()
    assert [ticket["id"] for ticket in back["tickets"]] == [1, 2, 3, 4, 5]


def _cursor_of(api) -> str:
    first = api.get("/tickets?page[size]=5").json()
    second = api.get(first["links"]["next"]).json()
    return second["meta"]["before_cursor"]


def test_comments_say_next_though_nothing_follows(api) -> None:
    page = api.get("/tickets/1/comments.json", params={"page[size]": 100, "include": "users"}).json()
    assert page["meta"]["has_more"] is False
    assert page["links"]["next"]
    assert api.get(page["links"]["next"]).json()["comments"] == []
    assert page["comments"][0]["body"] == api.get("/tickets/1").json()["ticket"]["description"]
    authors = {comment["author_id"] for comment in page["comments"]}
    assert authors == {user["id"] for user in page["users"]}


def test_show_many_leaves_out_what_is_not_there(api) -> None:
    assert [t["id"] for t in api.get("/tickets/show_many?ids=3,999999,1").json()["tickets"]] == [1, 3]
    ids = ",".join(map(str, range(101)))
    assert api.get(f"/tickets/show_many?ids={ids}").json()["error"] == "TooManyValues"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/tickets/999999", {"error": "RecordNotFound", "description": "Not found"}),
        ("/nothing/here", {"error": "InvalidEndpoint", "description": "Not found"}),
    ],
)
def test_what_is_not_there(api, path, body) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()) == (404, body)


def test_sideloads(api) -> None:
    page = api.get("/tickets?page[size]=20&include=users,groups,organizations,metric_sets,slas,comment_count").json()
    users = {user["id"] for user in page["users"]}
    for ticket in page["tickets"]:
        assert ticket["requester_id"] in users
        assert ticket["metric_set"]["ticket_id"] == ticket["id"]
        assert isinstance(ticket["slas"]["policy_metrics"], list)
        assert ticket["comment_count"] >= 1


def test_audits_tell_how_the_ticket_became_what_it_is(api) -> None:
    for ticket in api.get("/tickets?page[size]=60").json()["tickets"]:
        audits = api.get(f"/tickets/{ticket['id']}/audits").json()["audits"]
        events = [event for audit in audits for event in audit["events"]]
        last = {event["field_name"]: event["value"] for event in events if event["type"] in {"Create", "Change"}}
        assert last["status"] == ticket["status"]
        assert last.get("group_id") == (str(ticket["group_id"]) if ticket["group_id"] else None)
        assert last.get("assignee_id") == (str(ticket["assignee_id"]) if ticket["assignee_id"] else None)


def test_views_count_what_they_list(api) -> None:
    for view in api.get("/views").json()["views"]:
        listed = every(api, f"/views/{view['id']}/tickets", "tickets")
        assert api.get(f"/views/{view['id']}/count").json()["view_count"]["value"] == len(listed)


def test_custom_statuses_lead_to_the_status(api) -> None:
    category = {s["id"]: s["status_category"] for s in api.get("/custom_statuses").json()["custom_statuses"]}
    for ticket in every(api, "/tickets", "tickets"):
        wanted = "solved" if ticket["status"] == "closed" else ticket["status"]
        assert category[ticket["custom_status_id"]] == wanted


def test_tags_and_fields(api) -> None:
    tags = api.get("/tags").json()["tags"]
    assert tags[0]["count"] >= tags[-1]["count"]
    assert api.get("/autocomplete/tags?name=te").json()["tags"][0].startswith("te")
    assert api.get("/autocomplete/tags?name=t").status_code == 400
    fields = api.get("/ticket_fields").json()["ticket_fields"]
    drop_down = next(field for field in fields if field["title"] == "Category")
    options = api.get(f"/ticket_fields/{drop_down['id']}/options").json()["custom_field_options"]
    assert [option["value"] for option in options] == [o["value"] for o in drop_down["custom_field_options"]]


def test_attachment_content_comes_from_another_host(sandbox, api) -> None:
    attachment = next(
        attachment
        for number in range(1, 450)
        for comment in api.get(f"/tickets/{number}/comments").json().get("comments", ())
        for attachment in comment["attachments"]
    )
    answer = api.get(attachment["content_url"])
    assert answer.status_code == 302
    target = httpx.URL(answer.headers["location"])
    assert target.host != api.base_url.host
    assert len(httpx.get(target).content) == attachment["size"]
    assert sandbox.stats["notes"] == {}
    httpx.get(target, headers={"Authorization": "Bearer leaked"})
    assert sandbox.stats["notes"] == {"credentials sent to the content host": 1}


def test_limits_are_told(api) -> None:
    headers = api.get("/tickets").headers
    assert int(headers["X-Rate-Limit-Remaining"]) * 2 >= int(headers["X-Rate-Limit"])
    assert "total=100" in headers["Zendesk-RateLimit-tickets-index"]
    assert headers["X-Zendesk-Request-Id"]
