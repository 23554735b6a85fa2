"""Duplicates end to end on all three dialects: link plan, apply, links read back right, undo."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Ticket
from tests.commands.fakes import Result
from tests.commands.signing_in import AUTH, sign_in
from tests.commands.test_verbs_on_sandbox import Desk, keys
from tests.duplicates.suggested import suggestion
from tests.fixtures.sandbox import Sandbox

Cli = Callable[..., Result]

pytestmark = pytest.mark.slow


@pytest.fixture(params=tuple(AUTH))
def desk(request: pytest.FixtureRequest, cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    sign_in(monkeypatch, sandbox, request.param)
    return Desk(cli, request.param)


def tickets(desk: Desk, chosen: list[str]) -> list[Ticket]:
    found = {key: msgspec.convert(row, Ticket) for key, row in desk.read(chosen, "--with", "links").items()}
    return sorted(found.values(), key=lambda each: (str(each.created_at), int(each.id) if each.id.isdecimal() else 0))


def links(desk: Desk, key: str) -> set[tuple[str, str]]:
    row = desk.read([key], "--with", "links")[key]
    return {(link["type"], link["key"]) for link in row.get("links", [])}


def write(path: Path, *suggestions: Suggestion) -> str:
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in suggestions))
    return str(path)


def applied(desk: Desk, plan: Path, *extras: str) -> str:
    """Carries a plan out and gives the run."""
    result = desk.cli("plan", "apply", str(plan), "--yes", "--format", "ndjson", *extras)
    assert result.code == 0, result.err
    assert {json.loads(line)["outcome"] for line in result.out.splitlines()} == {"applied"}
    return result.err.rpartition("run ")[2].split()[0].rstrip(".;)")


KINDS = {"zendesk": "problem", "jsm": "duplicate_of", "servicenow": "parent"}
"""What a duplicate reads as afterwards; ServiceNow keeps an incident's duplicate as its child."""
WINDOW = ("--window", "3650d")
"""The company's tickets are of early 2026, whenever this runs."""
BACK = {"zendesk": "incident", "jsm": "duplicated_by", "servicenow": "child"}


def test_from_finding_to_undoing_with_links_in_the_right_direction(desk: Desk, tmp_path: Path) -> None:
    found = tmp_path / "found.ndjson"
    printed = desk.cli("duplicates", "find", "is:unresolved created:2026-02-28..", *WINDOW, "--format", "ndjson")
    assert printed.code == 0, printed.err
    found.write_text(printed.out)
    every = [msgspec.json.decode(line, type=Suggestion) for line in printed.out.splitlines()]
    assert every
    pair = next(each for each in every if each.of.status not in ("resolved", "closed", "cancelled"))
    if desk.platform == "zendesk":
        desk.do("set", "kind=problem", pair.of.key)
    said = tmp_path / "decisions.csv"
    rows = [(each.ticket.key, each.of.key, "same" if each == pair else "different") for each in every]
    said.write_text("ticket,of,verdict\n" + "".join(",".join(row) + "\n" for row in rows))
    reviewed = desk.cli("duplicates", "review", "--from", str(found), "--decide", str(said), "--by", "ada")
    assert reviewed.code == 0, reviewed.err
    plan = tmp_path / "links.plan"
    planned = desk.cli("duplicates", "link", "--reviewed", "--plan", str(plan), "--format", "ndjson")
    assert planned.code == 0, planned.err
    assert [json.loads(line)["key"] for line in planned.out.splitlines()] == [pair.ticket.key]
    assert "called the same by ada" in json.loads(planned.out)["reason"]
    before = links(desk, pair.ticket.key)
    run = applied(desk, plan)
    assert (KINDS[desk.platform], pair.of.key) in links(desk, pair.ticket.key) - before
    assert (BACK[desk.platform], pair.ticket.key) in links(desk, pair.of.key)
    assert desk.cli("undo", run, "--yes").code == 0
    assert links(desk, pair.ticket.key) == before
    if desk.platform == "jsm":  # At once, from a query: what was called different is not proposed again.
        chosen = ",".join(each.ticket.key for each in every)
        direct = desk.cli(
            "duplicates", "link", f"key:{chosen}", *WINDOW, "--min-confidence", "0.2", "--format", "ndjson"
        )
        planned_now = {row["key"] for row in map(json.loads, direct.out.splitlines()) if row["outcome"] == "planned"}
        assert planned_now == {pair.ticket.key}, direct.err
    if desk.platform == "servicenow":  # Clusters are linked as they are printed; the one that was undone among them.
        printed = desk.cli("duplicates", "clusters", f"key:{pair.ticket.key}", *WINDOW, "--format", "ndjson")
        found.write_text(printed.out)
        given = desk.cli("duplicates", "link", "--from", str(found), "--format", "ndjson")
        assert pair.ticket.key in {row["key"] for row in map(json.loads, given.out.splitlines())}, given.err


