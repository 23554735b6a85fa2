"""Writes, jobs and refusals of the sandbox's Zendesk."""

from __future__ import annotations

import pytest

from supportctl.sandbox.zendesk.tables import put_config
from tests.sandbox.zendesk.test_reading import every

CATEGORY = 7_703_000_000_101


@pytest.fixture
def ticket(api) -> dict:
    """An open ticket somebody works on."""
    return next(t for t in every(api, "/tickets", "tickets") if t["status"] == "open" and t["assignee_id"])


@pytest.fixture
def closed(api) -> dict:
    return next(t for t in every(api, "/tickets", "tickets") if t["status"] == "closed")


def put(api, number, **values):
    return api.put(f"/tickets/{number}", json={"ticket": values})


def test_tag_verbs(api, ticket) -> None:
    path = f"/tickets/{ticket['id']}/tags"
    answer = api.post(path, json={"tags": ["One", "two words"]})
    assert (answer.status_code, answer.json()["tags"]) == (201, ["one", "two", "words"])
    assert api.put(path, json={"tags": ["three"]}).json()["tags"] == ["one", "three", "two", "words"]
    assert api.request("DELETE", path, json={"tags": ["two"]}).json()["tags"] == ["one", "three", "words"]
    assert api.delete(path + "?tags=one,words").json()["tags"] == ["three"]
    assert api.get(path).json()["tags"] == ["three"]


def test_replacing_tags_empties_the_drop_downs(api, ticket) -> None:
    field = {"id": CATEGORY, "value": "cat_network"}
    changed = put(api, ticket["id"], custom_fields=[field]).json()["ticket"]
    assert "cat_network" in changed["tags"]
    api.post(f"/tickets/{ticket['id']}/tags", json={"tags": ["plain"]})
    after = api.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert {entry["value"] for entry in after["custom_fields"] if entry["id"] == CATEGORY} == {None}
    api.put(f"/tickets/{ticket['id']}/tags", json={"tags": ["cat_billing"]})
    after = api.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert field | {"value": "cat_billing"} in after["custom_fields"]


def test_collisions(api, ticket) -> None:
    path, stamp = f"/tickets/{ticket['id']}/tags", ticket["updated_at"]
    first = api.put(path, json={"tags": ["a"], "updated_stamp": stamp, "safe_update": "true"})
    assert first.status_code == 200
    again = api.put(path, json={"tags": ["b"], "updated_stamp": stamp, "safe_update": False})
    assert (again.status_code, again.json()["error"]) == (409, "UpdateConflict")
    assert api.get(f"/tickets/{ticket['id']}").json()["ticket"]["updated_at"] > stamp
    assert put(api, ticket["id"], tags=["b"], safe_update=True).status_code == 400


def test_closed_is_final_but_for_tags_by_a_job(api, closed) -> None:
    number = closed["id"]
    for answer in (put(api, number, status="open"), api.put(f"/tickets/{number}/tags", json={"tags": ["x"]})):
        assert answer.status_code == 422
        assert answer.json()["details"]["status"][0]["description"] == "Status: closed prevents ticket update"
    job = api.put(f"/tickets/update_many?ids={number}", json={"ticket": {"additional_tags": ["x"]}}).json()[
        "job_status"
    ]
    assert job["status"] == "queued"
    assert "x" in api.get(f"/tickets/{number}/tags").json()["tags"]


def test_refusals(api, ticket) -> None:
    number = ticket["id"]
    put(api, number, priority="high")
    reset = put(api, number, priority=None)
    assert reset.json()["details"]["priority"][0]["description"] == "Priority: cannot be reset"
    put(api, number, assignee_id=None)
    unsolved = put(api, number, status="solved").json()["details"]["base"][0]
    assert unsolved["ticket_field_type"] == "FieldAssignee"
    assert put(api, number, status="new").status_code == 422
    before = api.get(f"/tickets/{number}").json()["ticket"]
    assert before["status"] == "open"


def test_misspelt_keys_are_dropped_with_a_warning(api, ticket) -> None:
    answer = put(api, ticket["id"], subjct="oops", tags=["kept"])
    assert answer.status_code == 200
    assert '"ticket.subjct"' in answer.headers["X-Zendesk-API-Warn"]


