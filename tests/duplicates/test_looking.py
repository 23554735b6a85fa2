"""What is looked up of a kept index is what putting in all of its tickets would tell."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportctl.duplicates.facts import Facts
from supportctl.duplicates.long import Texts
from supportctl.duplicates.looking import Looking
from supportctl.duplicates.ruling import Noted
from supportctl.duplicates.sameness import marks
from supportctl.duplicates.site import take_in
from supportctl.duplicates.store import Store
from supportctl.duplicates.ticket import Ticket as Plain
from supportctl.errors import StateError
from supportctl.model import CustomField, Link, LinkType, Platform, Role, Status, Ticket
from tests.duplicates.queue import START, made, person

TEXTS = (
    "The payroll export stops at line 300 and the month cannot be closed",
    "Disk of the mail server is almost full",
)
SENDERS = (person("ann"), person("no-reply"), person("desk", Role.AGENT), person("x", Role.UNKNOWN), None)
CODES = ("", " shows E-45", " shows E-45 for RE-2026-9959", " names TX-489 and E-46")
HOURS = (0, 1, 20, 24, 25, 48, 96, 97, 24 * 14)
WHERE = ("desk", Platform.ZENDESK.value)
LINKS = st.builds(
    Link,
    type=st.sampled_from([LinkType.DUPLICATE_OF, LinkType.PROBLEM, LinkType.BLOCKS]),
    key=st.sampled_from(["#1", "#2", "#9", "5", "OUT-1"]),
    id=st.sampled_from([None, None, "3", "7", "#4"]),
    platform=st.sampled_from([None, None, None, Platform.ZENDESK, Platform.JSM]),
)


@st.composite
def ticket(draw: st.DrawFn, number: int) -> Ticket:
    value = draw(st.sampled_from([None, "a", "b"]))
    return made(
        number,
        "Payroll export",
        draw(st.sampled_from(TEXTS)) + draw(st.sampled_from(CODES)),
        key=draw(st.sampled_from([f"#{number}"] * 9 + ["#1"])),
        hours=draw(st.sampled_from(HOURS)) + draw(st.sampled_from([0, 0, 1, 2])) / 10,
        requester=draw(st.sampled_from(SENDERS)),
        custom=[] if value is None else [CustomField(id="f1", value=value)],
        links=draw(st.lists(LINKS, max_size=2) if draw(st.booleans()) else st.just([])),
    )


@st.composite
def company(draw: st.DrawFn) -> tuple[list[Ticket], list[Ticket], set[str]]:
    """At first, what changes later, and which are deleted then."""
    first = [draw(ticket(number)) for number in range(1, draw(st.integers(1, 12)))]
    later = [draw(ticket(draw(st.integers(1, 14)))) for _ in range(draw(st.integers(0, 4)))]
    return first, later, draw(st.sets(st.sampled_from([str(number) for number in range(1, 12)]), max_size=3))


class Numbers:
    """Stands for a store: which number a ticket has. One that changed is added again."""

    def __init__(self) -> None:
        self.index = self
        self.ids = Texts()
        self._places: dict[str, int] = {}

    def add(self, tickets: Iterable[Plain]) -> None:
        for each in tickets:
            self._places[each.id] = len(self)
            self.ids.add([each.id])

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._places.pop(key, None)

    def place(self, key: str) -> int | None:
        return self._places.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self.ids)


@contextmanager
def kept(*readings: list[Ticket]) -> Iterator[tuple[Store, Facts]]:
    with tempfile.TemporaryDirectory() as folder:
        store = cast("Store", Numbers())
        facts = Facts(Path(folder) / "facts.db")
        for tickets in readings:
            take_in(store, facts, tickets)
        yield store, facts
        facts.close()


def replayed(store: Store, tickets: list[Ticket]) -> Noted:
    every = Noted()
    for each in sorted(tickets, key=lambda each: (each.created_at, len(each.id), each.id)):
        number = store.place(each.id)
        assert number is not None
        assert each.created_at is not None
        every.known.put(number, each)
        every.take(number, each.created_at.timestamp(), marks(each))
    every.known.settle()
    return every


def compare(store: Store, facts: Facts, tickets: list[Ticket], typed: list[Ticket]) -> None:
    looked, every = Looking(store, facts, WHERE), replayed(store, tickets)
    numbers = [number for each in tickets if (number := store.place(each.id)) is not None]
    looked.learn(np.array(numbers[::2], np.int64))
    for number in numbers:
        assert looked.repeats(number) == every.repeats(number)
        assert looked.unit(number) == every.unit(number)
        assert looked.named(number) == every.named(number)
        assert looked.linked_set(number) == every.linked_set(number)
    for each in typed:
        assert each.created_at is not None
        born, found = each.created_at.timestamp(), marks(each)
        assert looked.look(born, found) == every.look(born, found)
        assert looked.look_named(born, found) == every.look_named(born, found)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(company(), st.lists(ticket(99), max_size=3))
def test_the_same_as_with_all_tickets(
    made_up: tuple[list[Ticket], list[Ticket], set[str]], typed: list[Ticket]
) -> None:
    first, later, gone = made_up
    deleted = [made(int(each), None, None, status=Status.DELETED) for each in gone]
    with kept(first, [*later, *deleted]) as (store, facts):
        last = {each.id: each for each in [*first, *later] if each.id not in gone}
        compare(store, facts, list(last.values()), typed)


def flood(count: int, machine: str = "no-reply") -> list[Ticket]:
    """Copies a minute apart, with a day without any after each hundred."""
    days = [number // 100 * 1.5 + number / 1440 for number in range(count)]
    return [
        made(number + 1, "Disk is full", TEXTS[1], hours=24 * day, requester=person(machine, Role.UNKNOWN))
        for number, day in enumerate(days)
    ]


def test_of_a_flood_little_is_read() -> None:
    copies = flood(250)
    with kept(copies) as (store, facts):
        asked: list[int] = []
        ask = facts.ask

        def counted(question: str, values: Sequence[object] = ()) -> list[Any]:
            asked.append(1)
            return ask(question, values)

        facts.ask = counted  # type: ignore[method-assign]
        looked = Looking(store, facts, WHERE)
        match = looked.repeats(249)
        assert match is not None
        assert (match.of, match.last, match.copies) == (200, 248, 49)
        assert len(asked) < 40
        compare(store, facts, copies, [])


def test_what_is_removed_leaves_no_row() -> None:
    tickets = [
        made(1, "Payroll", TEXTS[0] + CODES[1], requester=SENDERS[0], links=[Link(type=LinkType.PROBLEM, key="PRB-7")]),
        made(2, "Disk", TEXTS[1] + CODES[3], requester=SENDERS[1]),
    ]
    tables = ("fact", "copy", "name", "target")

    def rows(facts: Facts) -> list[int]:
        return [facts.ask(f"SELECT count(*) FROM {each}")[0][0] for each in tables]

    with kept(tickets) as (_, facts):
        assert all(rows(facts))
        facts.put([made(1, "Another", "matter"), made(2, "Another", "matter")])
        assert rows(facts) == [2, 0, 0, 0]
        facts.put(tickets)
        facts.prune(START.timestamp() + 5400)
        assert rows(facts)[0] == 1
        facts.remove(["2"])
        assert rows(facts) == [0, 0, 0, 0]
        facts.put(tickets)
        facts.clear()
        facts.commit()
        assert rows(facts) == [0, 0, 0, 0]
        assert b"PRB-7" not in b"".join(each.read_bytes() for each in facts.path.parent.iterdir())


def test_who_holds_sees_what_was_there_and_others_may_write() -> None:
    with kept(flood(20)) as (store, facts):
        facts.hold()
        others = Facts(facts.path)
        others.remove([str(number) for number in range(1, 20)])
        others.put([made(20, "Another", "matter", links=[Link(type=LinkType.PROBLEM, key="#1")])])
        others.commit()
        assert len(others) == 1
        others.close()
        compare(store, facts, flood(20), [])
        facts.close()
        assert b"#19" not in facts.path.read_bytes()


def test_facts_that_make_no_sense_are_said() -> None:
    with kept(flood(3)) as (_store, facts):
        facts.close()
        other = sqlite3.connect(facts.path)
        other.execute("UPDATE fact SET names = x'ff'")
        other.commit()
        other.close()
        damaged = Facts(facts.path)
        with pytest.raises(StateError, match=r"facts\.db cannot be read"):
            list(damaged.of(damaged.ids()))
        damaged.close()


def test_what_cannot_be_read_is_said() -> None:
    with kept(flood(3)) as (store, facts):
        facts.close()
        other = sqlite3.connect(facts.path)
        other.execute("DROP TABLE copy")
        other.close()
        damaged = Facts(facts.path)
        with pytest.raises(StateError, match=r"facts\.db cannot be read"):
            Looking(store, damaged, WHERE).first(1)
        damaged.close()
