"""Lists page by page: every trap of Zendesk's paging, one exchange at a time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import Need, Selection
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.zendesk import keys, listing
from supportctl.adapters.zendesk.keys import Position
from supportctl.errors import AuthError, InvalidRequestError, NotFoundError, ProtocolError, UsageError
from supportctl.query import parse

from .conftest import API, SITE, ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    import respx

    from supportctl.adapters.zendesk.adapter import ZendeskAdapter

EXPORT = f"{API}/incremental/tickets/cursor.json"
SEARCH = f"{API}/search/export.json"
TICKETS = f"{API}/tickets.json"
ME = f"{API}/users/me.json"
TAGS = frozenset({Need.TAGS})


def listed(numbers: list[int], more: bool = False, after: str | None = None, **changes: Any) -> dict[str, Any]:
    link = f"{SITE}{TICKETS}?page[after]={after}"
    docs = [ticket(number, **changes) for number in numbers]
    return {"tickets": docs, "meta": {"has_more": more, "after_cursor": after}, "links": {"next": link}}


def results(numbers: list[int], more: bool = False, after: str | None = None) -> dict[str, Any]:
    docs = [{**ticket(number), "result_type": "ticket"} for number in numbers]
    return {
        "results": docs,
        "meta": {"has_more": more, "after_cursor": after},
        "links": {"next": "https://evil.example"},
    }


def exported(docs: list[dict[str, Any]], *, end: bool, after: str | None) -> dict[str, Any]:
    return {"tickets": docs, "after_cursor": after, "after_url": "https://evil.example/x", "end_of_stream": end}


def asked(router: respx.MockRouter) -> list[str]:
    """Paths asked for, but for who we are, which is asked once per reader."""
    paths = [call.request.url.path for call in router.calls]
    assert paths.count(ME) <= 1
    return [path for path in paths if path != ME]


class Answers:
    """One path's answers in turn; the last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(dict(request.url.params))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def read(adapter: ZendeskAdapter, now: datetime, query: str | None = None, needs: Any = TAGS, **rest: Any) -> Reading:
    node = parse(query, now=now) if query else None
    return Reading(adapter, Selection(now=now, query=node, **rest), needs)


