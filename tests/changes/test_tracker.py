"""Plans with a tracker: the bug first, its name in what points to it, and never a second one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from supportctl.changes import plan as plans
from supportctl.changes.apply import resume
from supportctl.changes.journal import Journal
from supportctl.changes.naming import named, unnamed
from supportctl.changes.summary import summarize
from supportctl.errors import RefusedError
from supportctl.model import Applied, Failed, NewFile, NewTicket, Skipped, Unverified
from supportctl.reports.changes import rows

from .memory import MemoryAdapter, ticket
from .runs import PROFILE, Killed
from .tracking import FILE, JIRA, MARK, MemoryTracker, handing_over, means_of, send

NOTE = "Handed over as ENG-1: https://acme.atlassian.net/browse/ENG-1"


def is_handed_over(desk: MemoryAdapter, tracker: MemoryTracker) -> None:
    """One bug, one file, one link, one note on each ticket, with the bug's name."""
    (bug,) = tracker.tickets.values()
    assert bug.tags == [MARK]
    assert [each.filename for each in bug.attachments] == [FILE.name]
    assert [link.key for link in bug.links] == ["#1"]
    for each in desk.comments.values():
        assert [(body, public) for _, body, public in each] == [(NOTE, False)]


def test_the_bug_is_made_first_and_its_name_told(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1), ticket(2)]), MemoryTracker()
    report = send(handing_over(desk), desk, tracker, journal)
    assert report.complete
    assert list(report.outcomes) == [MARK, "#1", "#2"]
    is_handed_over(desk, tracker)
    made = report.outcomes[MARK]
    assert isinstance(made, Applied)
    assert made.note == "it is ENG-1, https://acme.atlassian.net/browse/ENG-1"
    assert [action.body for change in journal.changes(report.run)[1:] for action in change.actions] == [NOTE, NOTE]  # type: ignore[union-attr]
    assert MARK not in report.effects


