"""Tags: looked for before they are made, read back after, never repeated blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.errors import AuthError
from supportctl.model import Applied, Change, Conflict, Failed, TagChange, Unchanged, Unverified

from .conftest import adapter_on, incident
from .instance import failure

if TYPE_CHECKING:
    from .instance import Instance

ID = f"{1:032x}"


@pytest.fixture(autouse=True)
def _one_incident(instance: Instance) -> None:
    instance.add("incident", [incident(1, u_tags="vip")])
    instance.add(
        "label", [{"sys_id": "7" * 32, "name": "Billing", "viewable_by": "everyone", "active": "true", "owner": ""}]
    )


def change(*add: str, remove: tuple[str, ...] = (), version: str | None = "7") -> Change:
    action = TagChange(add=list(add), remove=list(remove))
    return Change(id=ID, key="INC0000001", action=action, version=version, before={}, after={}, kind="incident")


def entry(number: int, label: str, name: str, record: str = ID) -> dict[str, str]:
    return {"sys_id": f"{number:032x}", "label": label, "label.name": name, "table": "incident", "table_key": record}


def fate(adapter: Any, wanted: Change) -> Any:
    [batch] = adapter.batches([wanted])
    return adapter.submit(batch).outcomes[ID]


def writes(instance: Instance) -> list[tuple[str, str]]:
    return [(method, path.removeprefix("/api/now/table/")) for method, path, _ in instance.requests if method != "GET"]


def test_an_existing_label_is_used_whatever_its_case(instance: Instance) -> None:
    adapter = adapter_on(instance)
    assert fate(adapter, change("BILLING")) == Applied(version="7")
    [made] = instance.tables["label_entry"]
    assert (made["label"], made["table"], made["table_key"], made["title"]) == ("7" * 32, "incident", ID, "INC0000001")
    assert writes(instance) == [("POST", "label_entry")]
    assert instance.tables["incident"][0]["sys_mod_count"] == "7"


def test_a_tag_that_is_there_is_not_added_again(instance: Instance) -> None:
    instance.add("label_entry", [entry(50, "7" * 32, "Billing")])
    assert fate(adapter_on(instance), change("billing", remove=("never",))) == Unchanged(version="7")
    assert writes(instance) == []


def test_a_new_label_is_shared(instance: Instance) -> None:
    assert isinstance(fate(adapter_on(instance), change("new tag")), Applied)
    assert instance.tables["label"][1]["viewable_by"] == "everyone"
    assert instance.tables["label_entry"][0]["label"] == instance.tables["label"][1]["sys_id"]


def test_a_label_that_comes_out_private_is_taken_back(instance: Instance) -> None:
    instance.dropped_on_write = {"viewable_by"}
    outcome = fate(adapter_on(instance), change("new tag"))
    assert isinstance(outcome, Failed)
    assert "tags_admin" in outcome.error
    assert len(instance.tables["label"]) == 1


def test_removing_deletes_the_entry(instance: Instance) -> None:
    instance.add("label_entry", [entry(50, "7" * 32, "Billing"), entry(51, "8" * 32, "Other")])
    assert isinstance(fate(adapter_on(instance), change(remove=("bIlLing",))), Applied)
    assert [each["label.name"] for each in instance.tables["label_entry"]] == ["Other"]


def test_an_entry_without_its_record_is_discarded_and_explained(instance: Instance) -> None:
    instance.dropped_on_write = {"table_key"}
    outcome = fate(adapter_on(instance), change("billing"))
    assert isinstance(outcome, Failed)
    assert "needs a role" in outcome.error
    assert "field:" in outcome.error
    assert instance.tables["label_entry"] == []


@pytest.mark.parametrize("path", ["/label_entry", "/label"])
def test_refusals_name_the_role(instance: Instance, path: str) -> None:
    denied = failure(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
    instance.overrides.append((lambda r: r.method == "POST" and r.url.path.endswith(path), lambda r: denied))
    outcome = fate(adapter_on(instance), change("billing" if path == "/label_entry" else "new"))
    assert isinstance(outcome, Failed)
    assert outcome.code == "PERMISSION"
    assert ("role" in outcome.error) and ("tag_backend" in outcome.error)


@pytest.mark.parametrize("stored", [True, False])
def test_an_ambiguous_end_is_looked_at_not_repeated(instance: Instance, stored: bool) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        if stored:
            instance.add("label_entry", [entry(50, "7" * 32, "Billing")])
        raise httpx.ReadTimeout("", request=request)

    instance.overrides.append((lambda r: r.method == "POST", breaks))
    outcome = fate(adapter_on(instance), change("billing"))
    assert isinstance(outcome, Applied if stored else Unverified)
    assert len(writes(instance)) == 1


def test_who_is_not_signed_in_writes_nothing_at_all(instance: Instance) -> None:
    denied = failure(401, "User Not Authenticated", "Required to provide Auth information")
    instance.overrides.append((lambda r: True, lambda r: denied))
    with pytest.raises(AuthError):
        fate(adapter_on(instance), change("billing"))


@pytest.mark.parametrize("tag", ["a,b", "vip!", "x^NQactive=true", "javascript:x", "", " a"])
def test_tags_that_cannot_be_one(instance: Instance, tag: str) -> None:
    outcome = fate(adapter_on(instance), change(tag))
    assert isinstance(outcome, Failed)
    assert instance.requests == []


def test_verifying_looks_at_the_entries(instance: Instance) -> None:
    instance.add("label_entry", [entry(50, "7" * 32, "Billing")])
    adapter = adapter_on(instance)
    wanted = change("billing", remove=("other",))
    assert adapter.verify([wanted]) == {ID: Applied(version="7")}
    assert isinstance(adapter.verify([change("more")])[ID], Unverified)
    assert isinstance(adapter.verify([change(remove=("billing",))])[ID], Unverified)
    instance.closed = {"label_entry"}
    assert isinstance(adapter.verify([wanted])[ID], Unverified)


class TestField:
    """``tag_backend = "field:u_tags"``."""

    def test_adding_and_removing(self, instance: Instance) -> None:
        adapter = adapter_on(instance, tag_backend="field:u_tags")
        assert fate(adapter, change("Billing", remove=("VIP",))) == Applied(version="8")
        assert instance.tables["incident"][0]["u_tags"] == "Billing"
        assert adapter.verify([change("billing", version="8")]) == {ID: Applied(version="8")}
        assert writes(instance) == [("PATCH", f"incident/{ID}")]

    def test_nothing_to_do(self, instance: Instance) -> None:
        adapter = adapter_on(instance, tag_backend="field:u_tags")
        assert fate(adapter, change("Vip")) == Unchanged(version="7")
        assert writes(instance) == []

    def test_a_ticket_that_moved(self, instance: Instance) -> None:
        adapter = adapter_on(instance, tag_backend="field:u_tags")
        outcome = fate(adapter, change("x", version="6"))
        assert isinstance(outcome, Conflict)
        assert (outcome.was, outcome.now) == ("6", "7")
        assert writes(instance) == []

    def test_a_field_that_is_dropped_in_silence(self, instance: Instance) -> None:
        instance.dropped_on_write = {"u_tags"}
        outcome = fate(adapter_on(instance, tag_backend="field:u_tags"), change("x"))
        assert isinstance(outcome, Failed)
        assert "did not store u_tags" in outcome.error

    def test_a_field_nobody_can_see(self, instance: Instance) -> None:
        del instance.tables["incident"][0]["u_tags"]
        outcome = fate(adapter_on(instance, tag_backend="field:u_tags"), change("x"))
        assert isinstance(outcome, Failed)
        assert "hidden from this account" in outcome.error

    def test_a_ticket_nobody_can_see(self, instance: Instance) -> None:
        instance.tables["incident"] = []
        outcome = fate(adapter_on(instance, tag_backend="field:u_tags"), change("x"))
        assert isinstance(outcome, Failed)
        assert outcome.code == "NOT_FOUND"