def test_without_a_condition_administrators_export(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    export = Answers(
        exported([ticket(1), ticket(2)], end=False, after="c1"),
        exported([ticket(2), ticket(3, status="deleted")], end=False, after="c2"),
        exported([], end=True, after="c2"),
    )
    zendesk.get(EXPORT).mock(side_effect=export)
    recent = Answers(listed([2]))
    zendesk.get(TICKETS).mock(side_effect=recent)
    reading = read(adapter, now)
    assert [found.id for found in reading] == ["1", "2"]
    assert export.seen[0]["start_time"] == "0"
    assert [page.get("cursor") for page in export.seen] == [None, "c1", "c2"]
    assert all(page["support_type_scope"] == "all" for page in export.seen)
    assert recent.seen[0]["sort"] == "-updated_at"
    assert [(notice.code, notice.count) for notice in reading.notices] == [("deleted-left-out", 1)]
    assert reading.repeats == 2


def test_deleted_tickets_when_asked_for(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    zendesk.get(EXPORT).mock(side_effect=Answers(exported([ticket(3, status="deleted")], end=True, after="c")))
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    assert [found.id for found in read(adapter, now, "status:deleted")] == ["3"]


def test_other_agents_list_and_hear_of_the_archive(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    refusal = httpx.Response(403, json={"error": {"title": "Forbidden", "message": "m"}})
    zendesk.get(EXPORT).mock(return_value=refusal)
    pages = Answers(listed([1, 2], True, "a"), listed([3], True, "b"), listed([], False, None))
    zendesk.get(TICKETS).mock(side_effect=pages)
    reading = read(adapter, now)
    assert [found.id for found in reading] == ["1", "2", "3"]
    assert [page["sort"] for page in pages.seen] == ["id"] * 3
    assert [page.get("page[after]") for page in pages.seen] == [None, "a", "b"]
    assert [notice.code for notice in reading.notices] == ["archived-left-out"]


def test_a_next_link_without_more_is_not_followed(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    zendesk.get(EXPORT).mock(return_value=httpx.Response(403, json={}))
    pages = Answers(listed([1], False, "a"))
    zendesk.get(TICKETS).mock(side_effect=pages)
    assert len(list(read(adapter, now))) == 1
    assert len(pages.seen) == 1


def test_links_to_other_hosts_are_never_visited(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1], True, "x"), results([2], False, "y")))
    assert len(list(read(adapter, now, "status:open"))) == 2
    assert {call.request.url.host for call in zendesk.calls} == {"acme.zendesk.com"}


@pytest.mark.parametrize("query", [None, "status:open"])
def test_a_repeated_cursor_is_an_error_and_not_a_short_list(
    query: str | None, zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    export = zendesk.get(EXPORT).mock(side_effect=Answers(exported([ticket(1)], end=False, after="same")))
    search = zendesk.get(SEARCH).mock(side_effect=Answers(results([1], True, "same")))
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    seen: list[str] = []
    with pytest.raises(ProtocolError, match="not whole"):
        seen.extend(found.id for found in read(adapter, now, query))
    assert seen == ["1"]
    assert (search if query else export).call_count == 3


def test_search_says_the_type_outside_the_query(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    search = Answers(results([1]))
    zendesk.get(SEARCH).mock(side_effect=search)
    list(read(adapter, now, native="type:ticket status<solved brand_id:7"))
    assert search.seen[0]["filter[type]"] == "ticket"
    assert search.seen[0]["query"] == "status<solved brand_id:7"
    assert search.seen[0]["page[size]"] == "100"
    assert asked(zendesk) == [SEARCH]
    for native in ("type:user x", "type:ticket", "  "):
        with pytest.raises(UsageError):
            list(read(adapter, now, native=native))


def test_the_search_index_lags_so_recent_updates_are_read_first(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    fresh = ticket(9, status="open", updated_at="2026-03-02T11:59:00Z")
    older = ticket(8, status="open", updated_at="2026-03-02T11:00:00Z")
    zendesk.get(TICKETS).mock(
        side_effect=Answers({"tickets": [fresh, older], "meta": {"has_more": True, "after_cursor": "z"}})
    )
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1])))
    assert [found.id for found in read(adapter, now, "status:open")] == ["9", "1"]
    assert asked(zendesk) == [TICKETS, SEARCH]


