"""`supportctl duplicates find` and `of` over the index a profile keeps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Link, LinkType, Platform, Status, Ticket
from supportctl.query import unparse
from tests.commands.fakes import NOW, FakeReader, Result
from tests.duplicates.queue import background, made, person

LATER = datetime(2190, 1, 1, tzinfo=UTC)
"""After any run of these tests."""
BADGE = "At the north gate the badge reader flashes amber with E-4711 and stays shut since this morning."


class Site(FakeReader):
    """A platform that remembers its queries."""

    def __init__(self, tickets: list[Ticket]) -> None:
        super().__init__(tickets, page_size=50)
        self.asked: list[str] = []
        self.fetched: list[str] = []

    def search(self, selection, needs, cursor=None):
        self.asked.append("" if selection.query is None else unparse(selection.query))
        return super().search(selection, needs, cursor)

    def get(self, keys, needs):
        self.fetched += keys
        return super().get(keys, needs)


def site() -> list[Ticket]:
    tickets = [
        *background(30),
        made(101, "Badge reader flashes amber", BADGE, requester=person("ann"), status=Status.CLOSED),
        made(102, "AW: Badge reader flashes amber", BADGE, requester=person("ann"), status=Status.OPEN),
        made(103, "North gate shut", "The badge reader flashes amber. It says E-4711.", status=Status.OPEN),
    ]
    return [
        msgspec.structs.replace(
            each,
            platform=Platform.JSM,
            profile="prod",
            key=f"SUP-{each.id}",
            status=each.status or Status.CLOSED,
            created_at=NOW - timedelta(hours=400 - int(each.id)),
            updated_at=NOW - timedelta(hours=400 - int(each.id)),
        )
        for each in tickets
    ]


@pytest.fixture
def run(cli: Callable[..., Result], connected) -> Callable[..., tuple[Site, list[Suggestion], str]]:
    def go(tickets: list[Ticket], *arguments: str) -> tuple[Site, list[Suggestion], str]:
        reader = Site(tickets)
        connected(reader)
        done = cli("duplicates", *arguments, "-p", "prod", "--window", "9000d", "--format", "ndjson")
        assert done.code == 0, done.err
        return reader, [msgspec.json.decode(line, type=Suggestion) for line in done.out.splitlines()], done.err

    return go


def pairs(found: list[Suggestion]) -> list[tuple[str, str, str]]:
    return [(each.ticket.key, each.of.key, each.kind.value) for each in found]


def test_the_second_run_reads_what_changed_and_fetches_what_it_shows(run) -> None:
    reader, found, told = run(site(), "find")
    assert reader.asked[0].startswith("created:")
    assert pairs(found)[0] == ("SUP-102", "SUP-101", "resend")
    assert "33 tickets of the kept index searched" in told
    reader, again, _ = run(site(), "find")
    assert reader.asked[0].startswith("updated:")
    assert again == found
    assert 0 < len(set(reader.fetched)) <= 10


def test_the_same_as_without_an_index(run) -> None:
    _, kept, _ = run(site(), "find", "--min-confidence", "0", "--most", "3")
    _, fresh, told = run(site(), "find", "--min-confidence", "0", "--most", "3", "--no-index")
    assert sorted(pairs(kept)) == sorted(pairs(fresh))
    assert "created since" in told


def test_new_changed_and_deleted_tickets_are_noticed(run) -> None:
    tickets = site()
    run(tickets, "find")
    later = {"created_at": NOW - timedelta(hours=1), "updated_at": LATER, "status": Status.OPEN}
    new = msgspec.structs.replace(tickets[-1], id="200", key="SUP-200", title="Gate E-4711 again", **later)
    _, found, _ = run([*tickets, new], "find", "key:SUP-200", "--min-confidence", "0")
    assert found[0].of.key in ("SUP-101", "SUP-103")
    gone = [each if each.key != "SUP-101" else msgspec.structs.replace(each, status=Status.DELETED, updated_at=LATER)
            for each in tickets]  # fmt: skip
    _, found, _ = run(gone, "find")
    assert "SUP-101" not in {each.of.key for each in found}


def test_what_cannot_be_fetched_is_not_suggested(run) -> None:
    run(site(), "find")
    hidden = [each for each in site() if each.key != "SUP-101"]
    _, found, _ = run(hidden, "find", "key:SUP-102")
    assert "SUP-101" not in {each.of.key for each in found}


def test_of_one_and_of_a_text(run) -> None:
    _, found, _ = run(site(), "of", "SUP-103")
    assert "SUP-101" in {each.of.key for each in found[:2]}
    reader, typed, _ = run(site(), "of", "--text", "Badge reader amber\nE-4711 at the gate")
    assert typed[0].of.key in ("SUP-101", "SUP-103")
    assert all(query.startswith("updated:") for query in reader.asked)


def test_links_are_known_from_the_index(run) -> None:
    tickets = site()
    tickets[-2] = msgspec.structs.replace(tickets[-2], links=[Link(type=LinkType.DUPLICATE_OF, key="SUP-101")])
    run(tickets, "find")
    _, found, told = run(tickets, "find", "key:SUP-102")
    assert found == []
    assert "1 already linked" in told


@pytest.mark.parametrize("name", ["facts.db", "index.npz"])
def test_a_damaged_index_is_made_anew(run, home: Path, name: str) -> None:
    _, found, _ = run(site(), "find")
    [damaged] = (home / "state").rglob(name)
    damaged.write_bytes(b"not what it was" * 100)
    reader, again, _ = run(site(), "find")
    assert again == found
    assert reader.asked[0].startswith("created:")


def test_no_text_is_kept_but_titles(run, home: Path) -> None:
    run(site(), "find")
    kept = b"".join(path.read_bytes() for path in (home / "state").rglob("*") if path.is_file())
    assert b"north gate the badge" not in kept
    assert b"4711" not in kept
    open_ = [path.name for path in (home / "state").rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert open_ in ([], ["lock"])
