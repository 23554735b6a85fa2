"""What every adapter must do alike, and what each declares about its platform, held against what it does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.writing import TagWish
from supportctl.changes.making import make_changes
from supportctl.errors import AuthError, RefusedError, UsageError
from supportctl.model import Applied, Unchanged, Unknown
from supportctl.model.planned import missing
from supportctl.query import parse
from supportctl.sandbox.conditions import Conditions
from tests.conformance import table
from tests.conformance.subjects import EACH, SUBJECTS, SharedClock, Subject, made, planned

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from supportctl.model import Ticket
    from tests.fixtures.sandbox import Sandbox

FIELDS = {Need.COMMENTS: "comments", Need.HISTORY: "history", Need.ATTACHMENTS: "attachments", Need.SLAS: "slas"}


@pytest.fixture(params=EACH, ids=str)
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Subject:
    chosen: Subject = request.param
    chosen.small_pages(monkeypatch)
    return chosen


@pytest.fixture
def adapter(subject: Subject, sandbox: Sandbox) -> Iterator[Adapter]:
    sandbox.store.conditions = Conditions(limits=True)
    with subject.open(sandbox, SharedClock(sandbox.store)) as opened:
        yield opened
    assert sandbox.stats["violations"] == {}


def everything(sandbox: Sandbox) -> Selection:
    return Selection(now=sandbox.store.now())


def some(adapter: Adapter, sandbox: Sandbox, number: int = 5) -> list[Ticket]:
    return list(Reading(adapter, everything(sandbox), LISTING, limit=number))


@pytest.mark.slow
def test_every_page_border_is_a_place_to_resume(subject: Subject, adapter: Adapter, sandbox: Sandbox) -> None:
    whole = {ticket.id for ticket in Reading(adapter, everything(sandbox), LISTING)}
    assert whole == set(subject.ids(sandbox))
    pages = list(adapter.search(everything(sandbox), LISTING))
    assert len(pages) > 10
    for border in (0, 1, len(pages) // 2, len(pages) - 2):
        cursor = pages[border].cursor
        if cursor is None:
            continue
        before = {ticket.id for page in pages[: border + 1] for ticket in page.items}
        rest = {ticket.id for ticket in Reading(adapter, everything(sandbox), LISTING, cursor=cursor)}
        assert before | rest == whole


@pytest.mark.slow
def test_a_query_that_names_its_tickets_asks_for_them_alone(adapter: Adapter, sandbox: Sandbox) -> None:
    one, other, *_ = some(adapter, sandbox)
    now = sandbox.store.now()

    def found(query: str) -> set[str]:
        return {ticket.id for ticket in Reading(adapter, Selection(now=now, query=parse(query, now=now)), LISTING)}

    asked = sandbox.stats["total"]
    assert found(f"key:{one.key}") == {one.id}
    assert found(f"(key:{one.key},{other.key} or key:{one.key.lower()}) -key:{other.key}") == {one.id}
    assert found(f"key:{one.key} key:{other.key}") == set()
    assert found("key:no-such-key") == set()
    assert found(f"key:{one.key} created:..1999-01-01") == set()
    assert sandbox.stats["total"] - asked < 30
    assert found(f"key:{one.key} or status:open") >= {one.id}


def test_a_page_is_handed_over_before_the_next_is_asked_for(adapter: Adapter, sandbox: Sandbox) -> None:
    pages = adapter.search(everything(sandbox), frozenset())
    next(pages)
    asked = sandbox.stats["total"]
    next(pages)
    assert sandbox.stats["total"] > asked


def test_a_reading_that_is_given_up_asks_no_more(adapter: Adapter, sandbox: Sandbox) -> None:
    pages = adapter.search(everything(sandbox), LISTING)
    next(pages)
    asked = sandbox.stats["total"]
    pages.close()  # type: ignore[attr-defined]
    assert sandbox.stats["total"] == asked


@pytest.mark.slow
@pytest.mark.parametrize("need", FIELDS, ids=str)
def test_a_need_is_met_and_what_nobody_needs_is_not_fetched(adapter: Adapter, sandbox: Sandbox, need: Need) -> None:
    field = FIELDS[need]
    assert need in adapter.capabilities.reads
    without = next(iter(Reading(adapter, everything(sandbox), frozenset(), limit=1)))
    assert without.unknown.get(field) in (Unknown.NOT_FETCHED, None)
    assert field in without.unknown or getattr(without, field) == []
    found = list(Reading(adapter, everything(sandbox), frozenset({need}), limit=60))
    assert not any(ticket.unknown.get(field) is Unknown.NOT_FETCHED for ticket in found)
    assert any(getattr(ticket, field) for ticket in found)


def test_comments_and_history_come_oldest_first(adapter: Adapter, sandbox: Sandbox) -> None:
    tickets = some(adapter, sandbox, 15)
    for found in (adapter.comments(tickets), adapter.history(tickets)):
        assert found
        for thread in found.values():
            moments = [each.created_at if hasattr(each, "created_at") else each.at for each in thread]
            assert moments == sorted(moments, key=lambda moment: moment or sandbox.store.now())


def test_keys_in_every_spelling_name_the_ticket_once(adapter: Adapter, sandbox: Sandbox) -> None:
    ticket = some(adapter, sandbox, 1)[0]
    spellings = [ticket.key, ticket.url or ticket.key, ticket.key.lower()]
    found = reading.get(adapter, [*spellings, ticket.key])
    assert [each.id for each in found.tickets] == [ticket.id]
    assert found.missing == []


def test_what_is_not_there_is_missing_and_no_error(adapter: Adapter, sandbox: Sandbox) -> None:
    ticket = some(adapter, sandbox, 1)[0]
    gone = re.sub(r"\d+", lambda match: "9" * max(7, len(match[0])), ticket.key)
    found = reading.get(adapter, [ticket.key, gone])
    assert [each.key for each in found.tickets] == [ticket.key]
    assert found.missing == [adapter.normalize_key(gone)]


def test_another_sites_address_is_refused(adapter: Adapter) -> None:
    with pytest.raises(UsageError):
        adapter.normalize_key("https://elsewhere.example.org/agent/tickets/1")


@pytest.mark.slow
def test_an_attachment_arrives_whole_or_not_at_all(adapter: Adapter, sandbox: Sandbox) -> None:
    tickets = list(Reading(adapter, everything(sandbox), frozenset({Need.ATTACHMENTS})))
    attachment = next(each for ticket in tickets for each in ticket.attachments if each.size)
    into = io.BytesIO()
    assert adapter.download(attachment, into, max_bytes=1 << 20) == attachment.size == len(into.getvalue())
    with pytest.raises(RefusedError):
        adapter.download(attachment, io.BytesIO(), max_bytes=(attachment.size or 2) - 1)
    assert sandbox.stats["notes"] == {}


def test_a_tag_is_added_once_and_seen(adapter: Adapter, sandbox: Sandbox) -> None:
    tickets = list(
        Reading(
            adapter,
            Selection(now=sandbox.store.now(), query=parse("status:open", now=sandbox.store.now())),
            LISTING,
            limit=4,
        )
    )
    wish = TagWish(add=["conformance"])
    changes = planned(adapter, tickets, wish)
    assert len(changes) == 4
    for expected in (Applied, Unchanged | Applied):
        outcomes = made(adapter, changes)
        assert len(outcomes) == 4
        assert all(isinstance(outcome, expected) for outcome in outcomes.values()), outcomes
    again = {each.id: each for each in reading.get(adapter, [ticket.key for ticket in tickets], LISTING).tickets}
    fold = adapter.capabilities.tags_fold_case
    assert all(missing(each, each.actions, again[each.id], fold=fold) == ([], []) for each in changes)
    assert all(ticket.tags.count("conformance") == 1 for ticket in again.values())
    assert make_changes(adapter, list(again.values()), [wish]).changes == []


def test_fields_the_platform_lacks_are_unknown_and_never_empty(adapter: Adapter, sandbox: Sandbox) -> None:
    for ticket in Reading(adapter, everything(sandbox), frozenset(Need), limit=10):
        for field in adapter.capabilities.unknown_fields:
            assert field in ticket.unknown, f"{field} of {ticket.key}"


def test_the_platform_has_the_tag_rule_that_is_declared(subject: Subject, adapter: Adapter, sandbox: Sandbox) -> None:
    pattern = re.compile(adapter.capabilities.tag_pattern)
    assert all(pattern.fullmatch(tag) for ticket in some(adapter, sandbox, 100) for tag in ticket.tags)
    assert not pattern.fullmatch("")


def test_searches_have_the_limit_that_is_declared(adapter: Adapter, sandbox: Sandbox) -> None:
    found = sum(
        1
        for _ in Reading(
            adapter, Selection(now=sandbox.store.now(), query=parse("priority:any", now=sandbox.store.now())), LISTING
        )
    )
    assert adapter.capabilities.search_limit is None
    assert found > 200


def test_the_vocabulary_holds_what_tickets_have(adapter: Adapter, sandbox: Sandbox) -> None:
    vocabulary = adapter.vocabulary()
    assert vocabulary.statuses
    assert vocabulary.fields
    used = {(ticket.native_status or "").casefold() for ticket in some(adapter, sandbox, 50)}
    assert used & {status.casefold() for status in vocabulary.statuses}


def test_the_page_says_what_is_declared() -> None:
    assert table.written() == table.render(), "run: python -m tests.conformance.table"


@pytest.mark.parametrize(
    ("key", "accepted"), [("sandbox-servicenow-apikey", True), ("sandbox-servicenow-wrong", False)]
)
def test_an_api_key_signs_in_and_is_never_told(sandbox: Sandbox, key: str, accepted: bool) -> None:
    subject = next(each for each in SUBJECTS if each.platform == "servicenow")
    said: list[str] = []
    account = ("api_key", "ops", key)
    with subject.open(sandbox, SharedClock(sandbox.store), account, debug=said.append) as adapter:
        if accepted:
            assert list(Reading(adapter, everything(sandbox), LISTING, limit=3))
        else:
            with pytest.raises(AuthError) as caught:
                list(Reading(adapter, everything(sandbox), LISTING, limit=3))
            said.append(f"{caught.value!r} {caught.value.message} {caught.value.hint}")
        assert key not in repr(adapter.transport)
    assert said
    assert not any(key in line for line in said)


def test_an_api_key_is_no_bearer_token(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/api/now/table/incident?sysparm_limit=1"
    assert httpx.get(url, headers={"Authorization": "Bearer sandbox-servicenow-apikey"}).status_code == 401
    assert httpx.get(f"{url}&x-sn-apikey=sandbox-servicenow-apikey").status_code == 401
    assert httpx.get(url, headers={"x-sn-apikey": "sandbox-servicenow-apikey"}).status_code == 200