def test_a_comment_and_a_solve_leave_audits_and_metrics(api, ticket) -> None:
    number = ticket["id"]
    before = api.get(f"/tickets/{number}/metrics").json()["ticket_metric"]["replies"]
    done = put(api, number, status="solved", comment={"body": "Solved, xylophone.", "public": True}).json()
    assert [event["type"] for event in done["audit"]["events"]] == ["Comment", "Change", "Change"]
    metric = api.get(f"/tickets/{number}/metrics").json()["ticket_metric"]
    assert metric["replies"] == before + 1
    assert metric["solved_at"]
    assert api.get("/search/count", params={"query": "type:ticket xylophone"}).json()["count"] == 1
    put(api, number, status="open")
    assert api.get(f"/tickets/{number}/metrics").json()["ticket_metric"]["reopens"] >= 1


def test_a_custom_status_is_a_second_door(api, ticket) -> None:
    changed = put(api, ticket["id"], custom_status_id=7_704_000_000_007).json()["ticket"]
    assert changed["status"] == "hold"


def finished(api, job: dict) -> dict:
    for _ in range(5):
        job = api.get(job["url"]).json()["job_status"]
        if job["status"] == "completed":
            return job
    raise AssertionError(job)


def test_jobs_tell_each_ticket_in_more_than_one_shape(api, ticket, closed) -> None:
    shapes = []
    for _ in range(2):
        batch = [
            {"id": ticket["id"], "additional_tags": ["batch"]},
            {"id": closed["id"], "status": "open"},
            {"id": 999_999, "additional_tags": ["x"]},
        ]
        job = finished(api, api.put("/tickets/update_many", json={"tickets": batch}).json()["job_status"])
        good, refused, missing = job["results"]
        shapes.append(frozenset(good))
        assert (refused["error"], missing["error"]) == ("TicketUpdateFailed", "TicketNotFound")
        assert refused["success"] is False
    assert len(set(shapes)) == 2
    assert "batch" in api.get(f"/tickets/{ticket['id']}/tags").json()["tags"]
    listed = api.get("/job_statuses").json()["job_statuses"]
    ids = ",".join(job["id"] for job in listed)
    assert len(api.get("/job_statuses/show_many", params={"ids": ids}).json()["job_statuses"]) == 2
    assert api.get("/job_statuses/V3-0123456789abcdef0123456789abcdef").status_code == 404


def test_jobs_refuse_ticket_by_ticket(api, ticket, closed) -> None:
    """In both shapes: failures go by id in one, by their place in the other; ``error`` is always there."""
    shapes = []
    for _ in range(2):
        batch = [
            {"id": closed["id"], "comment": {"body": "Too late."}},
            {"id": 999_999, "additional_tags": ["x"]},
            {
                "id": ticket["id"],
                "additional_tags": ["x"],
                "safe_update": True,
                "updated_stamp": "2020-01-01T00:00:00Z",
            },
            {"id": ticket["id"], "priority": "enormous"},
            {"id": ticket["id"], "custom_status_id": 1},
            {"additional_tags": ["x"]},
            {"id": ticket["id"], "additional_tags": ["good"]},
        ]
        job = finished(api, api.put("/tickets/update_many", json={"tickets": batch}).json()["job_status"])
        *failures, done = job["results"]
        assert (job["total"], job["progress"], done["status"]) == (7, 7, "Updated")
        assert [failure["error"] for failure in failures] == [
            "TicketUpdateFailed", "TicketNotFound", "UpdateConflict", "TicketUpdateFailed", "TicketUpdateFailed",
            "TicketNotFound",
        ]  # fmt: skip
        assert all(failure["success"] is False and failure["details"] for failure in failures)
        named = {"id" if "id" in failure else "index" for failure in failures}
        assert len(named) == 1
        if named == {"index"}:
            assert [failure["index"] for failure in failures] == [0, 1, 2, 3, 4, 5]
        shapes.append((named.pop(), "success" in done))
    assert sorted(shapes) == [("id", True), ("index", False)]
    assert "x" not in api.get(f"/tickets/{ticket['id']}/tags").json()["tags"]