def test_what_moves_while_recent_updates_are_read_is_looked_at_again(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store in which unread ticket 3 is touched after the first page: it moves before our place."""
    monkeypatch.setattr(listing, "PAGE", 2)
    stamps = {1: "11:59:50", 2: "11:59:40", 3: "11:59:30", 4: "11:59:20", 5: "10:00:00"}
    rounds: list[str | None] = []

    def store(request: httpx.Request) -> httpx.Response:
        after = request.url.params.get("page[after]")
        rounds.append(after)
        if len(rounds) == 2:
            stamps[3] = "11:59:55"
        order = sorted(stamps, key=lambda number: stamps[number], reverse=True)
        rest = [n for n in order if after is None or stamps[n] < after]
        docs = [ticket(n, updated_at=f"2026-03-02T{stamps[n]}Z") for n in rest[:2]]
        cursor = stamps[rest[1]] if len(rest) > 1 else None
        return httpx.Response(200, json={"tickets": docs, "meta": {"has_more": len(rest) > 2, "after_cursor": cursor}})

    zendesk.get(TICKETS).mock(side_effect=store)
    zendesk.get(SEARCH).mock(side_effect=Answers(results([])))
    assert {found.id for found in read(adapter, now, "status:open")} == {"1", "2", "3", "4"}
    assert rounds[:3] == [None, "11:59:40", None]
    assert rounds[-1] is None


@pytest.mark.parametrize("status", [400, 404, 422])
def test_an_expired_cursor_begins_again_once(
    status: int, zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    gone = httpx.Response(status, json={"errors": [{"code": "InvalidCursor"}]})
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1], True, "a"), gone, results([1, 2])))
    reading = read(adapter, now, "status:open")
    assert [found.id for found in reading] == ["1", "2"]
    assert [notice.code for notice in reading.notices] == ["cursor-expired"]
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1], True, "a"), gone, results([1], True, "a"), gone))
    with pytest.raises((InvalidRequestError, NotFoundError)):
        list(read(adapter, now, "status:open"))


def test_a_later_process_goes_on_where_the_first_stopped(
    zendesk: respx.MockRouter, adapter_for: Callable[..., ZendeskAdapter], now: datetime
) -> None:
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    search = Answers(results([1], True, "a"), results([2], False, "b"))
    zendesk.get(SEARCH).mock(side_effect=search)
    selection = Selection(now=now, query=parse("status:open", now=now))
    pages = iter(adapter_for().search(selection, TAGS))
    next(pages)
    first = next(pages)
    assert first.cursor is not None
    rest = list(adapter_for().search(selection, TAGS, first.cursor))
    assert [found.id for page in rest for found in page.items] == ["2"]
    assert search.seen[1] == {**search.seen[0], "page[after]": "a"}


def test_a_page_is_yielded_before_the_next_is_asked_for(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    zendesk.get(EXPORT).mock(side_effect=Answers(exported([ticket(1)], end=False, after="c1")))
    pages = iter(adapter.search(Selection(now=now), TAGS))
    assert next(pages).items[0].id == "1"
    assert asked(zendesk) == [EXPORT]


def test_an_export_that_times_out_is_asked_for_less(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    export = Answers(httpx.Response(504), exported([ticket(1)], end=True, after="c"))
    zendesk.get(EXPORT).mock(side_effect=export)
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    assert len(list(read(adapter, now))) == 1
    assert [page["per_page"] for page in export.seen] == ["1000", "200"]


def test_names_come_in_bulk_never_one_by_one(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    docs = [ticket(number, requester_id=100 + number % 7) for number in range(1, 101)]
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers({"results": docs, "meta": {"has_more": False}}))
    users = [{"id": n, "name": f"U{n}", "email": f"u{n}@x.example", "role": "end-user"} for n in [*range(100, 107), 21]]
    zendesk.get(f"{API}/users/show_many.json").mock(side_effect=Answers({"users": users}))
    zendesk.get(f"{API}/organizations/show_many.json").mock(
        side_effect=Answers({"organizations": [{"id": 31, "name": "O"}]})
    )
    zendesk.get(f"{API}/groups.json").mock(side_effect=Answers({"groups": [{"id": 41, "name": "Tier 1"}]}))
    found = list(read(adapter, now, "status:open", frozenset({Need.PEOPLE})))
    assert len(found) == 100
    assert all(one.requester and one.requester.name and one.group and one.group.name == "Tier 1" for one in found)
    assert len(asked(zendesk)) == 5


def test_sideloads_the_search_lacks_are_read_in_bulk(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1, 2])))
    whole = [ticket(1, slas={"policy_metrics": []}, metric_set={"ticket_id": 1, "reopens": 1}), ticket(2)]
    many = Answers({"tickets": whole})
    zendesk.get(f"{API}/tickets/show_many.json").mock(side_effect=many)
    first, second = read(adapter, now, "status:open", frozenset({Need.SLAS}))
    assert first.reopens == 1
    assert first.slas == []
    assert second.unknown["slas"] == "absent"
    assert many.seen[0]["ids"] == "1,2"
    assert len(many.seen) == 1


def test_keys_that_are_not_shown_are_missing(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    many = Answers({"tickets": [ticket(number) for number in range(1, 100)]}, {"tickets": [ticket(101)]})
    zendesk.get(f"{API}/tickets/show_many.json").mock(side_effect=many)
    found = get(adapter, [str(number) for number in range(1, 102)], TAGS)
    assert found.missing == ["#100"]
    assert len(found.tickets) == 100
    assert [page["ids"].count(",") + 1 for page in many.seen] == [100, 1]


def test_views_by_id_and_by_exact_name(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    views = [{"id": 5, "title": "My queue"}, {"id": 6, "title": "Twice"}, {"id": 7, "title": "twice"}]
    zendesk.get(f"{API}/views.json").mock(side_effect=Answers({"views": views, "meta": {"has_more": False}}))
    zendesk.get(f"{API}/views/5/tickets.json").mock(side_effect=Answers(listed([1])))
    for name in ("5", "my queue"):
        assert [found.id for found in read(adapter, now, view=name)] == ["1"]
    with pytest.raises(UsageError, match="6, 7"):
        list(read(adapter, now, view="Twice"))


def test_truncated_answers_are_errors(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    zendesk.get(EXPORT).mock(
        return_value=httpx.Response(200, content=b'{"tickets": [{"id":', headers={"content-type": "application/json"})
    )
    with pytest.raises(ProtocolError):
        list(read(adapter, now))


def test_html_is_an_error(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    page = b"<html><title>Log in</title><input type='password'></html>"
    zendesk.get(EXPORT).mock(return_value=httpx.Response(200, content=page, headers={"content-type": "text/html"}))
    with pytest.raises(AuthError):
        list(read(adapter, now))


def test_warnings_of_the_api_are_collected(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    told = "{:allowed_parameters=>{:unpermitted_keys=>[:sort]}}"
    answer = httpx.Response(200, json=exported([], end=True, after=None), headers={"x-zendesk-api-warn": told})
    zendesk.get(EXPORT).mock(return_value=answer)
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    list(read(adapter, now))
    assert "unpermitted_keys" in adapter.transport.stats.warnings[0]


def test_comments_history_and_attachments_are_filled_in(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1, 2])))
    zendesk.get(f"{API}/tickets/show_many.json").mock(side_effect=Answers({"tickets": [ticket(1), ticket(2)]}))
    file = {"id": 3, "file_name": "a.log", "content_url": "https://x.zdusercontent.com/a"}
    first = {"id": 1, "body": "one", "created_at": "2026-02-01T08:00:00Z", "attachments": [file]}
    thread = Answers(
        {
            "comments": [first],
            "meta": {"has_more": True, "after_cursor": "n"},
            "links": {"next": "https://evil.example"},
        },
        {"comments": [], "meta": {"has_more": False, "after_cursor": None}},
    )
    zendesk.get(f"{API}/tickets/1/comments.json").mock(side_effect=thread)
    zendesk.get(f"{API}/tickets/2/comments.json").mock(return_value=httpx.Response(403, json={}))
    zendesk.get(url__regex=r".*/audits\.json.*").mock(side_effect=Answers({"audits": []}))
    needs = frozenset({Need.COMMENTS, Need.HISTORY, Need.ATTACHMENTS})
    reading = read(adapter, now, "status:open", needs)
    one, two = reading
    assert [comment.body for comment in one.comments] == ["one"]
    assert [each.filename for each in one.attachments] == ["a.log"]
    assert not {"comments", "history", "attachments"} & one.unknown.keys()
    assert two.unknown["comments"] == "hidden"
    assert {notice.code for notice in reading.notices} == {"comments-hidden", "attachments-hidden"}


def test_counts(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    search = Answers({"count": 4211})
    zendesk.get(f"{API}/search/count.json").mock(side_effect=search)
    zendesk.get(f"{API}/tickets/count.json").mock(side_effect=Answers({"count": {"value": 7, "refreshed_at": None}}))
    zendesk.get(f"{API}/views/5/count.json").mock(side_effect=Answers({"view_count": {"value": None, "fresh": False}}))
    assert adapter.count(Selection(now=now, query=parse("status:open", now=now))).value == 4211
    assert search.seen[0]["query"] == "type:ticket status:open"
    assert adapter.count(Selection(now=now)).value == 7
    assert not adapter.count(Selection(now=now, view="5")).exact


def test_positions_name_their_way_of_reading() -> None:
    assert keys.read(keys.write(Position(by="view", view="5", after="x"))).view == "5"


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"ticket_restriction": None}, None),
        ({"ticket_restriction": "groups"}, "those of the agent's groups"),
        ({"ticket_restriction": "something new"}, "some of them"),
        (None, "could not be told"),
    ],
)
def test_an_account_that_does_not_see_every_ticket_says_so_once(
    user: dict[str, Any] | None, words: str | None, zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    body = {"error": "Forbidden"} if user is None else {"user": {"id": 21, "role": "agent", **user}}
    zendesk.get(ME).respond(403 if user is None else 200, json=body)
    zendesk.get(TICKETS).mock(side_effect=Answers(listed([])))
    zendesk.get(SEARCH).mock(side_effect=Answers(results([1])))
    told = []
    for _ in range(2):
        reading = Reading(adapter, Selection(now=now, query=parse("status:open", now=now)), TAGS)
        assert len(list(reading)) == 1
        told += [notice for notice in reading.notices if notice.code == "tickets-out-of-sight"]
    assert len(told) == (words is not None)
    assert all(words in notice.message for notice in told if words)
