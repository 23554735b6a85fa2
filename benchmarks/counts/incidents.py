"""What rules should find in a ServiceNow incident event log, counted from the CSV by the standard library alone.

The definitions are those of the rules' pages, written down a second time. Every function takes the rows of one incident
in order and returns whether it is a finding (None: the rule does not speak about it).
"""

import csv
import lzma
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

Row = dict[str, str]
Rows = list[Row]
DONE = ("Resolved", "Closed")
DAY = timedelta(days=1)


def read(path: Path, upto: datetime | None = None) -> dict[str, Rows]:
    """Number -> rows in order of time; with ``upto`` as they were then."""
    found: dict[str, Rows] = defaultdict(list)
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if upto is None or at(row["sys_updated_at"]) <= upto:
                found[row["number"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (at(row["sys_updated_at"]), int(row["sys_mod_count"])))
    return dict(found)


def at(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def empty(row: Row, column: str) -> bool:
    return row[column].strip() in ("", "?")


def state(row: Row) -> str:
    return row["incident_state"]


def in_scope(rows: Rows) -> bool:
    return state(rows[-1]) != "Canceled"


def missing(column: str) -> Callable[[Rows], bool]:
    return lambda rows: in_scope(rows) and empty(rows[-1], column)


def missing_when_done(column: str) -> Callable[[Rows], bool]:
    return lambda rows: state(rows[-1]) in DONE and empty(rows[-1], column)


def unowned(rows: Rows, now: datetime) -> bool:
    """Open and nobody's for longer than the time there is to pick it up: 1 h, 4 h or a day by priority."""
    last = rows[-1]
    if not in_scope(rows) or state(last) in DONE or not empty(last, "assigned_to"):
        return False
    since = at(last["opened_at"])
    for before, row in pairwise(rows):
        if empty(row, "assigned_to") and not empty(before, "assigned_to"):
            since = max(since, at(row["sys_updated_at"]))
    limit = {"1": timedelta(hours=1), "2": timedelta(hours=4)}.get(last["priority"][:1], DAY)
    return now - since >= limit


def reopenings(rows: Rows) -> list[timedelta | None]:
    """For each step back from resolved or closed: how long the ticket had been solved."""
    found: list[timedelta | None] = []
    solved: datetime | None = None
    for before, row in pairwise(rows):
        if state(row) in DONE and state(before) not in DONE:
            solved = at(row["sys_updated_at"])
        elif state(before) in DONE and state(row) not in (*DONE, "Canceled"):
            found.append(None if solved is None else at(row["sys_updated_at"]) - solved)
            solved = None
    return found


def reopened(rows: Rows) -> bool:
    back = reopenings(rows)
    counted = max(len(back), int(rows[-1]["reopen_count"]))
    return in_scope(rows) and (counted >= 2 or any(span is not None and span < DAY for span in back))


def returned(rows: Rows) -> bool:
    """A group sent it away and got it back, or it was handed over more than 4 times, the floor of the limit."""
    here: str | None = None
    left: set[str] = set()
    back, moves = False, 0
    for row in rows:
        group = row["assignment_group"].strip()
        if group in ("", "?") or group == here:
            continue
        if here is not None:
            left.add(here)
            back |= group in left
            moves += 1
        here = group
    return back or moves > 4


def impossible(rows: Rows, now: datetime) -> bool:
    last, slack = rows[-1], timedelta(minutes=2)
    times = {"opened_at": at(last["opened_at"]), "sys_updated_at": at(last["sys_updated_at"])}
    if state(last) in DONE:
        times |= {name: at(last[name]) for name in ("resolved_at", "closed_at") if not empty(last, name)}
    # What lies ahead of the record's last change was written by the log's makers, not by the desk.
    times = {name: moment for name, moment in times.items() if moment <= at(last["sys_updated_at"])}
    pairs = [("opened_at", other) for other in ("sys_updated_at", "resolved_at", "closed_at")]
    if state(last) == "Closed":
        pairs.append(("resolved_at", "closed_at"))
    wrong = any(a in times and b in times and times[a] - times[b] > slack for a, b in pairs)
    return in_scope(rows) and (wrong or any(moment - now > slack for moment in times.values()))


def stale(rows: Rows, now: datetime) -> bool:
    last = rows[-1]
    limit = DAY if last["priority"][:1] in "12" else 5 * DAY
    return in_scope(rows) and state(last) not in DONE and now - at(last["sys_updated_at"]) > limit


def off_the_matrix(incidents: dict[str, Rows]) -> set[str]:
    """Priority other than what at least four fifths of at least 20 incidents of the same impact and urgency have."""
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for rows in incidents.values():
        row = rows[-1]
        if not any(empty(row, name) for name in ("impact", "urgency", "priority")):
            cells[row["impact"], row["urgency"]][row["priority"]] += 1
    found = set()
    for number, rows in incidents.items():
        row = rows[-1]
        counts = cells.get((row["impact"], row["urgency"]))
        if counts is None or not in_scope(rows) or empty(row, "priority"):
            continue
        usual, most = counts.most_common(1)[0]
        total = sum(counts.values())
        if total >= 20 and most >= 0.8 * total and row["priority"] != usual:
            found.add(number)
    return found


def select(incidents: dict[str, Rows], rule: Callable[[Rows], bool]) -> set[str]:
    return {number for number, rows in incidents.items() if rule(rows)}


def counts(incidents: dict[str, Rows], now: datetime) -> Iterator[tuple[str, str, set[str]]]:
    """Rule, what it means here, and the numbers of the incidents it should name."""
    yield "CLS101", "category missing", select(incidents, missing("category"))
    nobody = {number for number, rows in incidents.items() if unowned(rows, now)}
    yield "OWN201", "open and without assignee beyond the time to pick it up", nobody
    yield "OWN202", "assignment group missing", select(incidents, missing("assignment_group"))
    yield "OWN204", "back to a group that had sent it away, or more than 4 hand-overs", select(incidents, returned)
    yield "PRI301", "priority missing", select(incidents, missing("priority"))
    yield "PRI302", "priority against the learned matrix", off_the_matrix(incidents)
    yield "RES601", "done without a code", select(incidents, missing_when_done("closed_code"))
    yield "RES605", "reopened twice or within a day", select(incidents, reopened)
    yield "TIM501", "stale", select(incidents, lambda rows: stale(rows, now))
    yield "TIM508", "times that contradict each other", select(incidents, lambda rows: impossible(rows, now))
    yield "LOG001", "caller missing (a rule of the project)", select(incidents, missing("caller_id"))
    yield "LOG002", "done without assignee (a rule of the project)", select(incidents, missing_when_done("assigned_to"))
