"""Tags and PATCHes: sent in batches, answers read against what was sent, nothing repeated blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.writing import Step
from supportctl.errors import AmbiguousWriteError, AuthError, TemporaryError
from supportctl.model import Action, Applied, Change, Failed, FieldChange, TagChange, Unchanged

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


def change(*add: str, remove: tuple[str, ...] = (), version: str | None = "7", before: tuple[str, ...] = ()) -> Step:
    return step(TagChange(add=list(add), remove=list(remove)), version=version, before={"tags": list(before)})


def step(*actions: Action, number: int = 1, version: str | None = "7", before: dict[str, Any] | None = None) -> Step:
    wanted = Change(
        id=f"{number:032x}",
        key=f"INC{number:07d}",
        actions=list(actions),
        version=version,
        before=before or {},
        after={},
        kind="incident",
    )
    return Step(change=wanted, number=0, actions=actions, op="0" * 16, version=version)


def entry(number: int, label: str, name: str, record: str = ID) -> dict[str, str]:
    return {"sys_id": f"{number:032x}", "label": label, "label.name": name, "table": "incident", "table_key": record}


def fate(adapter: Any, wanted: Step) -> Any:
    [batch] = adapter.batches([wanted])
    return adapter.submit(batch).outcomes.get(ID)


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


@pytest.mark.parametrize("wanted", [change("billing"), step(FieldChange(field="title", native_field="x", value="y"))])
def test_an_ambiguous_end_is_not_repeated(instance: Instance, wanted: Step) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    instance.overrides.append((lambda r: r.method in {"POST", "PATCH"}, breaks))
    with pytest.raises(AmbiguousWriteError):
        fate(adapter_on(instance), wanted)
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


@pytest.mark.parametrize("made", [True, False])
def test_a_tag_whose_making_was_not_answered_is_looked_for(instance: Instance, made: bool) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        if made:
            row = {"sys_id": "8" * 32, "name": "new", "viewable_by": "everyone", "active": "true", "owner": ""}
            instance.add("label", [row])
        raise httpx.ReadTimeout("", request=request)

    instance.overrides.append((lambda r: r.method == "POST" and r.url.path.endswith("/label"), breaks))
    if made:
        assert isinstance(fate(adapter_on(instance), change("new")), Applied)
        assert writes(instance) == [("POST", "label"), ("POST", "label_entry")]
    else:
        with pytest.raises(TemporaryError) as raised:
            fate(adapter_on(instance), change("new"))
        assert not isinstance(raised.value, AmbiguousWriteError)
        assert writes(instance) == [("POST", "label")]


def titled(number: int, title: str = "new words") -> Step:
    return step(FieldChange(field="title", native_field="short_description", value=title), number=number)


@pytest.fixture
def many(instance: Instance) -> list[Step]:
    instance.add("incident", [incident(number) for number in range(2, 41)])
    return [titled(number) for number in range(1, 41)]


def sent(adapter: Any, steps: list[Step]) -> dict[str, Any]:
    return {id_: fate for batch in adapter.batches(steps) for id_, fate in adapter.submit(batch).outcomes.items()}


class TestBatches:
    def test_many_records_in_few_requests(self, instance: Instance, many: list[Step]) -> None:
        outcomes = sent(adapter_on(instance), many)
        assert outcomes == {each.id: Applied(version="8") for each in many}
        assert instance.batches == [20, 20]
        assert {each["short_description"] for each in instance.tables["incident"]} == {"new words"}

    def test_what_was_not_serviced_is_sent_in_smaller_batches(self, instance: Instance, many: list[Step]) -> None:
        instance.serves = 5
        outcomes = sent(adapter_on(instance), many[:16])
        assert outcomes == {each.id: Applied(version="8") for each in many[:16]}
        assert instance.batches == [16, 5, 5]
        assert {each["sys_mod_count"] for each in instance.tables["incident"][:16]} == {"8"}

    def test_where_nothing_is_ever_serviced_each_goes_alone(self, instance: Instance, many: list[Step]) -> None:
        instance.serves = 0
        assert len(sent(adapter_on(instance), many[:4])) == 4
        assert instance.batches == [4, 2]
        assert {each["sys_mod_count"] for each in instance.tables["incident"][:4]} == {"8"}

    @pytest.mark.parametrize("status", [400, 403, 404])
    def test_a_closed_batch_api_is_said_once(self, instance: Instance, many: list[Step], status: int) -> None:
        denied = failure(status, "Requested URI does not represent any resource")
        instance.overrides.append((lambda r: r.url.path.endswith("/batch"), lambda r: denied))
        adapter = adapter_on(instance)
        assert len(sent(adapter, many)) == 40
        assert [method for method, _ in writes(instance)].count("POST") == 1
        [warning] = adapter.transport.stats.warnings
        assert "Batch API is closed" in warning

    def test_an_item_that_fell_over_is_in_doubt_and_a_refused_one_is_not(
        self, instance: Instance, many: list[Step]
    ) -> None:
        broken = failure(500, "Transaction cancelled: maximum execution time exceeded")
        denied = failure(403, "Operation Failed", "Data Policy Exception: The following fields are mandatory: Caller")
        instance.overrides.append((lambda r: r.url.path.endswith(f"{2:032x}"), lambda r: broken))
        instance.overrides.append((lambda r: r.url.path.endswith(f"{3:032x}"), lambda r: denied))
        outcomes = sent(adapter_on(instance), many[:4])
        assert outcomes.keys() == {many[0].id, many[2].id, many[3].id}
        assert isinstance(outcomes[many[2].id], Failed)
        assert "Caller" in outcomes[many[2].id].error

    def test_half_an_answer_leaves_all_in_doubt(self, instance: Instance, many: list[Step]) -> None:
        cut = httpx.Response(200, content=b'{"batch_request_id":"1","serviced_requests":[{"id":')
        instance.overrides.append((lambda r: r.url.path.endswith("/batch"), lambda r: cut))
        with pytest.raises(AmbiguousWriteError):
            sent(adapter_on(instance), many[:4])

    def test_entries_are_read_for_several_batches_at_once(self, instance: Instance, many: list[Step]) -> None:
        steps = [step(TagChange(add=["billing"]), number=number) for number in range(1, 41)]
        adapter = adapter_on(instance)
        assert len(sent(adapter, steps)) == 40
        assert len(instance.asked("label_entry")) == 1
        assert len(instance.asked("label")) == 1
        for each in instance.tables["label_entry"]:
            each["label.name"] = "Billing"
        again = sent(adapter, steps)
        assert set(map(type, again.values())) == {Unchanged}
        assert len(instance.tables["label_entry"]) == 40


def test_a_field_that_is_dropped_in_silence(instance: Instance) -> None:
    instance.dropped_on_write = {"short_description"}
    outcome = fate(adapter_on(instance), titled(1))
    assert isinstance(outcome, Failed)
    assert "did not store short_description" in outcome.error
    assert "new words" not in outcome.error


def test_more_updates_than_ours_are_mentioned(instance: Instance) -> None:
    outcome = fate(adapter_on(instance), step(*titled(1).actions, version="5"))
    assert isinstance(outcome, Applied)
    assert outcome.version == "8"
    assert "2 more updates" in (outcome.note or "")


class TestField:
    """``tag_backend = "field:u_tags"``: tags are a part of the PATCH."""

    def test_adding_and_removing(self, instance: Instance) -> None:
        adapter = adapter_on(instance, tag_backend="field:u_tags")
        assert fate(adapter, change("Billing", remove=("VIP",), before=("vip",))) == Applied(version="8")
        assert instance.tables["incident"][0]["u_tags"] == "Billing"
        assert writes(instance) == [("PATCH", f"incident/{ID}")]

    def test_together_with_other_fields(self, instance: Instance) -> None:
        adapter = adapter_on(instance, tag_backend="field:u_tags")
        both = step(TagChange(add=["b"]), *titled(1).actions, before={"tags": ["vip"]})
        assert adapter.divide(both.change) == [both.actions]
        assert fate(adapter, both) == Applied(version="8")
        record = instance.tables["incident"][0]
        assert (record["u_tags"], record["short_description"]) == ("vip,b", "new words")

    def test_a_field_that_is_dropped_in_silence(self, instance: Instance) -> None:
        instance.dropped_on_write = {"u_tags"}
        outcome = fate(adapter_on(instance, tag_backend="field:u_tags"), change("x", before=("vip",)))
        assert isinstance(outcome, Failed)
        assert "did not store u_tags" in outcome.error

    def test_a_ticket_nobody_can_see(self, instance: Instance) -> None:
        instance.tables["incident"] = []
        outcome = fate(adapter_on(instance, tag_backend="field:u_tags"), change("x"))
        assert isinstance(outcome, Failed)
        assert outcome.code == "NOT_FOUND"
