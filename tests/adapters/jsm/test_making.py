"""Bugs in the sandbox's Jira, on both deployments: drafted, made, given a file, found again, brought up to date."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.base import Need
from supportctl.adapters.jsm import platform
from supportctl.adapters.jsm.adapter import JiraAdapter, create
from supportctl.adapters.jsm.drafting import CUT, TEXT_LIMIT, cut, fitted, title_of
from supportctl.adapters.jsm.text import body_text, document
from supportctl.adapters.reading import get
from supportctl.adapters.writing import NewWish, Step
from supportctl.config import Auth, Profile
from supportctl.errors import AmbiguousWriteError, UsageError
from supportctl.model import (
    Action,
    Applied,
    Change,
    Failed,
    FieldChange,
    LinkChange,
    NewFile,
    NewTicket,
    Outcome,
    Platform,
    TagChange,
    Ticket,
)
from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.jira import entities
from supportctl.wire import Transport
from supportctl.wire.auth import basic, bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import respx

    from tests.fixtures.sandbox import Sandbox

MARK = "supportctl-0123456789abcdef"
OTHER = "supportctl-fedcba9876543210"
ZENDESK = Ticket(
    platform=Platform.ZENDESK, profile="zd", id="4711", key="#4711", url="https://acme.zendesk.com/agent/tickets/4711"
)
WISH = NewWish(
    project="eng",
    kind="bug",
    title="Sync fails\nfor everybody",
    document=document("It fails."),
    markup="It fails.",
    marks=[MARK],
    tickets=[ZENDESK],
)


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[[str], JiraAdapter]]:
    """A new adapter, as a new process has it."""
    adapters: list[JiraAdapter] = []

    def build(deployment: str) -> JiraAdapter:
        cloud = deployment == "cloud"
        url = sandbox.url if cloud else f"{sandbox.url}/jira"
        auth = basic("ops@harborlight.example", "sandbox-jira-token") if cloud else bearer("sandbox-jira-pat")
        transport = Transport(url, auth=auth, classify=platform.classify, published_limits=platform.PUBLISHED_LIMITS)
        profile = Profile(name="eng", platform="jsm", url=url, deployment=deployment, auth=Auth(kind="pat"))
        adapters.append(create(profile, transport, sandbox.store.now))
        return adapters[-1]

    yield build
    for adapter in adapters:
        adapter.close()


@pytest.fixture(params=["cloud", "data_center"])
def again(request: pytest.FixtureRequest, opened: Callable[[str], JiraAdapter]) -> Callable[[], JiraAdapter]:
    return lambda: opened(request.param)


@pytest.fixture
def adapter(again: Callable[[], JiraAdapter]) -> JiraAdapter:
    return again()


def step_of(action: Action, id_: str = MARK, key: str = MARK) -> Step:
    change = Change(id=id_, key=key, actions=[action], version=None, before={}, after={})
    return Step(change=change, number=0, actions=(action,), op="0123456789abcdef", version=None)


def send(adapter: JiraAdapter, action: Action, id_: str = MARK) -> Outcome:
    (outcome,) = adapter.submit([step_of(action, id_)]).outcomes.values()
    return outcome


def make(adapter: JiraAdapter, wish: NewWish = WISH) -> Ticket:
    new = adapter.draft(wish).actions[0]
    assert isinstance(send(adapter, new), Applied)
    (bug,) = adapter.find(wish.marks, frozenset({Need.ATTACHMENTS, Need.LINKS}))
    return bug


def file_of(folder: Path, content: bytes) -> NewFile:
    path = folder / "packet.zip"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return NewFile(name=f"PKT-1-{digest[:12]}.zip", path=str(path), size=len(content), sha256=digest)


def test_a_bug_is_made_as_drafted(adapter: JiraAdapter) -> None:
    drafted = adapter.draft(WISH)
    new, link = drafted.actions
    assert isinstance(new, NewTicket)
    assert isinstance(link, LinkChange)
    assert (new.project, new.kind, new.title, new.above) == ("ENG", "Bug", "Sync fails for everybody", 0)
    assert link.native["object"] == {"url": ZENDESK.url, "title": "#4711"}
    bug = make(adapter)
    assert (bug.key, bug.title, bug.tags) == ("ENG-1", "Sync fails for everybody", [MARK])
    assert bug.description == "It fails."
    assert adapter.draft(WISH).actions[0].above == 1  # type: ignore[union-attr]


def test_every_request_is_sent_once(adapter: JiraAdapter, tmp_path: Path) -> None:
    new = adapter.draft(WISH).actions[0]
    before = adapter.transport.stats.by_endpoint.copy()
    send(adapter, new)
    bug = get(adapter, ["ENG-1"]).tickets[0]
    send(adapter, file_of(tmp_path, b"PK\x03\x04 \r\n \x00"), bug.id)
    sent = adapter.transport.stats.by_endpoint - before
    version = adapter.site.api
    assert sent[f"POST {version}/issue"] + sent[f"POST /jira{version}/issue"] == 1
    tail = f"{version}/issue/{{id}}/attachments"
    assert sent[f"POST {tail}"] + sent[f"POST /jira{tail}"] == 1
    assert sent.total() == 3


def test_a_file_is_attached_as_it_was_planned_or_not_at_all(adapter: JiraAdapter, tmp_path: Path) -> None:
    bug = make(adapter)
    file = file_of(tmp_path, b"PK\x03\x04")
    assert send(adapter, file, bug.id) == Applied()
    (shown,) = get(adapter, [bug.id], frozenset({Need.ATTACHMENTS})).tickets[0].attachments
    assert (shown.filename, shown.size) == (file.name, 4)
    changed = msgspec.structs.replace(file, sha256="0" * 64)
    gone = msgspec.structs.replace(file, path=str(tmp_path / "gone.zip"))
    for each, code in ((changed, "CHANGED_FILE"), (gone, "NO_FILE")):
        outcome = send(adapter, each, bug.id)
        assert isinstance(outcome, Failed)
        assert outcome.code == code
    assert len(get(adapter, [bug.id], frozenset({Need.ATTACHMENTS})).tickets[0].attachments) == 1
    assert adapter.upload_limit() == 20_000_000


def test_a_bug_in_doubt_is_found_though_the_search_lags(again: Callable[[], JiraAdapter], sandbox: Sandbox) -> None:
    """What another process made is looked for among the keys given out since, which are read from the store."""
    sandbox.store.conditions = Conditions(search_lag=300)
    first = again()
    for number in range(3):
        make(first, msgspec.structs.replace(WISH, marks=[f"supportctl-{number}"]))
    new = first.draft(WISH).actions[0]
    assert isinstance(new, NewTicket)
    send(first, new)
    second = again()
    step = step_of(new)
    if second.site.cloud:
        assert second.find([MARK], frozenset()) == []
    assert second.look([step], {})[MARK].there is True
    assert [bug.key for bug in second.find([MARK], frozenset())] == ["ENG-4"]
    other = msgspec.structs.replace(new, marks=[OTHER])
    assert again().look([step_of(other)], {})[MARK].there is False


def test_all_that_carry_one_of_the_marks_are_found(again: Callable[[], JiraAdapter]) -> None:
    adapter = again()
    make(adapter)
    make(again(), msgspec.structs.replace(WISH, marks=[OTHER]))
    for each in (adapter, again()):
        assert [bug.key for bug in each.find([OTHER, MARK], frozenset())] == ["ENG-1", "ENG-2"]
        assert each.find(["supportctl-unknown"], frozenset()) == []


def test_a_bug_is_brought_up_to_date_and_left_alone_when_it_is(adapter: JiraAdapter) -> None:
    bug = make(adapter)
    assert isinstance(adapter.redraft(bug, WISH).actions[0], LinkChange)
    longer = msgspec.structs.replace(
        WISH, document=document("It fails.\nAlways."), markup="It fails.\nAlways.", marks=[MARK, OTHER], tickets=[]
    )
    prepared = adapter.redraft(bug, longer)
    text, tags = prepared.actions
    assert isinstance(text, FieldChange)
    assert isinstance(tags, TagChange)
    assert prepared.after == {"description": "It fails.\nAlways.", "tags": [MARK, OTHER]}
    change = Change(id=bug.id, key=bug.key, actions=prepared.actions, version=None, before={}, after={})
    step = Step(change=change, number=0, actions=(text, tags), op="0" * 16, version=None)
    assert adapter.submit([step]).outcomes == {bug.id: Applied()}
    (bug,) = adapter.find([MARK], frozenset())
    assert adapter.redraft(bug, longer).actions == []


def test_what_somebody_else_wrote_stays(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    bug = make(adapter)
    agent = ("limited@harborlight.example", "sandbox-jira-limited")
    with sandbox.store.write() as db:
        grant = next(each for each in entities.every(db, "user") if each.get("emailAddress") == agent[0])
        entities.put(db, "access", {"projects": ["ENG"], "levels": []}, id=grant["accountId"])
    with httpx.Client(base_url=f"{sandbox.url}/rest/api/2", auth=agent) as client:
        client.put(f"/issue/{bug.key}", json={"fields": {"description": "I see."}}).raise_for_status()
    (bug,) = adapter.find([MARK], frozenset())
    prepared = adapter.redraft(bug, msgspec.structs.replace(WISH, tickets=[]))
    assert prepared.actions == []
    assert "edited by Limited Agent" in prepared.risks[0].message


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"project": "NONE"}, "has no project"),
        ({"kind": "Epic"}, "has no type 'Epic'"),
        ({"fields": {"Colour": "red"}}, "no field 'Colour'"),
        ({"fields": {"summary": "mine"}}, "no field 'summary'"),
        ({"fields": {"priority": "Extreme"}}, "no such choice"),
        ({"fields": {"Due date": "soon"}}, "takes a day"),
    ],
)
def test_what_cannot_be_drafted_is_said_before_anything_is_sent(
    adapter: JiraAdapter, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        adapter.draft(msgspec.structs.replace(WISH, **changes))


def test_what_the_create_screen_must_have_is_named_and_can_be_given(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    with sandbox.store.write() as db:
        entities.put(db, "createscreen", {"name": "x", "required": ["customfield_10050", "reporter"]}, id="ENG:10020")
    with pytest.raises(UsageError, match="must have Category;") as refused:
        adapter.draft(WISH)
    assert "--field" in str(refused.value.hint)
    option = sandbox.store.value(
        "SELECT json_extract(doc, '$.value') FROM jira_entity WHERE id LIKE 'customfield_10050:%'"
    )
    fields = {"category": str(option), "Priority": "high", "duedate": "2026-04-01"}
    bug = make(adapter, msgspec.structs.replace(WISH, fields=fields))
    assert bug.native_priority == "High"
    assert str(bug.due_at).startswith("2026-04-01")


def test_a_screen_without_labels_is_refused(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    with sandbox.store.write() as db:
        entities.put(db, "createscreen", {"name": "x", "without": ["labels"]}, id="ENG:10020")
    with pytest.raises(UsageError, match="has no labels"):
        adapter.draft(WISH)


NEW = NewTicket(project="ENG", kind="Bug", title="x", fields={"project": {"key": "ENG"}, "issuetype": {"id": "1"}},
                marks=[MARK])  # fmt: skip


@pytest.mark.parametrize("answer", [{}, {"id": "1"}, {"key": "ENG-1"}, [], "made"])
def test_an_answer_nobody_understands_leaves_it_in_doubt(
    router: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], answer: Any
) -> None:
    route = router.post("/rest/api/3/issue").respond(201, json=answer)
    assert adapter_for().submit([step_of(NEW)]).outcomes == {}
    assert route.call_count == 1


def test_a_lost_answer_is_not_asked_for_twice(
    router: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], tmp_path: Path
) -> None:
    issue = router.post("/rest/api/3/issue").mock(side_effect=httpx.ReadTimeout("slow"))
    files = router.post("/rest/api/3/issue/10001/attachments").respond(503, headers={"Retry-After": "1"})
    adapter = adapter_for()
    with pytest.raises(AmbiguousWriteError):
        adapter.submit([step_of(NEW)])
    assert issue.call_count == 1
    files.side_effect = httpx.ReadError("reset")
    with pytest.raises(AmbiguousWriteError):
        adapter.submit([step_of(file_of(tmp_path, b"x"), "10001")])
    assert files.call_count == 1


@pytest.mark.parametrize(("status", "code"), [(400, "INVALID"), (403, "PERMISSION"), (404, "NOT_FOUND")])
def test_a_refusal_is_the_bugs_own_fate(
    router: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], status: int, code: str
) -> None:
    router.post("/rest/api/3/issue").respond(status, json={"errorMessages": ["no"], "errors": {}})
    (outcome,) = adapter_for().submit([step_of(NEW)]).outcomes.values()
    assert isinstance(outcome, Failed)
    assert outcome.code.startswith(code[:7])


def test_a_form_is_what_the_vendor_describes(
    router: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], tmp_path: Path
) -> None:
    route = router.post("/rest/api/3/issue/10001/attachments").respond(json=[{"id": "1", "size": 1, "self": "x"}])
    file = file_of(tmp_path, b"\x00\r\n")
    assert adapter_for().submit([step_of(file, "10001")]).outcomes == {"10001": Applied()}
    request = route.calls[0].request
    assert request.headers["X-Atlassian-Token"] == "no-check"
    assert f'name="file"; filename="{file.name}"'.encode() in request.content


@pytest.fixture
def router(jira: respx.MockRouter) -> respx.MockRouter:
    return jira


@given(st.text(max_size=600))
def test_a_title_is_one_line_of_255(text: str) -> None:
    title = title_of(text)
    assert len(title) <= 255
    assert len(title.split("\n")) == 1


def test_long_texts_are_cut_at_a_line_or_a_block_and_say_so() -> None:
    lines = "\n".join(f"line {number}" for number in range(6_000))
    short = cut(lines)
    assert len(short) <= TEXT_LIMIT
    assert short.endswith(f"\n\n{CUT}")
    assert short.split("\n")[-3] in lines.split("\n")
    assert cut("x" * (TEXT_LIMIT + 1)).endswith(CUT)
    blocks = [document(f"block {number}")["content"][0] for number in range(6_000)]
    whole = {"type": "doc", "version": 1, "content": blocks}
    text = body_text(fitted(whole))[0]
    assert len(text) <= TEXT_LIMIT
    assert text.endswith(CUT)
    assert fitted(document("short")) == document("short")
    one = fitted(document("y" * (TEXT_LIMIT + 1)))
    assert body_text(one)[0] == CUT
    assert json.dumps(one)