def test_closing_as_a_duplicate(desk: Desk, tmp_path: Path) -> None:
    free = [each for each in tickets(desk, keys(desk, "status:open kind:incident", 12)) if not each.links]
    old, new = free[0], free[1]
    if desk.platform == "zendesk":
        desk.do("set", "kind=problem", old.key)
    given = write(tmp_path / "found.ndjson", suggestion(new, old, 0.9))
    plan = tmp_path / "close.plan"
    words: tuple[str, ...] = ("--close", "--even-if", "customer-replied", "--plan", str(plan))
    if desk.platform == "jsm":
        words = (*words, "--to", "Resolved")
    planned = desk.cli("duplicates", "link", "--from", given, *words)
    assert planned.code == 0, planned.err
    applied(desk, plan)
    row: dict[str, Any] = desk.read([new.key], "--with", "links")[new.key]
    assert row["status"] == "resolved"
    assert (KINDS[desk.platform], old.key) in links(desk, new.key)
    assert row.get("closure_code") == {"zendesk": None, "jsm": "Duplicate", "servicenow": "Duplicate"}[desk.platform]


def test_a_merge_on_zendesk(desk: Desk, tmp_path: Path) -> None:
    if desk.platform != "zendesk":
        result = desk.cli("duplicates", "link", "--reviewed", "--relation", "merge")
        assert result.code == 2
        assert "it takes: duplicate-of, problem" in result.err
        return
    old, new = tickets(desk, keys(desk, "status:open kind:incident", 4))[:2]
    given = write(tmp_path / "found.ndjson", suggestion(new, old, 0.9))
    plan = tmp_path / "merge.plan"
    assert desk.cli("duplicates", "link", "--from", given, "--relation", "merge", "--plan", str(plan)).code == 0
    refused = desk.cli("plan", "apply", str(plan), "--yes")
    assert refused.code != 0
    assert desk.read([new.key])[new.key]["status"] != "closed"
    applied(desk, plan, "--allow-irreversible")
    assert desk.read([new.key])[new.key]["status"] == "closed"


def test_a_bug_in_jira_tracks_a_zendesk_ticket(
    cli: Cli, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportctl.config import Auth, Profile
    from supportctl.config_edit import save_profile

    for platform in ("zendesk", "jsm"):
        given = sandbox.profiles[platform]
        monkeypatch.setenv(f"SUPPORTCTL_{platform.upper()}_TOKEN", given["secret"])
        auth = Auth(kind="api_token", user=given["user"])
        save_profile(Profile(name=platform, platform=platform, url=sandbox.url, auth=auth, writes=True))

    def one(profile: str) -> Ticket:
        result = cli("list", "status:open kind:incident", "--limit", "1", "--format", "ndjson", "-p", profile)
        assert result.code == 0, result.err
        return msgspec.json.decode(result.out.splitlines()[0], type=Ticket)

    def tracked(key: str) -> list[str]:
        result = cli("list", f"key:{key}", "--with", "links", "--format", "ndjson", "-p", "zendesk")
        found = json.loads(result.out).get("links", [])
        return [link["key"] for link in found if link["type"] == "tracked_by"]

    ticket, bug = one("zendesk"), one("jsm")
    before = tracked(ticket.key)
    plan = tmp_path / "tracked.plan"
    # Whichever of the two is older: it is the Zendesk ticket of this profile that is linked.
    words = ("duplicates", "link", "--from", write(tmp_path / "found.ndjson", suggestion(bug, ticket, 0.9)))
    planned = cli(*words, "--plan", str(plan), "-p", "zendesk")
    assert planned.code == 0, planned.err
    run = applied(Desk(cli, "zendesk"), plan, "-p", "zendesk")
    assert tracked(ticket.key) == [*before, bug.key]
    assert cli("undo", run, "--yes", "-p", "zendesk").code == 0
    assert tracked(ticket.key) == before


def test_links_and_merges_of_every_dialect_are_known_to_be_the_same(desk: Desk) -> None:
    result = desk.cli("duplicates", "evaluate")
    found = re.search(r"(\d+) linked with another", result.err)
    assert found is not None, result.err
    assert int(found[1]) >= 15
    assert "at least 30 are needed" in result.err
