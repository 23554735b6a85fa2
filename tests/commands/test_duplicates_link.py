"""``duplicates link``: suggestions become a plan, and nothing else happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.adapters.base import Vocabulary
from supportctl.duplicates.suggestion import Suggestion
from supportctl.exits import Exit
from supportctl.model import Kind, LinkType, Platform, Status, Ticket
from tests.changes.memory import EPOCH
from tests.changes.memory import ticket as memory_ticket
from tests.commands.desk import Desk
from tests.commands.fakes import FakeReader, Result
from tests.commands.planned import CUSTOMER
from tests.duplicates.suggested import suggestion

Cli = Callable[..., Result]


class Jira(Desk):
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(closure_codes=["Solved", "Duplicate"])


def ticket(number: int, **fields: Any) -> Ticket:
    values: dict[str, Any] = {"profile": "prod", "requester": CUSTOMER, "kind": Kind.INCIDENT, "created_at": EPOCH}
    return memory_ticket(number, **{**values, **fields})


@pytest.fixture
def desk(writable: Callable[[object], None]) -> Jira:
    adapter = Jira([ticket(number) for number in range(1, 6)])
    writable(adapter)
    return adapter


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., str]:
    def write(*suggestions: Suggestion) -> str:
        path = tmp_path / "found.ndjson"
        path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in suggestions))
        return str(path)

    return write


def rows(result: Result) -> dict[str, Any]:
    return {row["key"]: row for row in map(json.loads, result.out.splitlines())}


def kept(path: Path) -> Iterable[dict[str, Any]]:
    return [json.loads(line)["change"] for line in path.read_text().splitlines()[1:]]


def test_a_plan_is_made_and_nothing_is_sent(cli: Cli, desk: Jira, found: Callable[..., str], tmp_path: Path) -> None:
    one, two, three = (desk.tickets[number] for number in "123")
    plan = tmp_path / "links.plan"
    given = found(suggestion(two, one, 0.9), suggestion(three, one, 0.4))
    result = cli("duplicates", "link", "--from", given, "--plan", str(plan), "--format", "ndjson")
    assert result.code == 0, result.err
    assert desk.sent == []
    (change,) = kept(plan)
    assert change["key"] == "#2"
    assert change["actions"] == [{"action": "link", "type": "duplicate_of", "to": "#1"}]
    assert "confidence 0.90 (uncalibrated)" in change["reason"]
    assert "1 suggestion below --min-confidence 0.5" in result.err
    assert f"supportctl plan apply {plan} --yes" in result.err
    applied = cli("plan", "apply", str(plan), "--yes", "--format", "ndjson")
    assert applied.code == 0, applied.err
    assert [(link.type, link.key) for link in desk.tickets["2"].links] == [(LinkType.DUPLICATE_OF, "#1")]
    again = cli("duplicates", "link", "--from", given, "--plan", str(tmp_path / "again.plan"))
    assert again.code == Exit.PARTIAL
    assert "it is linked to #1 already" in again.err


def test_what_is_left_out_is_named_in_machine_forms(cli: Cli, desk: Jira, found: Callable[..., str]) -> None:
    desk.tickets["1"] = ticket(1, status=Status.RESOLVED)
    result = cli("duplicates", "link", "--from", found(suggestion(ticket(2), ticket(1))), "--format", "ndjson")
    assert result.code == Exit.PARTIAL
    assert "master-done" in rows(result)["#2"]["detail"]
    lifted = cli(
        "duplicates", "link", "--from", found(suggestion(ticket(2), ticket(1))), "--even-if", "master-done",
        "--format", "ndjson",
    )  # fmt: skip
    assert rows(lifted)["#2"]["outcome"] == "planned"


def test_closing_is_a_choice_of_its_own_and_takes_the_code_that_says_duplicate(
    cli: Cli, desk: Jira, found: Callable[..., str], tmp_path: Path
) -> None:
    given, plan = found(suggestion(ticket(2), ticket(1))), tmp_path / "close.plan"
    result = cli("duplicates", "link", "--from", given, "--close", "--plan", str(plan))
    assert result.code == 0, result.err
    (change,) = kept(plan)
    assert [action["action"] for action in change["actions"]] == ["link", "transition"]
    assert change["after"]["closure_code"] == "Duplicate"
    chosen = tmp_path / "chosen.plan"
    assert cli("duplicates", "link", "--from", given, "--close", "--code", "Duplicate", "--plan", str(chosen)).code == 0
    command = json.loads(chosen.read_text().splitlines()[0])["verb"]
    assert f"--from {given} " in command
    assert command.endswith("--close --code Duplicate")
    refused = cli("duplicates", "link", "--from", given, "--code", "Duplicate")
    assert refused.code == Exit.USAGE
    assert "add --close" in refused.err


def test_a_platform_with_problems_only_says_what_has_to_come_first(
    cli: Cli, writable: Callable[[object], None], found: Callable[..., str]
) -> None:
    zendesk = Desk([ticket(number) for number in range(1, 4)], links=frozenset({LinkType.PROBLEM}))
    writable(zendesk)
    given = found(suggestion(ticket(2), ticket(1)))
    result = cli("duplicates", "link", "--from", given)
    assert result.code == Exit.PARTIAL
    assert "supportctl set kind=problem '#1'" in result.err
    assert "--relation merge" in result.err
    zendesk.tickets["1"] = ticket(1, kind=Kind.PROBLEM)
    assert (
        rows(cli("duplicates", "link", "--from", given, "--format", "ndjson"))["#2"]["actions"][0]["type"] == "problem"
    )
    refused = cli("duplicates", "link", "--from", given, "--relation", "duplicate-of")
    assert refused.code == Exit.USAGE
    assert "it takes: merge, problem" in refused.err


def test_a_merge_is_made_only_when_asked_for_and_says_it_is_for_good(
    cli: Cli, desk: Jira, found: Callable[..., str], tmp_path: Path
) -> None:
    plan = tmp_path / "merge.plan"
    given = found(suggestion(ticket(2), ticket(1)))
    result = cli("duplicates", "link", "--from", given, "--relation", "merge", "--plan", str(plan))
    assert result.code == 0, result.err
    (change,) = kept(plan)
    assert change["actions"][0]["action"] == "merge"
    assert "--allow-irreversible" in result.err


def test_suggestions_of_another_profile_are_not_linked_here(cli: Cli, desk: Jira, found: Callable[..., str]) -> None:
    other = ticket(2, profile="elsewhere")
    result = cli("duplicates", "link", "--from", found(suggestion(other, ticket(1, profile="elsewhere"))))
    assert result.code == Exit.USAGE, result.err
    assert "there is no profile 'elsewhere'" in result.err


def test_a_bug_of_another_platform_is_tracked_by(
    cli: Cli, writable: Callable[[object], None], found: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportctl.adapters import registry
    from supportctl.config import Auth, Profile
    from supportctl.config_edit import save_profile

    zendesk = Desk([ticket(2)], links=frozenset({LinkType.PROBLEM, LinkType.TRACKED_BY}))
    writable(zendesk)
    monkeypatch.setenv("SUPPORTCTL_BUGS_TOKEN", "s3cret")
    auth = Auth(kind="api_token", user="a@b.c")
    save_profile(Profile(name="bugs", platform="jsm", url="https://acme.atlassian.net", auth=auth))
    bug = ticket(
        77, key="ENG-77", profile="bugs", platform=Platform.JSM, url="https://acme.atlassian.net/browse/ENG-77"
    )
    monkeypatch.setattr(
        registry, "open_adapter", lambda profile, **_kwargs: zendesk if profile.name == "prod" else FakeReader([bug])
    )
    given = found(suggestion(ticket(2), bug))
    result = cli("duplicates", "link", "--from", given, "--close", "--code", "Duplicate", "--format", "ndjson")
    assert result.code == 0, result.err
    assert len(rows(result)["#2"]["actions"]) == 1  # It is no duplicate, and stays open.
    assert rows(result)["#2"]["actions"][0] | {"native": {}} == {
        "action": "link", "type": "tracked_by", "to": "ENG-77", "native": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"not json\n", "line 1: not a JSON object"),
        (b'{"ticket": 3}\n', "line 1: not a suggestion"),
        (b'\n{"ticket": {}, "of": {}}\n', "line 2: not a suggestion"),
        (b"\xff\xfe\n", "line 1"),
    ],
)
def test_what_is_no_suggestion_is_named_by_its_line(
    cli: Cli, desk: Jira, tmp_path: Path, text: bytes, said: str
) -> None:
    path = tmp_path / "broken.ndjson"
    path.write_bytes(text)
    result = cli("duplicates", "link", "--from", str(path))
    assert result.code == Exit.USAGE
    assert said in result.err
    assert "INTERNAL" not in result.err


def test_clusters_are_linked_to_their_masters(cli: Cli, desk: Jira, tmp_path: Path) -> None:
    def brief(number: int) -> dict[str, Any]:
        return {"platform": "zendesk", "profile": "prod", "id": str(number), "key": f"#{number}"}

    members = [
        {"ticket": brief(2), "kind": "text", "confidence": 0.7, "calibration": "site"},
        {"ticket": brief(3), "confidence": 1.0, "calibration": "linked"},
        {"ticket": brief(4), "kind": "resend", "confidence": 0.2, "calibration": "exact"},
    ]
    path = tmp_path / "clusters.ndjson"
    path.write_text(json.dumps({"master": brief(1), "rule": "oldest open", "members": members}) + "\n")
    result = cli("duplicates", "link", "--from", str(path), "--format", "ndjson")
    assert result.code == 0, result.err
    assert rows(result).keys() == {"#2"}
    assert "1 suggestion passed over: the two are linked already" in result.err


def test_the_master_of_a_cluster_is_kept(cli: Cli, desk: Jira, tmp_path: Path) -> None:
    desk.tickets["1"] = ticket(1, status=Status.RESOLVED)
    desk.tickets["2"] = ticket(2, created_at=EPOCH + timedelta(hours=1))
    brief = {"platform": "zendesk", "profile": "prod"}
    member = {"ticket": {**brief, "id": "1", "key": "#1"}, "kind": "text", "confidence": 0.9, "calibration": "site"}
    path = tmp_path / "clusters.ndjson"
    line = {"master": {**brief, "id": "2", "key": "#2"}, "rule": "oldest open", "members": [member]}
    path.write_text(json.dumps(line) + "\n")
    result = cli("duplicates", "link", "--from", str(path), "--even-if", "master-done", "--format", "ndjson")
    assert result.code == Exit.PARTIAL, result.err
    assert "it is resolved" in rows(result)["#1"]["detail"]


def test_a_query_bounds_what_is_changed(cli: Cli, desk: Jira, tmp_path: Path) -> None:
    text = "The badge reader at the north gate flashes amber with E-4711 and stays shut since this morning."
    for number in (1, 2):
        desk.tickets[str(number)] = ticket(
            number,
            title="Badge reader flashes amber",
            description=text,
            created_at=EPOCH + timedelta(hours=number),
            tags=["sev1"] if number == 2 else [],
        )
    options = ("--window", "9999d", "--plan", str(tmp_path / "links.plan"), "--format", "ndjson")
    result = cli("duplicates", "link", "key:2", *options)
    assert result.code == Exit.PARTIAL, result.err
    assert "the query did not select it" in rows(result)["#1"]["detail"]
    both = cli("duplicates", "link", "key:1,2", *options)
    assert both.code == 0, both.err
    assert rows(both)["#1"]["actions"][0]["to"] == "#2"
    header = json.loads((tmp_path / "links.plan").read_text().splitlines()[0])
    assert header["query"] == "key:1,2"
    assert "--window 9999d" in header["verb"]


def test_without_anything_to_link(cli: Cli, desk: Jira, found: Callable[..., str]) -> None:
    result = cli("duplicates", "link", "--plan", "x.plan")
    assert result.code == Exit.USAGE
    assert "--from FILE" in result.err
    assert "supportctl duplicates review" in result.err
    empty = cli("duplicates", "link", "--from", found())
    assert empty.code == 0
    assert "Nothing to link" in empty.err
    assert "supportctl duplicates review" in cli("duplicates", "link", "--reviewed").err


@pytest.mark.parametrize("verb", ["link", "review", "evaluate", "learn"])
def test_queries_of_the_help_are_queries(cli: Cli, verb: str) -> None:
    import shlex

    from supportctl.query import parse

    shown = [line.strip() for line in cli("duplicates", verb, "--help").out.splitlines()]
    lines = [shlex.split(line) for line in shown if line.startswith(f"supportctl duplicates {verb}")]
    queries = [words[3] for words in lines if len(words) > 3 and not words[3].startswith("-")]
    assert lines
    for query in queries:
        assert parse(query, now=EPOCH) is not None
