"""The index kept on disk: found again, added to, changed, and begun anew where it cannot be used."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.duplicates import shared_lines
from supportctl.duplicates import store as stores
from supportctl.duplicates.query import fresh, known
from supportctl.duplicates.rank import Ranker
from supportctl.duplicates.store import Store
from supportctl.duplicates.ticket import Ticket, ticket
from supportctl.errors import StateError
from tests.duplicates.corpus import tickets

YEAR = 365 * 86_400.0


def made(count: int = 60, seed: int = 1) -> list[Ticket]:
    return [ticket(row) for row in tickets(count, seed)]


def found(store: Store, key: str) -> list[tuple[str, float]]:
    place = store.place(key)
    assert place is not None
    ranked = Ranker(store.index).rank(store.now(), known(store.index, place, YEAR), 10)
    return [(store.index.ids[each.ticket], each.score) for each in ranked]


def test_found_again_as_it_was(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x") as store:
        assert store.add(made()) == (60, 0, 0, 0)
        store.about["upto"] = "2026-02-01"
        before = found(store, "1059")
        store.save()
    with Store.open(tmp_path / "x") as store:
        assert store.rebuilt is None
        assert (len(store), store.about) == (60, {"upto": "2026-02-01"})
        assert found(store, "1059") == before
        assert store.add(made()) == (0, 0, 60, 0)


def test_lengths_are_kept_and_not_worked_out_again(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x") as store:
        store.add(made())
        store.save()
    with Store.open(tmp_path / "x") as store:
        assert len(store.index.norms.all) == 60


def test_nothing_is_written_where_nothing_changed_and_little_of_few_tickets(tmp_path: Path) -> None:
    head = tmp_path / "x" / "index.npz"
    with Store.open(tmp_path / "x") as store:
        store.add(made())
        store.save()
        assert head.stat().st_size < 5_000_000
        first = head.stat().st_ino
        store.add(made())
        store.save()
    with Store.open(tmp_path / "x") as store:
        store.add(made())
        store.save()
        assert head.stat().st_ino == first
        store.about["upto"] = "2026-02-01"
        store.save()
        second = head.stat().st_ino
        assert second != first
        assert store.remove(["1001"]) == 1
        store.save()
        assert head.stat().st_ino != second
    with Store.open(tmp_path / "x") as store:
        assert (len(store), store.about) == (59, {"upto": "2026-02-01"})


def test_what_was_not_saved_is_forgotten(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x") as store:
        store.add(made(20))
        store.save()
        store.add(made(40)[20:])
    with Store.open(tmp_path / "x") as store:
        assert len(store) == 20
        store.add(made(60)[40:])
        store.save()
    with Store.open(tmp_path / "x") as store:
        assert store.index.ids.between(0, 40) == [each.id for each in made(20) + made(60)[40:]]
        assert "1050" in store
        assert "1030" not in store


def test_added_in_parts_and_in_any_order_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_lines, "LEAST", 1_000)  # What many share depends on what came first.
    monkeypatch.setattr(stores, "LEAST_UNTIDY", 5)
    whole, parts = Store.open(tmp_path / "whole"), Store.open(tmp_path / "parts")
    whole.add(made())
    for low in (40, 0, 20):
        parts.add(made()[low : low + 20])
        parts.save()
    assert parts.index.ordered == 60
    assert list(parts.index.ids) == list(whole.index.ids)
    assert found(parts, "1059") == found(whole, "1059")
    assert [each.low for each in parts.index.postings.segments] == [0]
    whole.close()
    parts.close()


def test_the_tail_is_searched_by_date(tmp_path: Path) -> None:
    rows = tickets(60)
    for at in (10, 15, 30):
        rows[at]["title"] = "quetzal feathers in the printer"
    with Store.open(tmp_path / "x") as store:
        store.add(map(ticket, rows[20:]))
        store.add(map(ticket, rows[:20]))
        assert store.index.ordered == 40
        assert {key for key, _ in found(store, "1030")[:2]} == {"1010", "1015"}
        assert found(store, "1015")[0][0] == "1010"
        for key in ("1015", "1010", "1030"):
            assert all(int(each) < int(key) for each, _ in found(store, key))
        assert found(store, "1000") == []
        place = store.place("1030")
        assert place is not None
        hours = known(store.index, place, 16 * 3600.0)
        names = [store.index.ids[each.ticket] for each in Ranker(store.index).rank(store.now(), hours, 10)]
        assert names[0] == "1015"
        assert all(1014 <= int(each) < 1030 for each in names)


def test_a_changed_ticket_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    rows = tickets(60)
    asked = ticket({"id": "new", "created_at": "2026-03-01", "title": "quetzal feathers", "body": "quetzal feathers"})
    with Store.open(tmp_path / "x") as store:
        store.add(map(ticket, rows))
        assert store.add([ticket(rows[5] | {"title": "quetzal feathers lost"})]) == (0, 1, 0, 0)
        assert len(store) == 60
        store.save()
    with Store.open(tmp_path / "x") as store:
        query = fresh(store.index, asked, YEAR)
        names = [store.index.ids[each.ticket] for each in Ranker(store.index).rank(store.now(), query, 10)]
        assert names == ["1005"]
        assert store.remove(["1005", "unknown"]) == 1
        assert Ranker(store.index).rank(store.now(), query, 10) == []
        assert len(store) == 59
        store.add([ticket(rows[5])])
        assert len(store) == 60


def test_undated_and_repeated_tickets(tmp_path: Path) -> None:
    rows = tickets(4)
    rows[1]["created_at"] = None
    with Store.open(tmp_path / "x") as store:
        assert store.add(map(ticket, [*rows, rows[3] | {"title": "later"}])) == (3, 0, 0, 1)
        assert sorted(store.index.ids) == ["1000", "1002", "1003"]
        assert "later" in list(store.index.titles)


def test_nothing_at_all(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x") as store:
        store.save()
    with Store.open(tmp_path / "x") as store:
        assert len(store) == 0
        assert store.rebuilt is None


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _turned(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("index.npz", _cut),
        ("index.npz", _turned),
        ("titles.1", _turned),
        ("ids.1", _gone),
        ("words.1", _cut),
        ("words.1", _turned),
        ("lines.1", _turned),
        ("postings.*", _turned),
        ("postings.*", _gone),
    ],
)
def test_damage_is_told_and_all_begins_anew(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    with Store.open(tmp_path / "x") as store:
        store.add(made())
        store.save()
    path = next((tmp_path / "x").glob(name))
    damage(path)
    with Store.open(tmp_path / "x") as store:
        if store.rebuilt is None:
            # What a turned bit leads to are other words, nothing worse.
            assert (name, damage) in [("words.1", _turned), ("lines.1", _turned)]
        else:
            assert "damaged" in store.rebuilt
            assert len(store) == 0
        store.add(made())
        assert len(store) == 60
        found(store, "1059")
        store.save()
    with Store.open(tmp_path / "x") as store:
        assert len(store) == 60


def test_another_way_of_reading_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "x") as store:
        store.add(made())
        store.save()
    monkeypatch.setattr(stores.reading, "signature", lambda: "other")
    with Store.open(tmp_path / "x") as store:
        assert store.rebuilt is not None
        assert "version" in store.rebuilt


def test_one_run_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PATIENCE", 0.0)
    with Store.open(tmp_path / "x"), pytest.raises(StateError, match="another supportctl"):
        Store.open(tmp_path / "x")


def test_only_its_user_reads_it_and_it_holds_no_body(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x") as store:
        store.add(
            [ticket(row | {"body": f"zyzzyva{n} secret", "product": "lemurian"}) for n, row in enumerate(tickets(30))]
        )
        store.save()
    files = [each for each in (tmp_path / "x").iterdir() if each.name != "lock"]
    assert files
    for each in files:
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        assert b"zyzzyva" not in each.read_bytes()
        assert b"lemurian" not in each.read_bytes()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a file")
    with pytest.raises(StateError, match="could not be made"):
        Store.open(tmp_path / "x")
