"""Merged, archived, deleted and scrubbed tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from supportctl.sandbox.conditions import Conditions
from tests.sandbox.zendesk.test_reading import every, undeleted
from tests.sandbox.zendesk.test_writing import finished, put

pytestmark = pytest.mark.slow

CLOSED = "Status: closed prevents ticket update"


def exported(api) -> dict[int, str]:
    """Status by id, of everything the export tells."""
    page = api.get("/incremental/tickets/cursor.json", params={"start_time": 0}).json()
    return {ticket["id"]: ticket["status"] for ticket in page["tickets"]}


@pytest.fixture
def opened(api) -> list[dict]:
    return [
        t for t in every(api, "/tickets", "tickets") if t["status"] == "open" and t["assignee_id"] and t["is_public"]
    ]


@pytest.fixture
def archived(api) -> list[dict]:
    """Closed tickets that the plain list does not show."""
    shown = {ticket["id"] for ticket in every(api, "/tickets", "tickets")}
    found = [ticket for ticket in undeleted(api) if ticket["id"] not in shown]
    assert found
    assert {ticket["status"] for ticket in found} == {"closed"}
    return found


def merged(api, target: int, **body: Any) -> list[dict]:
    """Results of the job."""
    answer = api.post(f"/tickets/{target}/merge", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["job_status"]["status"] == "queued"
    results: list[dict] = finished(api, answer.json()["job_status"])["results"]
    return results


def last_comment(api, number: int) -> dict:
    comment: dict = api.get(f"/tickets/{number}/comments").json()["comments"][-1]
    return comment


def test_merging_closes_the_sources_and_both_sides_say_so(api, opened) -> None:
    target, first, second = (ticket["id"] for ticket in opened[:3])
    said = {"target_comment": "They go on here.", "source_comment": "See the other.", "source_comment_is_public": True}
    results = merged(api, target, ids=[first, second], **said)
    assert results == [{"action": "update", "id": n, "status": "Updated", "success": True} for n in (first, second)]
    for number in (first, second):
        ticket = api.get(f"/tickets/{number}").json()["ticket"]
        assert ticket["status"] == "closed"
        assert "closed_by_merge" in ticket["tags"]
        comment = last_comment(api, number)
        assert (comment["body"], comment["public"]) == ("See the other.", True)
        audit = api.get(f"/tickets/{number}/audits").json()["audits"][-1]
        assert audit["via"]["source"]["rel"] == comment["via"]["source"]["rel"] == "merge"
        reopen = put(api, number, status="open")
        assert (reopen.status_code, reopen.json()["details"]["status"][0]["description"]) == (422, CLOSED)
    comment = last_comment(api, target)
    assert (comment["body"], comment["public"], comment["via"]["source"]["rel"]) == ("They go on here.", False, "merge")
    assert api.get(f"/tickets/{target}").json()["ticket"]["status"] == "open"


def test_merge_comments_are_private_when_a_ticket_is(sandbox, api, opened) -> None:
    target, source = (ticket["id"] for ticket in opened[:2])
    body = {"subject": "s", "comment": {"body": "b", "public": False}}
    private = api.post("/tickets", json={"ticket": body}).json()["ticket"]
    assert private["is_public"] is False
    merged(api, target, ids=[source, private["id"]], source_comment_is_public=True, target_comment_is_public=True)
    assert not any(last_comment(api, number)["public"] for number in (target, source, private["id"]))
    assert f"#{source}" in last_comment(api, target)["body"]
    assert f"#{target}" in last_comment(api, source)["body"]


def test_attachments_of_a_source_are_copied(sandbox, api, opened) -> None:
    sql = "SELECT DISTINCT c.ticket FROM zd_attachments AS a JOIN zd_comments AS c ON c.id = a.comment"
    holders = {row["ticket"] for row in sandbox.store.rows(sql)}
    source = next(
        ticket["id"]
        for ticket in every(api, "/tickets", "tickets")
        if ticket["id"] in holders and ticket["status"] != "closed"
    )
    target = next(ticket["id"] for ticket in opened if ticket["id"] != source)
    merged(api, target, ids=[source])
    (copy,) = last_comment(api, target)["attachments"]
    (original,) = [each for c in api.get(f"/tickets/{source}/comments").json()["comments"] for each in c["attachments"]]
    assert copy["id"] != original["id"]
    assert (copy["file_name"], copy["size"]) == (original["file_name"], original["size"])
    assert len(api.get(api.get(copy["content_url"]).headers["location"]).content) == copy["size"]
    assert api.get(f"/attachments/{copy['id']}").json()["attachment"] == copy


def test_what_cannot_be_merged(api, agent, opened, archived) -> None:
    target, source = (ticket["id"] for ticket in opened[:2])
    closed = next(ticket["id"] for ticket in every(api, "/tickets", "tickets") if ticket["status"] == "closed")
    results = merged(api, target, ids=[closed, 99_999_999, target, source])
    assert [result["success"] for result in results] == [False, False, False, True]
    assert [result["error"] for result in results[:3]] == ["TicketUpdateFailed", "TicketNotFound", "TicketUpdateFailed"]
    before = api.get(f"/tickets/{target}/comments").json()["count"]
    merged(api, target, ids=[closed])
    assert api.get(f"/tickets/{target}/comments").json()["count"] == before
    assert api.post("/tickets/99999999/merge", json={"ids": [target]}).status_code == 404
    assert api.post(f"/tickets/{closed}/merge", json={"ids": [target]}).status_code == 422
    assert api.post(f"/tickets/{target}/merge", json={}).status_code == 400
    many = api.post(f"/tickets/{target}/merge", json={"ids": list(range(1, 102))})
    assert (many.status_code, many.json()["error"]) == (400, "TooManyValues")


def test_the_sample_company_has_merged_tickets(api) -> None:
    tagged = [ticket for ticket in every(api, "/tickets", "tickets") if "closed_by_merge" in ticket["tags"]]
    relations = [
        audit["via"]["source"]["rel"]
        for t in tagged
        for audit in api.get(f"/tickets/{t['id']}/audits").json()["audits"]
    ]
    assert relations.count("merge") >= 3


def test_archived_tickets_are_read_but_not_listed(api, archived) -> None:
    ids = {ticket["id"] for ticket in archived}
    assert len(ids) >= 5
    for view in api.get("/views").json()["views"]:
        assert not ids & {ticket["id"] for ticket in every(api, f"/views/{view['id']}/tickets", "tickets")}
    requester = archived[0]["requester_id"]
    assert not ids & {t["id"] for t in every(api, f"/users/{requester}/tickets/requested", "tickets")}
    assert not ids & {metric["ticket_id"] for metric in every(api, "/ticket_metrics", "ticket_metrics")}
    shown = api.get("/tickets/show_many", params={"ids": ",".join(map(str, ids))}).json()["tickets"]
    assert {ticket["id"] for ticket in shown} == ids
    params = {"query": "status:closed", "filter[type]": "ticket", "page[size]": 1000}
    assert ids <= {ticket["id"] for ticket in api.get("/search/export", params=params).json()["results"]}
    number = archived[0]["id"]
    assert api.get(f"/tickets/{number}").json()["ticket"]["status"] == "closed"
    assert api.get(f"/tickets/{number}/related").json()["from_archive"] is True
    audits = api.get(f"/tickets/{number}/audits", params={"page[size]": 1}).json()
    assert len(audits["audits"]) > 1
    assert "meta" not in audits
    assert api.get(f"/tickets/{number}/comments").json()["comments"]


def test_nothing_changes_an_archived_ticket(api, archived) -> None:
    number = archived[0]["id"]
    assert put(api, number, status="open").status_code == 422
    job = api.put(f"/tickets/update_many?ids={number}", json={"ticket": {"additional_tags": ["x"]}}).json()[
        "job_status"
    ]
    (result,) = finished(api, job)["results"]
    assert result["success"] is False
    assert (
        api.get(f"/tickets/{number}").json()["ticket"]
        == api.get(f"/tickets/show_many?ids={number}").json()["tickets"][0]
    )
    assert "x" not in api.get(f"/tickets/{number}/tags").json()["tags"]


def test_closed_tickets_go_into_the_archive_by_themselves(sandbox, api) -> None:
    closed = next(ticket["id"] for ticket in every(api, "/tickets", "tickets") if ticket["status"] == "closed")
    sandbox.store.set_clock(sandbox.store.now() + timedelta(days=121))
    assert closed not in {ticket["id"] for ticket in every(api, "/tickets", "tickets")}
    assert closed in exported(api)


def test_deleted_tickets_are_told_until_they_are_scrubbed(sandbox, api, opened) -> None:
    number = opened[0]["id"]
    sample = {each["id"] for each in api.get("/deleted_tickets").json()["deleted_tickets"]}
    assert len(sample) == 3
    assert all(exported(api)[each] == "deleted" and api.get(f"/tickets/{each}").status_code == 404 for each in sample)
    api.delete(f"/tickets/{number}")
    sandbox.store.set_clock(sandbox.store.now() + timedelta(days=20))
    assert exported(api)[number] == "deleted"
    sandbox.store.set_clock(sandbox.store.now() + timedelta(days=11))
    assert number not in exported(api)
    assert api.get("/deleted_tickets").json()["deleted_tickets"] == []
    assert api.put(f"/deleted_tickets/{number}/restore").status_code == 404


def test_permanently_deleted_tickets_leave_nothing_but_a_gap(sandbox, api, opened) -> None:
    first, second, third = (ticket["id"] for ticket in opened[:3])
    assert api.delete(f"/deleted_tickets/{first}").status_code == 404
    job = finished(api, api.delete(f"/tickets/destroy_many?ids={first},{second},{third}").json()["job_status"])
    assert [result["status"] for result in job["results"]] == ["Deleted"] * 3
    sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=90))
    assert {exported(api)[number] for number in (first, second, third)} == {"deleted"}
    assert api.put(f"/deleted_tickets/restore_many?ids={third},99999999").status_code == 200
    assert api.get(f"/tickets/{third}").json()["ticket"]["status"] == "open"
    job = finished(api, api.delete(f"/deleted_tickets/{first}").json()["job_status"])
    assert (job["results"], job["total"]) == ({"success": True}, None)
    assert finished(api, api.delete(f"/deleted_tickets/destroy_many?ids={second}").json()["job_status"])["results"] == {
        "success": True
    }
    sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=90))
    assert not {first, second} & exported(api).keys()
    assert api.put(f"/deleted_tickets/{first}/restore").status_code == 404
    assert sandbox.store.value("SELECT count(*) FROM zd_comments WHERE ticket IN (?, ?)", (first, second)) == 0


def test_the_number_of_a_scrubbed_ticket_is_not_given_again(api) -> None:
    def make() -> int:
        number: int = api.post("/tickets", json={"ticket": {"comment": {"body": "b"}}}).json()["ticket"]["id"]
        return number

    number = make()
    api.delete(f"/tickets/{number}")
    api.delete(f"/deleted_tickets/{number}")
    assert make() == number + 1


def test_a_merge_counts_among_the_jobs_at_once(sandbox, api, opened) -> None:
    sandbox.store.conditions = Conditions(job_seconds=60, limits=True)
    target, source = (ticket["id"] for ticket in opened[:2])
    for number in range(30):
        body = {"ticket": {"additional_tags": [f"t{number}"]}}
        assert api.put(f"/tickets/update_many?ids={target}", json=body).status_code == 200
    answer = api.post(f"/tickets/{target}/merge", json={"ids": [source]})
    assert (answer.status_code, answer.json()["error"]) == (429, "TooManyJobs")
    assert answer.headers["Retry-After"]
    assert api.get(f"/tickets/{source}").json()["ticket"]["status"] == "open"
