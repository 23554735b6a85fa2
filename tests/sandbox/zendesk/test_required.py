"""Fields and form conditions that stand between a ticket and its next status."""

from __future__ import annotations

import json

import pytest

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.required import missing
from tests.sandbox.zendesk.test_reading import every
from tests.sandbox.zendesk.test_writing import finished, put

EMPTY = [{"id": field, "value": None} for field in (names.CATEGORY, names.SERVICE, names.ROOT_CAUSE, names.NOTES)]


def fields(**values: str) -> list[dict]:
    return [{"id": getattr(names, name.upper()), "value": value} for name, value in values.items()]


@pytest.fixture
def ticket(api) -> dict:
    """An open ticket somebody works on, all of whose fields were emptied."""
    found = next(t for t in every(api, "/tickets", "tickets") if t["status"] == "open" and t["assignee_id"])
    changed: dict = put(api, found["id"], custom_fields=EMPTY).json()["ticket"]
    return changed


def refused(answer) -> dict[int, str]:
    """Field id -> type of what a refusal names."""
    assert answer.status_code == 422
    body = answer.json()
    assert (body["error"], body["description"]) == ("RecordInvalid", "Record validation errors")
    assert all(
        set(each) == {"description", "error", "ticket_field_id", "ticket_field_type"}
        for each in body["details"]["base"]
    )
    return {each["ticket_field_id"]: each["ticket_field_type"] for each in body["details"]["base"]}


def test_everything_that_is_missing_is_named_at_once(api, ticket) -> None:
    assignee = next(f["id"] for f in api.get("/ticket_fields").json()["ticket_fields"] if f["type"] == "assignee")
    found = refused(put(api, ticket["id"], status="solved", assignee_id=None, comment={"body": "Not kept."}))
    assert found == {assignee: "FieldAssignee", names.CATEGORY: "FieldTagger"}
    after = api.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert (after["status"], after["assignee_id"]) == ("open", ticket["assignee_id"])
    assert put(api, ticket["id"], status="pending").status_code == 200
    assert put(api, ticket["id"], status="solved", custom_fields=fields(category="cat_access")).status_code == 200


def test_a_condition_asks_only_while_it_is_met(api, ticket) -> None:
    number = ticket["id"]
    put(api, number, custom_fields=fields(category="cat_devices"))
    assert refused(put(api, number, status="solved")) == {names.SERVICE: "FieldTagger"}
    late = fields(root_cause="rc_workaround", service="service_payments")
    assert refused(put(api, number, status="solved", custom_fields=late)) == {names.NOTES: "FieldTextarea"}
    assert (
        put(
            api, number, status="solved", custom_fields=fields(root_cause="rc_solved", service="service_payments")
        ).status_code
        == 200
    )
    assert put(api, number, custom_fields=fields(category=None)).status_code == 200


def test_a_custom_status_is_no_way_around(api, ticket) -> None:
    solved = names.STATUS + 5
    assert refused(put(api, ticket["id"], custom_status_id=solved)) == {names.CATEGORY: "FieldTagger"}


def test_jobs_say_it_of_each_ticket(api, ticket) -> None:
    batch = [
        {"id": ticket["id"], "status": "solved"},
        {"id": ticket["id"], "status": "solved", "custom_fields": fields(category="cat_billing")},
    ]
    job = finished(api, api.put("/tickets/update_many", json={"tickets": batch}).json()["job_status"])
    bad, good = job["results"]
    assert (bad["success"], bad["error"]) == (False, "TicketUpdateFailed")
    assert "Category" in bad["details"]
    assert good["status"] == "Updated"


def test_a_new_ticket_is_solved_under_the_same_rules(api, ticket) -> None:
    values = {"subject": "s", "comment": {"body": "b"}, "status": "solved", "assignee_id": ticket["assignee_id"]}
    before = api.get("/tickets/count").json()
    assert refused(api.post("/tickets", json={"ticket": values})) == {names.CATEGORY: "FieldTagger"}
    assert api.get("/tickets/count").json()["count"]["value"] == before["count"]["value"]
    values["custom_fields"] = fields(category="cat_billing")
    assert api.post("/tickets", json={"ticket": values}).json()["ticket"]["status"] == "solved"


def test_the_form_tells_its_conditions(api) -> None:
    (form,) = api.get("/ticket_forms").json()["ticket_forms"]
    conditions = {(each["parent_field_id"], each["value"]): each["child_fields"] for each in form["agent_conditions"]}
    service, asset = conditions[names.CATEGORY, "cat_devices"]
    assert service["required_on_statuses"] == {"type": "SOME_STATUSES", "statuses": ["solved"]}
    assert (asset["is_required"], asset["required_on_statuses"]) == (False, {"type": "NO_STATUSES"})
    required = {field["title"] for field in api.get("/ticket_fields").json()["ticket_fields"] if field["required"]}
    assert required == {"Assignee", "Category"}


def test_finished_tickets_of_the_sample_company_meet_the_conditions(sandbox) -> None:
    """All but those whose category was taken away later, which is planted."""
    with sandbox.store.reader() as connection:
        rows = connection.execute("SELECT doc FROM zd_tickets WHERE status IN ('solved', 'closed')").fetchall()
        docs = [{**json.loads(row["doc"]), "status": "solved"} for row in rows]
        lacking = [field["id"] for doc in docs for field in missing(connection, doc)]
    assert set(lacking) <= {names.CATEGORY}
    assert len(lacking) < 0.02 * len(docs)


def test_all_statuses_and_options_that_do_not_allow_solving(sandbox, api, ticket) -> None:
    def edit(kind: str, key: int, change) -> None:
        row = sandbox.store.row("SELECT doc FROM zd_config WHERE kind = ? AND id = ?", (kind, key))
        doc = json.loads(row["doc"])
        change(doc)
        with sandbox.store.write() as connection:
            connection.execute("UPDATE zd_config SET doc = ? WHERE kind = ? AND id = ?", (json.dumps(doc), kind, key))

    always = {"id": names.SERVICE, "is_required": True, "required_on_statuses": {"type": "ALL_STATUSES"}}
    hidden = {"id": names.NOTES, "is_required": True, "required_on_statuses": {"type": "ALL_STATUSES"}}
    conditions = [
        {"parent_field_id": names.CATEGORY, "value": "cat_network", "child_fields": [always]},
        {"parent_field_id": names.SERVICE, "value": "service_portal", "child_fields": [hidden]},
    ]
    edit("ticket_form", names.FORM_ID, lambda doc: doc.update(agent_conditions=conditions))
    number = ticket["id"]
    put(api, number, custom_fields=fields(category="cat_network"))
    assert refused(put(api, number, status="hold")) == {names.SERVICE: "FieldTagger"}
    portal = fields(service="service_portal")
    assert refused(put(api, number, status="hold", custom_fields=portal)) == {names.NOTES: "FieldTextarea"}
    assert (
        put(
            api, number, status="hold", custom_fields=fields(category="cat_access", service="service_portal")
        ).status_code
        == 200
    )

    def forbid(doc: dict) -> None:
        for option in doc["custom_field_options"]:
            option["allow_solving"] = option["value"] != "cat_other"

    edit("ticket_field", names.CATEGORY, forbid)
    assert refused(put(api, number, status="solved", custom_fields=fields(category="cat_other"))) == {
        names.CATEGORY: "FieldTagger"
    }
