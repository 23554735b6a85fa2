"""`supportctl duplicates find` and `of` over the index a profile keeps."""

import json
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from supportctl.duplicates import store as stores
from supportctl.duplicates.facts import Facts
from supportctl.duplicates.store import Store
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
    assert "33 tickets of the kept index created since " in told
    reader, again, _ = run(site(), "find")
    assert reader.asked[0].startswith("updated:")
    assert again == found
    assert 0 < len(set(reader.fetched)) <= 10


def test_what_is_told_to_be_searched_is_the_window(run, cli) -> None:
    run(site(), "find")
    told = cli("duplicates", "of", "SUP-103", "-p", "prod", "--window", "3d").err
    assert (
        f"3 tickets of the kept index created since {NOW - timedelta(hours=400 - 103 + 72):%Y-%m-%d} searched" in told
    )
    done = cli("duplicates", "find", "key:SUP-103", "-p", "prod", "--window", "3d", "--format", "json")
    assert json.loads(done.out)["searched"] == 3


def test_who_only_compares_keeps_nobody_waiting(run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(site(), "find")
    monkeypatch.setattr(stores, "PATIENCE", 0.0)
    opened: list[int] = []
    get = Site.get

    def others(self: Site, keys, needs):
        monkeypatch.setattr(Site, "get", get)
        (place,) = {each.parent for each in Path(os.environ["SUPPORTCTL_STATE_DIR"]).rglob("index.npz")}
        monkeypatch.setattr(stores, "LEAST_UNTIDY", 1)
        with Store.open(place) as store:
            store.remove([*(str(each) for each in range(1, 20)), "101", "102"])
            store.save()
            opened.append(len(store))
            facts = Facts(place / "facts.db")
            facts.remove(["101", "102"])
            facts.commit()
            facts.close()
        return get(self, keys, needs)

    monkeypatch.setattr(Site, "get", others)
    _, found, _ = run(site(), "find")
    assert opened == [12]
    assert pairs(found)[0] == ("SUP-102", "SUP-101", "resend")


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


def test_facts_that_a_stopped_run_left_out_are_read_again(run, home: Path) -> None:
    """As after a run that began the file anew and was stopped: it is whole, and holds less than the index."""
    _, found, _ = run(site(), "find")
    [path] = (home / "state").rglob("facts.db")
    facts = Facts(path)
    facts.clear()
    facts.commit()
    facts.close()
    reader, again, _ = run(site(), "find")
    assert again == found
    assert reader.asked[0].startswith("created:")


def test_a_file_that_is_locked_is_not_thrown_away(run, cli, home: Path) -> None:
    run(site(), "find")
    [path] = (home / "state").rglob("facts.db")
    before = path.stat().st_ino
    other = sqlite3.connect(path, timeout=0)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    done = cli("duplicates", "find", "-p", "prod", "--window", "9000d")
    other.close()
    assert done.code != 0
    assert "cannot be opened" in done.err
    assert path.stat().st_ino == before


def test_no_text_is_kept_but_titles(run, home: Path) -> None:
    run(site(), "find")
    kept = b"".join(path.read_bytes() for path in (home / "state").rglob("*") if path.is_file())
    assert b"north gate the badge" not in kept
    assert b"4711" not in kept
    open_ = [path.name for path in (home / "state").rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert open_ in ([], ["lock"])


def kept(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (home / "state").rglob("*") if path.is_file())


def test_forget_deletes_the_index_and_nothing_else(run, cli, home: Path) -> None:
    run(site(), "find")
    assert b"Badge reader flashes amber" in kept(home)
    (place,) = (each.parent for each in (home / "state").rglob("index.npz"))
    (place.parent / "learned.npz").write_bytes(b"x")
    with Store.open(place):
        busy = cli("duplicates", "forget", "-p", "prod")
    assert busy.code != 0
    assert "nothing was deleted" in busy.err
    done = cli("duplicates", "forget", "-p", "prod")
    assert done.code == 0, done.err
    assert "Deleted the index of prod" in done.err
    assert not place.exists()
    assert (place.parent / "learned.npz").exists()
    assert "No index is kept of prod" in cli("duplicates", "forget", "-p", "prod").err
    told = json.loads(cli("duplicates", "forget", "-p", "prod", "--json").out)
    assert (told["deleted"], told["bytes"], told["stays"]) == (False, 0, ["learned.npz"])
    reader, found, _ = run(site(), "find")
    assert reader.asked[0].startswith("created:")
    assert found


def test_what_was_deleted_on_the_platform_leaves_the_disk(run, home: Path) -> None:
    tickets = site()
    run(tickets, "find")
    assert b"North gate shut" in kept(home)
    tickets[-1] = msgspec.structs.replace(tickets[-1], status=Status.DELETED, updated_at=LATER)
    run(tickets, "find")
    assert b"North gate shut" not in kept(home)
    assert b"SUP-103" not in kept(home)


def test_what_is_older_than_the_widest_window_leaves_the_disk(
    cli, connected, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    monkeypatch.setattr("supportctl.commands._app.App.now", property(lambda _: now))
    old = [
        msgspec.structs.replace(
            each, created_at=datetime(2026, 5, 20, tzinfo=UTC), updated_at=datetime(2026, 5, 20, tzinfo=UTC)
        )
        for each in site()[:3]
    ]
    old[1] = msgspec.structs.replace(old[1], title="The one that changes", created_at=datetime(2026, 5, 30, tzinfo=UTC))
    old[0] = msgspec.structs.replace(old[0], title="Forgotten gate")

    def find(window: str) -> list[str]:
        reader = connected(Site(old))
        assert cli("duplicates", "find", "--window", window, "-p", "prod").code == 0
        return reader.asked

    find("20d")
    now += timedelta(days=1)
    find("10d")  # Narrower: the widest window counts.
    assert b"Forgotten gate" in kept(home)
    now += timedelta(days=8)
    old[1] = msgspec.structs.replace(old[1], title="Changed since", updated_at=now)
    old[2] = msgspec.structs.replace(old[2], updated_at=now)  # Old and changed: it is as old as before.
    assert find("20d")[0].startswith("updated:")
    assert b"Changed since" in kept(home)
    assert b"The one that changes" not in kept(home)
    assert b"Forgotten gate" not in kept(home)
    assert b"SUP-3" not in kept(home)
    assert find("20d")[0].startswith("updated:")
    assert find("40d")[0].startswith("created:")