def test_jobs_have_a_hundred_tickets_at_most(api) -> None:
    ids = ",".join(map(str, range(1, 102)))
    answer = api.put(f"/tickets/update_many?ids={ids}", json={"ticket": {"tags": ["x"]}})
    assert (answer.status_code, answer.json()["error"]) == (400, "TooManyValues")
    batch = {"tickets": [{"id": number, "additional_tags": ["x"]} for number in range(1, 102)]}
    answer = api.put("/tickets/update_many", json=batch)
    assert (answer.status_code, answer.json()["max_count"]) == (400, 100)
    stampless = {"tickets": [{"id": 1, "safe_update": True, "additional_tags": ["x"]}]}
    assert api.put("/tickets/update_many", json=stampless).status_code == 400


def test_create_once_with_a_key(api) -> None:
    body = {"ticket": {"subject": "New", "comment": {"body": "Words"}, "requester": {"email": "new@guest.example"}}}
    first = api.post("/tickets", json=body, headers={"Idempotency-Key": "k1"})
    again = api.post("/tickets", json=body, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, first.headers["x-idempotency-lookup"]) == (201, "miss")
    assert (again.headers["x-idempotency-lookup"], again.json()) == ("hit", first.json())
    other = api.post("/tickets", json={"ticket": {"comment": {"body": "x"}}}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 400
    number = first.json()["ticket"]["id"]
    assert api.get(f"/tickets/{number}/comments").json()["comments"][0]["body"] == "Words"
    assert api.post("/tickets", json={"ticket": {"subject": "no words"}}).status_code == 422


def test_delete_and_restore(api, ticket) -> None:
    number = ticket["id"]
    assert api.delete(f"/tickets/{number}").status_code == 204
    assert api.get(f"/tickets/{number}").status_code == 404
    assert number in {deleted["id"] for deleted in api.get("/deleted_tickets").json()["deleted_tickets"]}
    assert api.put(f"/deleted_tickets/{number}/restore").status_code == 200
    assert api.get(f"/tickets/{number}").json()["ticket"]["status"] == "open"


def test_solving_a_problem_solves_its_incidents(api) -> None:
    problem, incident = _pair(api)
    put(api, problem["id"], status="solved", comment={"body": "All good again.", "public": True})
    after = api.get(f"/tickets/{incident['id']}").json()["ticket"]
    assert after["status"] == "solved"


def _pair(api) -> tuple[dict, dict]:
    """Two open tickets, made a problem and its incident."""
    problem, incident = [t for t in every(api, "/tickets", "tickets") if t["status"] == "open" and t["assignee_id"]][:2]
    put(api, problem["id"], type="problem")
    put(api, incident["id"], type="incident", problem_id=problem["id"])
    assert incident["id"] in {t["id"] for t in api.get(f"/tickets/{problem['id']}/incidents").json()["tickets"]}
    return problem, incident


def test_solving_a_problem_in_a_job_solves_its_incidents_too(api) -> None:
    """By its custom status as well; an internal comment stays with the problem."""
    problem, incident = _pair(api)
    shown = {t["id"]: t["has_incidents"] for t in (problem, incident)}
    assert shown == {problem["id"]: False, incident["id"]: False}
    assert api.get(f"/tickets/{problem['id']}").json()["ticket"]["has_incidents"] is True
    batch = [{"id": problem["id"], "custom_status_id": 7_704_000_000_005, "comment": {"body": "hush", "public": False}}]
    finished(api, api.put("/tickets/update_many", json={"tickets": batch}).json()["job_status"])
    assert api.get(f"/tickets/{incident['id']}").json()["ticket"]["status"] == "solved"
    said = api.get(f"/tickets/{incident['id']}/comments").json()["comments"]
    assert "hush" not in {comment["body"] for comment in said}
    put(api, incident["id"], problem_id=None)
    assert api.get(f"/tickets/{problem['id']}").json()["ticket"]["has_incidents"] is False


def test_an_incident_that_becomes_a_question_leaves_its_problem(api) -> None:
    _, incident = _pair(api)
    assert put(api, incident["id"], type="question").json()["ticket"]["problem_id"] is None


def test_metadata_is_shown_by_audit_and_comment(api, ticket) -> None:
    values = {"metadata": {"time_spent": "4m12s"}, "comment": {"body": "Timed", "public": False}}
    assert put(api, ticket["id"], **values).json()["audit"]["metadata"]["custom"] == {"time_spent": "4m12s"}
    batch = [{"id": ticket["id"], "metadata": {"n": 2}, "comment": {"body": "By job", "public": False}}]
    finished(api, api.put("/tickets/update_many", json={"tickets": batch}).json()["job_status"])
    said = api.get(f"/tickets/{ticket['id']}/comments").json()["comments"]
    assert [comment["metadata"]["custom"] for comment in said[-2:]] == [{"time_spent": "4m12s"}, {"n": 2}]
    assert said[0]["metadata"]["custom"] == {}


def test_tags_are_coupled_to_every_kind_of_field(api, ticket, sandbox) -> None:
    several, box, number = 7_703_000_000_901, 7_703_000_000_902, 7_703_000_000_903
    options = [{"id": n, "name": value.title(), "value": value, "default": False} for n, value in enumerate("ab")]
    fields = [(several, "multiselect", {"custom_field_options": options}), (box, "checkbox", {"tag": "ticked"}),
              (number, "integer", {})]  # fmt: skip
    with sandbox.store.write() as connection:
        for key, kind, more in fields:
            doc = {"id": key, "type": kind, "title": kind, "active": True, "required": False, **more}
            put_config(connection, [("ticket_field", key, 99, doc)])

    def held() -> tuple:
        found = api.get(f"/tickets/{ticket['id']}").json()["ticket"]
        values = {entry["id"]: entry["value"] for entry in found["custom_fields"]}
        return values[several], values[box], {"a", "b", "ticked"} & set(found["tags"])

    def give(*entries: tuple) -> int:
        return put(api, ticket["id"], custom_fields=[{"id": key, "value": value} for key, value in entries]).status_code

    assert give((several, ["b", "a"]), (box, True), (number, "7")) == 200
    assert held() == (["b", "a"], True, {"a", "b", "ticked"})
    api.request("DELETE", f"/tickets/{ticket['id']}/tags", json={"tags": ["b", "ticked"]})
    assert held() == (["a"], False, {"a"})
    api.put(f"/tickets/{ticket['id']}/tags", json={"tags": ["b", "ticked"]})
    assert held() == (["a", "b"], True, {"a", "b", "ticked"})
    assert give((several, []), (box, False)) == 200
    assert held() == ([], False, set())
    assert give((number, "seven")) == 422


def test_links_to_jira(api, agent, ticket) -> None:
    body = {"link": {"ticket_id": str(ticket["id"]), "issue_id": "10042", "issue_key": "SUP-42"}}
    made = api.post("/jira/links", json=body)
    link = made.json()["link"]
    assert (made.status_code, link["ticket_id"], link["issue_key"]) == (201, str(ticket["id"]), "SUP-42")
    assert api.post("/jira/links", json=body).status_code == 422
    for wrong in ({"ticket_id": "99999999"}, {"issue_key": ""}):
        assert api.post("/jira/links", json={"link": {**body["link"], "issue_id": "1", **wrong}}).status_code in (
            404,
            422,
        )
    other = {"link": {**body["link"], "issue_id": "10043", "issue_key": "SUP-43"}}
    api.post("/jira/links", json=other)
    first = api.get("/jira/links", params={"page[size]": 1}).json()
    assert first["meta"]["has_more"] is True
    after = {"page[size]": 1, "page[after]": first["meta"]["after_cursor"]}
    second = api.get("/jira/links", params=after).json()
    assert [each["issue_key"] for each in first["links"] + second["links"]] == ["SUP-42", "SUP-43"]
    assert second["meta"]["has_more"] is False
    assert len(api.get("/jira/links", params={"filter[ticket_id]": ticket["id"]}).json()["links"]) == 2
    assert api.get("/jira/links", params={"filter[ticket_id]": 1 + ticket["id"]}).json()["links"] == []
    assert api.get(f"/tickets/{ticket['id']}/related").json()["jira_issue_ids"] == ["10042", "10043"]
    assert agent.get("/jira/links").status_code == 403
    assert api.delete(f"/jira/links/{link['id']}").status_code == 204
    assert (
        api.get(f"/jira/links/{link['id']}").status_code == api.delete(f"/jira/links/{link['id']}").status_code == 404
    )