def events(tmp_path: Path, lost: str | None) -> int:
    """How many times anything was asked of either platform in an undisturbed run."""
    seen = 0

    def count(_event: str) -> None:
        nonlocal seen
        seen += 1

    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker(lagging=True)
    desk.hook = tracker.hook = count
    tracker.lose_making = lost
    journal = Journal(tmp_path / "count.db")
    send(handing_over(desk), desk, tracker, journal)
    journal.close()
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("lost", [None, "before", "after"])
def test_killed_anywhere_it_goes_on_with_the_same_bug(tmp_path: Path, lost: str | None) -> None:
    """The search never knows the bug: what was made is known by what the journal and the store say."""
    for number in range(events(tmp_path, lost)):
        left = number
        desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker(lagging=True)
        tracker.lose_making = lost

        def strike(_event: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        desk.hook = tracker.hook = strike
        plan = handing_over(desk)
        path = tmp_path / f"{number}.db"
        journal = Journal(path)
        with pytest.raises(Killed):
            send(plan, desk, tracker, journal)
        journal.close()
        desk.hook = tracker.hook = lambda _event: None
        tracker.known.clear()
        journal = Journal(path)
        (run,) = journal.unfinished()
        report = resume(run, PROFILE, means_of(desk, tracker, journal), tracker=JIRA)
        assert report.complete, (number, report.outcomes)
        is_handed_over(desk, tracker)
        assert send(plan, desk, tracker, journal).idle
        journal.close()
        is_handed_over(desk, tracker)


def test_a_lost_journal_makes_no_second_bug_once_the_search_knows_it(tmp_path: Path) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    plan = handing_over(desk)
    for name in ("first", "second"):
        journal = Journal(tmp_path / name / "journal.db")
        report = send(plan, desk, tracker, journal)
        journal.close()
    assert report.counts == {"conflict": 1, "skipped": 1}
    is_handed_over(desk, tracker)


def test_where_no_bug_is_made_no_ticket_is_told(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    tracker.deaf_to = {NewTicket}
    report = send(handing_over(desk), desk, tracker, journal)
    assert isinstance(report.outcomes[MARK], Failed)
    told = report.outcomes["#1"]
    assert isinstance(told, Skipped)
    assert "not made" in told.reason
    assert not report.unfinished
    assert desk.sent == []


def test_a_bug_without_its_file_is_said_to_be_there_and_no_ticket_is_told(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    tracker.deaf_to = {NewFile}
    report = send(handing_over(desk), desk, tracker, journal)
    made = report.outcomes[MARK]
    assert isinstance(made, Failed)
    assert "already done: making it" in made.error
    assert isinstance(report.outcomes["#1"], Skipped)


def test_without_the_row_of_the_bug_no_ticket_is_told_of_one(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    plan = handing_over(desk)
    thinned = msgspec.structs.replace(plan, changes=plan.changes[1:], removed=1)
    report = send(thinned, desk, tracker, journal)
    assert report.counts == {"skipped": 1}
    assert tracker.tickets == {}
    assert desk.comments == {"1": []}


def test_a_ticket_deleted_from_the_plan_is_not_told(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1), ticket(2)]), MemoryTracker()
    plan = handing_over(desk)
    report = send(msgspec.structs.replace(plan, changes=plan.changes[:2], removed=1), desk, tracker, journal)
    assert report.complete
    assert [len(each) for each in desk.comments.values()] == [1, 0]


def test_what_cannot_be_seen_is_not_made_again(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    tracker.lose_making, tracker.blind = "after", True
    tracker._sight = lambda step: MemoryAdapter._sight(tracker, step)  # type: ignore[method-assign]
    report = send(handing_over(desk), desk, tracker, journal)
    assert isinstance(report.outcomes[MARK], Unverified)
    assert report.outcomes["#1"] is None
    assert len(tracker.tickets) == 1


def test_a_bug_somebody_made_meanwhile_is_left_alone(journal: Journal) -> None:
    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    plan = handing_over(desk)
    tracker._make(NewTicket(project="ENG", kind="Bug", title="By hand", fields={}, marks=[MARK]))
    report = send(plan, desk, tracker, journal)
    assert report.counts == {"conflict": 1, "skipped": 1}
    assert len(tracker.tickets) == 1


@pytest.mark.parametrize(
    "profile",
    [
        msgspec.structs.replace(JIRA, url="https://other.atlassian.net"),
        msgspec.structs.replace(JIRA, writes=False),
        None,
    ],
)
def test_another_or_a_read_only_tracker_is_refused(journal: Journal, profile: object) -> None:
    from supportctl.changes.apply import apply

    desk, tracker = MemoryAdapter([ticket(1)]), MemoryTracker()
    with pytest.raises(RefusedError, match="nothing was changed"):
        apply(handing_over(desk), PROFILE, means_of(desk, tracker, journal), tracker=profile)  # type: ignore[arg-type]
    assert journal.runs() == []
    assert tracker.sent == desk.sent == []


def test_the_plan_file_keeps_the_tracker_and_its_order(tmp_path: Path) -> None:
    desk = MemoryAdapter([ticket(1), ticket(2)])
    plan = handing_over(desk)
    plans.write(plan, tmp_path / "send.plan")
    read = plans.read(tmp_path / "send.plan")
    assert read == plan
    assert [change.key for change in read.changes] == [MARK, "#1", "#2"]
    assert read.header.tracker == plans.place_of(JIRA)
    text = (tmp_path / "send.plan").read_text()
    (tmp_path / "changed.plan").write_text(text.replace('"profile":"jira"', '"profile":"else"'))
    with pytest.raises(RefusedError, match="header"):
        plans.read(tmp_path / "changed.plan")


def test_people_read_what_is_made_and_attached() -> None:
    plan = handing_over(MemoryAdapter([ticket(1)]))
    told = {(group.field, group.after) for group in summarize(plan.changes).groups}
    assert {("made", "ENG Bug: Sync fails"), ("files", FILE.name), ("comment", "internal")} <= told
    bug = next(rows(plan.changes))
    assert bug.change == f"new Bug in ENG: Sync fails · attach {FILE.name} (5 bytes) · link relates #1"


def test_names_are_filled_in_nowhere_but_in_comments_and_links() -> None:
    plan = handing_over(MemoryAdapter([ticket(1)]))
    tracker = MemoryTracker()
    tracker._make(NewTicket(project="ENG", kind="Bug", title="x", fields={}, marks=[MARK]))
    bug, note = plan.changes
    assert not unnamed(bug)
    assert unnamed(note)
    filled = named(msgspec.structs.replace(note, reason="{bug.key}"), tracker.tickets["1"])
    assert not unnamed(filled)
    assert filled.reason == "{bug.key}"
    assert filled.after["comment"]["body"] == NOTE
