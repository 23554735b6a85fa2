"""`supportctl duplicates find` and `of`, whole command lines."""

import json
from collections.abc import Callable

import msgspec
import pytest

from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Link, LinkType, Platform, Status, Ticket
from tests.commands.fakes import NOW, FakeReader, Result
from tests.duplicates.queue import background, made, person

BADGE = "At the north gate the badge reader flashes amber with E-4711 and stays shut since this morning."


def planted() -> list[Ticket]:
    return [
        *background(30),
        made(101, "Badge reader flashes amber", BADGE, requester=person("ann"), status=Status.CLOSED),
        made(102, "AW: Badge reader flashes amber", BADGE, requester=person("ann"), status=Status.OPEN),
        made(103, "North gate shut", "The badge reader flashes amber. It says E-4711.", status=Status.OPEN),
    ]


def suggestions(done: Result) -> list[Suggestion]:
    assert done.code == 0, done.err
    return [msgspec.json.decode(line, type=Suggestion) for line in done.out.splitlines()]


def test_open_tickets_are_asked_about_and_what_was_searched_is_told(cli, file_of) -> None:
    done = cli("duplicates", "find", "--file", file_of(*planted()), "--format", "ndjson")
    found = suggestions(done)
    assert (found[0].ticket.key, found[0].of.key, found[0].kind) == ("#102", "#101", "resend")
    assert "#101" not in {each.ticket.key for each in found}
    assert "33 tickets searched" in done.err


def test_a_query_chooses_who_is_asked_about_not_who_is_found(cli, file_of) -> None:
    path = file_of(*planted())
    found = suggestions(cli("duplicates", "find", "key:#102", "--file", path, "--format", "ndjson"))
    assert [(each.ticket.key, each.of.key) for each in found] == [("#102", "#101")]
    found = suggestions(cli("duplicates", "find", "status:closed", "--file", path, "--format", "ndjson"))
    assert found == []


def test_a_table_tells_why_in_eighty_columns(cli, file_of, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = cli("duplicates", "find", "key:#102", "--file", file_of(*planted()), "--format", "table")
    lines = done.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].split()[:4] == ["#102", "#101", "0.95", "resend"]
    assert "same requester, same text" in lines[1]


@pytest.mark.parametrize("form", ["table", "plain", "csv", "json", "ndjson"])
def test_every_form(cli, file_of, form: str) -> None:
    done = cli("duplicates", "find", "key:#102", "--file", file_of(*planted()), "--format", form)
    assert done.code == 0
    assert "#101" in done.out
    if form == "json":
        document = json.loads(done.out)
        assert document["schema"] == "supportctl/suggestions/v1"
        assert (document["asked"], document["searched"]) == (1, 33)
        assert document["suggestions"][0]["reasons"]


def test_linked_pairs_are_left_out_and_counted_or_shown(cli, file_of) -> None:
    tickets = planted()
    link = Link(type=LinkType.DUPLICATE_OF, key="#101", id="101")
    tickets[-2] = msgspec.structs.replace(tickets[-2], links=[link])
    path = file_of(*tickets)
    done = cli("duplicates", "find", "key:#102", "--file", path, "--format", "ndjson")
    assert suggestions(done) == []
    assert "1 already linked left out" in done.err
    shown = suggestions(cli("duplicates", "find", "key:#102", "--file", path, "--linked", "--format", "ndjson"))
    assert [each.linked for each in shown] == [True]


def test_a_platform_is_asked_for_the_window(cli, connected, monkeypatch) -> None:
    reader = connected(FakeReader([msgspec.structs.replace(each, created_at=NOW) for each in planted()]))
    asked = []
    search = reader.search
    monkeypatch.setattr(
        reader, "search", lambda selection, needs, cursor=None: asked.append(selection) or search(selection, needs)
    )
    done = cli("duplicates", "find", "--no-index", "--window", "90000d", "--format", "ndjson", "-p", "prod")
    assert done.code == 0, done.err
    assert asked[0].query is not None
    assert asked[0].native is None
    assert "created since" in done.err


def test_of_one_ticket(cli, file_of) -> None:
    path = file_of(*planted())
    found = suggestions(cli("duplicates", "of", "#103", "--file", path, "--format", "ndjson"))
    assert {each.ticket.key for each in found} == {"#103"}
    assert "#101" in {each.of.key for each in found[:2]}
    table = cli("duplicates", "of", "#103", "--file", path, "--format", "table")
    assert "TITLE" in table.out


def test_of_a_text_being_typed(cli, file_of, pipe: Callable[[bytes], None]) -> None:
    path = file_of(*planted())
    typed = "Gate does not open\n\nThe badge reader flashes amber, display E-4711"
    one = suggestions(cli("duplicates", "of", "--text", typed, "--file", path, "--format", "ndjson"))
    pipe(typed.encode())
    other = suggestions(cli("duplicates", "of", "--text", "-", "--file", path, "--format", "ndjson"))
    assert one == other
    assert one[0].of.key in ("#101", "#103")


def test_of_a_ticket_without_a_date(cli, file_of) -> None:
    undated = made(900, "Badge reader", BADGE, created_at=None)
    done = cli("duplicates", "of", "#900", "--file", file_of(*planted(), undated), "--format", "ndjson")
    assert suggestions(done)[0].of.key in ("#101", "#102", "#103")
    assert "1 ticket without a date" in done.err


