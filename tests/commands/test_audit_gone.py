"""What a baseline and the last run call gone: only what was looked at again, by a rule that could judge it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from supportctl.adapters.base import Notice
from supportctl.config import Auth, Profile
from supportctl.config_edit import save_profile
from supportctl.exits import Exit
from supportctl.model import Person, Priority, Status, Ticket
from tests.commands.fakes import FakeReader, Result, ticket

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]

NOW = datetime.now(UTC)
RULE = ("--rule", "OWN201")
RESOLVED = {"status": Status.RESOLVED, "resolved_at": NOW - timedelta(hours=1), "comments": []}


def unassigned(number: int, **changes: object) -> Ticket:
    values: dict[str, object] = {
        "assignee": None, "created_at": NOW - timedelta(days=3), "updated_at": NOW - timedelta(minutes=5),
        "priority": Priority.P1 if number == 1 else Priority.P3,
    }  # fmt: skip
    return ticket(number, **values | changes)


@pytest.fixture
def known(tmp_path: Path) -> str:
    return str(tmp_path / "hygiene.json")


@pytest.fixture
def written(cli: Cli, connected: Connect, known: str) -> str:
    """A baseline of three tickets without an owner, asked for with ``is:unresolved``."""
    connected(FakeReader([unassigned(1), unassigned(2), unassigned(3)]))
    cli("audit", "is:unresolved", *RULE, "--write-baseline", known)
    return known


def left(known: str) -> list[str]:
    return [entry["ticket"] for entry in json.loads(Path(known).read_text())["entries"]]


def test_another_query_calls_nothing_gone_that_it_did_not_read(cli: Cli, written: str) -> None:
    before = Path(written).read_bytes()
    words = ("audit", "is:unresolved priority:p1", *RULE, "--baseline", written)
    told = cli(*words)
    assert "no longer needed" not in told.err
    assert "2 entries of hygiene.json not looked at" in told.err
    assert "OWN201 SUP-2, OWN201 SUP-3" in told.err
    document = json.loads(cli(*words, "-f", "json").out)
    assert (document["baseline"]["gone"], document["baseline"]["unseen"]) == (0, 2)
    again = cli(*words, "--write-baseline", written)
    assert f"Baseline {written}: 1 as before, 2 not looked at and kept" in again.err
    assert Path(written).read_bytes() == before


def test_what_another_query_read_and_found_in_order_is_gone(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([ticket(1, priority=Priority.P1, created_at=NOW), unassigned(2)]))
    cli("audit", "priority:p1", *RULE, "--baseline", written, "--write-baseline", written)
    assert left(written) == ["SUP-2", "SUP-3"]


def test_a_ticket_that_left_the_same_query_is_gone(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([unassigned(1), unassigned(2, **RESOLVED)]))
    told = cli("audit", "is:unresolved", *RULE, "--baseline", written)
    assert "2 entries of hygiene.json no longer needed" in told.err
    assert "not looked at" not in told.err
    cut = cli("audit", "is:unresolved", *RULE, "--baseline", written, "--limit", "1")
    assert "no longer needed" not in cut.err or "SUP-3" not in cut.err


def test_entries_of_several_queries_leave_each_by_its_own(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([unassigned(1), unassigned(2), unassigned(3), unassigned(4, tags=["vpn"])]))
    cli("audit", "tag:vpn", *RULE, "--write-baseline", written)
    assert left(written) == ["SUP-1", "SUP-2", "SUP-3", "SUP-4"]
    connected(FakeReader([unassigned(1), unassigned(5, tags=["vpn"])]))
    cli("audit", "tag:vpn", *RULE, "--write-baseline", written)
    assert left(written) == ["SUP-1", "SUP-2", "SUP-3", "SUP-5"]
    cli("audit", "is:unresolved", *RULE, "--write-baseline", written)
    assert left(written) == ["SUP-1", "SUP-5"]


def test_an_older_file_says_not_what_was_read_for_it(cli: Cli, connected: Connect, written: str) -> None:
    document = json.loads(Path(written).read_text())
    for entry in document["entries"]:
        del entry["scope"]
    Path(written).write_text(json.dumps(document))
    connected(FakeReader([unassigned(1), ticket(2, created_at=NOW)]))
    cli("audit", "is:unresolved", *RULE, "--write-baseline", written)
    assert left(written) == ["SUP-1", "SUP-3"]


@pytest.mark.parametrize(
    "other",
    [
        {"auth": Auth(kind="api_token", user="other@b.c")},
        {"auth": Auth(kind="pat")},
        {"url": "https://other.atlassian.net"},
        {"platform": "servicenow", "auth": Auth(kind="basic", user="a@b.c")},
    ],
)
def test_another_account_sees_another_part(
    cli: Cli, connected: Connect, written: str, other: dict[str, object]
) -> None:
    values: dict[str, object] = {
        "name": "prod", "platform": "jsm", "url": "https://acme.atlassian.net",
        "auth": Auth(kind="api_token", user="a@b.c"),
    }  # fmt: skip
    save_profile(Profile(**values | other))  # type: ignore[arg-type]
    connected(FakeReader([unassigned(1)]))
    told = cli("audit", "is:unresolved", *RULE, "--baseline", written)
    assert "no longer needed" not in told.err
    assert "2 entries of hygiene.json not looked at" in told.err


def test_the_same_key_elsewhere_is_another_ticket(cli: Cli, connected: Connect, written: str) -> None:
    auth = Auth(kind="api_token", user="a@b.c")
    save_profile(Profile(name="prod", platform="jsm", url="https://other.atlassian.net", auth=auth))
    connected(FakeReader([ticket(1), ticket(2), ticket(3)]))
    assert "3 entries of hygiene.json not looked at" in cli("audit", *RULE, "--baseline", written).err


def test_native_queries_and_views_are_other_queries(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([unassigned(1)]))
    for more in (("--native", "project = SUP"), ("--view", "mine")):
        told = cli("audit", "is:unresolved", *RULE, "--baseline", written, *more)
        assert "no longer needed" not in told.err
        assert "2 entries of hygiene.json not looked at" in told.err


def test_what_the_query_cannot_decide_has_not_left_it(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([unassigned(1), unassigned(2, status=None, unknown={"status": "hidden"})]))
    told = cli("audit", "is:unresolved", *RULE, "--baseline", written)
    assert "1 ticket left out" in told.err
    assert "no longer needed" not in told.err


def test_what_the_platform_hides_has_not_left_the_query(cli: Cli, connected: Connect, written: str) -> None:
    hidden = Notice(code="records-hidden", message="access rules hide records", count=2)
    connected(FakeReader([unassigned(1)], notices=[hidden]))
    assert "no longer needed" not in cli("audit", "is:unresolved", *RULE, "--baseline", written).err


def silent(number: int, **changes: object) -> Ticket:
    return unassigned(number, **RESOLVED | {"requester": Person(id="r1", name="Grace Hopper")} | changes)


HIDDEN = {"comments": [], "unknown": {"comments": "hidden", "first_response_at": "hidden", "history": "hidden"}}
COM = ("--rule", "COM402")


def test_what_could_not_be_judged_is_not_gone(cli: Cli, connected: Connect, known: str) -> None:
    connected(FakeReader([silent(1), silent(2)]))
    assert cli("audit", *COM, "--write-baseline", known).out
    before = Path(known).read_bytes()
    connected(FakeReader([silent(1, **HIDDEN), silent(2)]))
    told = cli("audit", *COM, "--baseline", known, "--write-baseline", known)
    assert "could not judge 1 ticket" in told.err
    assert "no longer needed" not in told.err
    assert "1 entry of hygiene.json not looked at" in told.err
    assert Path(known).read_bytes() == before


def test_what_could_not_be_judged_stands_as_it_was_in_the_state(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    words = ("audit", *COM, "--state", str(state))
    connected(FakeReader([silent(1), silent(2)]))
    cli(*words)
    connected(FakeReader([silent(1, **HIDDEN), silent(2)]))
    assert "0 new, 1 as before, 0 gone, 1 not looked at again" in cli(*words).err
    assert len(json.loads(state.read_text())["findings"]) == 2
    connected(FakeReader([silent(2)]))
    assert "0 new, 1 as before, 1 gone" in cli(*words).err


def test_an_excused_fault_is_still_there(cli: Cli, connected: Connect, written: str) -> None:
    connected(FakeReader([unassigned(1), unassigned(2), unassigned(3, tags=["hygiene-exempt"])]))
    assert "1 entry of hygiene.json not looked at" in cli("audit", "is:unresolved", *RULE, "--baseline", written).err


def test_an_excused_fault_does_not_stand_in_the_state(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    connected(FakeReader([unassigned(1), unassigned(2)]))
    cli("audit", *RULE, "--state", str(state))
    connected(FakeReader([unassigned(1), unassigned(2, tags=["hygiene-exempt"])]))
    assert "1 as before, 0 gone, 1 not looked at again" in cli("audit", *RULE, "--state", str(state)).err
    assert json.loads(state.read_text())["runs"][-1]["by_severity"] == {"high": 1}


def test_processes_side_by_side_know_what_was_not_judged(cli: Cli, tmp_path: Path, known: str) -> None:
    path = tmp_path / "tickets.ndjson"

    def words(*tickets: Ticket) -> tuple[str, ...]:
        path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in tickets))
        return ("audit", "--file", str(path), *COM, "--jobs", "2")

    cli(*words(silent(1), silent(2), silent(3), silent(4)), "--write-baseline", known)
    answered = silent(2, status=Status.OPEN)
    told = cli(*words(silent(1, **HIDDEN), answered, silent(3)), "--baseline", known, "--write-baseline", known)
    assert (
        "2 entries of hygiene.json no longer needed, nothing was found for them: COM402 SUP-2, COM402 SUP-4" in told.err
    )
    assert "1 entry of hygiene.json not looked at" in told.err
    assert left(known) == ["SUP-1", "SUP-3"]


def test_the_state_of_another_account_is_refused(cli: Cli, connected: Connect, home: Path) -> None:
    connected(FakeReader([unassigned(1)]))
    state = str(home / "state.json")
    cli("audit", *RULE, "--state", state)
    cli("audit", *RULE, "--since", "last-run")
    auth = Auth(kind="api_token", user="other@b.c")
    save_profile(Profile(name="prod", platform="jsm", url="https://acme.atlassian.net", auth=auth))
    before = Path(state).read_bytes()
    refused = cli("audit", *RULE, "--state", state)
    assert refused.code == Exit.REFUSED
    assert "is of another account" in refused.err
    assert Path(state).read_bytes() == before
    assert "Against the run" not in cli("audit", *RULE, "--since", "last-run").err
    assert len(list((home / "state" / "audit").glob("*.json"))) == 2


def test_a_rule_about_the_queue_needs_all_of_it(cli: Cli, connected: Connect, known: str) -> None:
    """The other half of a pair was not read: that is no reason to call the pair gone."""
    child = unassigned(2, tags=["vpn"], links=[])
    words = ("--rule", "LNK704", "--baseline", known)
    entry = {
        "fingerprint": "0" * 64, "rule": "LNK704", "ticket": "SUP-2", "reason": "known", "added": "2026-01-01",
    }  # fmt: skip
    Path(known).write_text(json.dumps({"schema": "supportctl/baseline/v1", "entries": [entry]}))
    connected(FakeReader([child]))
    told = cli("audit", *words)
    assert "no longer needed" not in told.err
    assert "1 entry of hygiene.json not looked at" in told.err