def test_another_profile_is_searched_too(cli, file_of, connected) -> None:
    bug = made(7, "Badge reader firmware flashes amber", BADGE, platform=Platform.JSM, profile="prod", key="ENG-7")
    connected(FakeReader([msgspec.structs.replace(bug, id="j7")]))
    ticket = msgspec.structs.replace(planted()[-1], created_at=NOW)
    done = cli("duplicates", "find", "--file", file_of(ticket), "--other", "prod", "--window", "9000d", "-f", "ndjson")
    found = suggestions(done)
    assert [(each.of.key, each.relation) for each in found] == [("ENG-7", LinkType.TRACKED_BY)] or found == []
    of = cli(
        "duplicates", "of", "#103", "--file", file_of(ticket), "--other", "prod", "--window", "9000d", "-f", "ndjson"
    )
    assert [(each.of.key, each.relation) for each in suggestions(of)] == [("ENG-7", LinkType.TRACKED_BY)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("find", "--window", "soon"), "--window"),
        (("find", "--columns", "colour"), "colour"),
        (("find", "--format", "yaml"), "yaml"),
        (("find", "colour:red"), "colour"),
        (("of",), "duplicates of KEY"),
        (("of", "#1", "--text", "x"), "duplicates of KEY"),
        (("of", "--text", "   "), "empty"),
    ],
)
def test_refusals_name_what_to_do(cli, file_of, arguments: tuple[str, ...], told: str) -> None:
    done = cli("duplicates", *arguments, "--file", file_of(*planted()[:3]))
    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize("verb", ["find", "of", "clusters", "review", "link", "evaluate", "learn", "rank"])
def test_every_verb_says_how_a_window_is_written(cli, file_of, connected, verb: str) -> None:
    connected(FakeReader([]))
    where = ("-p", "prod") if verb == "link" else ("--file", file_of())
    done = cli("duplicates", verb, "--window", "abc", *where)
    assert done.code == 2
    assert "--window 'abc'" in done.err
    assert "--window 90d" in done.err


def test_a_day_that_is_none_and_a_file_that_is_none_name_the_next_step(cli, file_of, tmp_path) -> None:
    assert "--since 2026-01-31" in cli("duplicates", "rank", "--since", "foo", "--file", file_of()).err
    assert "supportctl list" in cli("duplicates", "rank", "--file", str(tmp_path / "nothere.ndjson")).err
    (tmp_path / "bad.ndjson").write_text("{")
    assert "supportctl list" in cli("duplicates", "rank", "--file", str(tmp_path / "bad.ndjson")).err


@pytest.mark.parametrize("verb", ["link", "review"])
@pytest.mark.parametrize("chosen", [("is:open",), ("--view", "x"), ("--native", "x")])
def test_suggestions_and_a_choice_of_tickets_are_refused(cli, connected, verb: str, chosen: tuple[str, ...]) -> None:
    connected(FakeReader([]))
    done = cli("duplicates", verb, "--from", "-", *chosen, "-p", "prod")
    assert done.code == 2
    assert "two readings" in done.err
    assert "leave one of them out" in done.err


def test_what_is_kept_lies_where_it_is_said(cli, connected, home, tmp_path) -> None:
    connected(FakeReader([]))
    place = tmp_path / "elsewhere"
    for verb in (("find",), ("of", "--text", "x"), ("clusters",)):
        assert cli("duplicates", *verb, "-p", "prod", "--state-dir", str(place)).code == 0
    assert list(place.rglob("index.npz"))
    assert not list(home.joinpath("state").rglob("index.npz"))


def test_a_ticket_that_is_not_there(cli, file_of) -> None:
    assert cli("duplicates", "of", "#999999", "--file", file_of(*planted()[:3])).code == 3


def test_nothing_to_search(cli, file_of) -> None:
    done = cli("duplicates", "find", "--file", file_of())
    assert done.code == 0
    assert "0 suggestions" in done.err


@pytest.mark.parametrize("form", ["table", "plain", "csv", "json", "ndjson"])
def test_clusters_in_every_form(cli, file_of, form: str) -> None:
    done = cli("duplicates", "clusters", "--file", file_of(*planted()), "--all", "--format", form)
    assert done.code == 0, done.err
    assert "#101" in done.out
    assert "#102" in done.out
    if form == "json":
        document = json.loads(done.out)
        assert document["schema"] == "supportctl/clusters/v1"
        found = {each["master"]["key"]: each for each in document["clusters"]}
        assert found["#102"]["rule"] == "oldest open"
        assert found["#102"]["members"][0]["kind"] == "resend"


def test_a_burst_is_an_incident_candidate(cli, file_of) -> None:
    flood = [
        made(500 + n, f"ALERT load {n}% on web{1}", f"Alert id {n}: load {n}% for {n} minutes", hours=400 + n)
        for n in range(6)
    ]
    done = cli("duplicates", "clusters", "--file", file_of(*planted(), *flood), "--burst", "6", "--format", "json")
    cluster = next(each for each in json.loads(done.out)["clusters"] if each["master"]["key"] == "#500")
    assert [each["tickets"] for each in cluster["bursts"]] == [6]
    assert "1 burst of at least 6 within 24 h" in done.err


def test_plain_objects_are_sent_to_rank(cli, tmp_path) -> None:
    path = tmp_path / "plain.ndjson"
    path.write_text('{"id": "1", "created_at": "2026-01-01", "title": "a", "body": "b"}\n')
    done = cli("duplicates", "find", "--file", str(path))
    assert done.code == 2
    assert "duplicates rank" in done.err
