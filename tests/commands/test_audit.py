"""``audit`` through whole command lines: against a file, and against a fake platform."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from supportctl.adapters.base import Capabilities, Need, Notice
from supportctl.audit.registry import RULES
from supportctl.errors import RateLimitedError
from supportctl.exits import Exit
from supportctl.model import Comment, CustomField, NamedRef, Person, Platform, Status, Unknown
from tests.commands.fakes import FakeReader, Result
from tests.commands.queues import NOW, fine, keys_of, stale, unassigned

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]
FileOf = Callable[..., str]

SECRET = "AKIA" + "Q3XZ7LM2VN5RTKWB"


def test_a_clean_queue(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(fine(1), fine(2)))
    assert result.code == Exit.OK
    assert result.out == ""
    assert result.err.splitlines()[-1] == "0 findings in 2 tickets"


def test_findings_one_line_each_and_the_census(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(unassigned(1), fine(2), stale(3)))
    assert result.code == Exit.FOUND
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert sorted(row[:4] for row in rows) == [
        ["SUP-1", "high", "OWN201", "unassigned"],
        ["SUP-3", "medium", "TIM501", "stale"],
    ]
    assert result.err.splitlines()[-1] == "2 findings (1 high, 1 medium) in 3 tickets"


@pytest.mark.parametrize(
    ("threshold", "code"), [("info", 1), ("low", 1), ("medium", 1), ("high", 0)], ids=lambda value: str(value)
)
def test_fail_on(threshold: str, code: int, cli: Cli, file_of: FileOf) -> None:
    assert cli("audit", "--file", file_of(stale(1)), "--fail-on", threshold).code == code


def test_exit_zero_prints_the_same(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1))
    found, zero = cli("audit", "--file", file), cli("audit", "--file", file, "--exit-zero")
    assert (found.code, zero.code) == (1, 0)
    assert found.out == zero.out


def test_nothing_matches(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1))
    assert cli("audit", "--file", file, "status:closed").code == Exit.OK
    assert cli("audit", "--file", file, "status:closed", "--error-on-empty").code == Exit.EMPTY
    assert cli("audit", "--file", file, "status:open", "--error-on-empty").code == Exit.FOUND


def test_only_the_rules_asked_for(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1), stale(2))
    assert [line.split("\t")[2] for line in cli("audit", "--file", file, "--rule", "TIM501").out.splitlines()] == [
        "TIM501"
    ]
    named = cli("audit", "--file", file, "--rule", "Stale", "--rule", "own201").out
    assert {line.split("\t")[2] for line in named.splitlines()} == {"TIM501", "OWN201"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "OWN2O1"), "did you mean `OWN201`?"),
        (("--rule", "nonsense-entirely"), "there is no rule"),
        (("--fail-on", "hihg"), "did you mean high?"),
        (("--persona", "auditr"), "did you mean auditor?"),
        (("--set", "stael.p1=1d"), "did you mean 'stale'?"),
        (("--set", "stale.p9=1d"), "one per priority"),
        (("--set", "stale.p1=soon"), "a duration is a whole number and a unit"),
        (("--set", "reassignments=many"), "reassignments cannot be 'many'"),
        (("--set", "grace"), "--set takes NAME=VALUE"),
        (("--set", "grace.p1=1d"), "has no parts"),
        (("--set", "severities.RES6O1=low"), "did you mean `RES601`?"),
        (("--set", "severities.RES601=awful"), "cannot be 'awful'"),
        (("--format", "tabel"), "did you mean table?"),
        (("--columns", "ticket,severty"), "did you mean 'severity'?"),
        (("--json", "rule,mesage"), "did you mean 'message'?"),
        (("stauts:open",), "did you mean `status`?"),
        (("--limit", "many"), "--limit takes a number"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_read_is_refused_before_a_ticket_is(
    arguments: tuple[str, ...], said: str, cli: Cli, connected: Connect
) -> None:
    reader = connected(FakeReader([unassigned(1)]))
    result = cli("audit", *arguments)
    assert result.code == Exit.USAGE
    assert said in result.err
    assert result.out == ""
    assert reader.pages == 0


def test_ndjson_is_one_finding_a_line(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(unassigned(1), stale(2)), "--format", "ndjson")
    findings = {found["rule"]: found for found in map(json.loads, result.out.splitlines())}
    assert set(findings) == {"OWN201", "TIM501"}
    assert findings["TIM501"]["ticket"] == "SUP-2"
    assert findings["TIM501"]["threshold"] == "5 days of calendar time (default, other priorities)"
    assert len(findings["TIM501"]["fingerprint"]) == 64


def test_json_is_one_document_with_the_census(cli: Cli, file_of: FileOf) -> None:
    document = json.loads(cli("audit", "--file", file_of(unassigned(1), fine(2)), "-f", "json").out)
    assert document["schema"] == "supportctl/findings/v1"
    assert [found["rule"] for found in document["findings"]] == ["OWN201"]
    assert document["truncated"] is False
    assert document["census"]["tickets"] == 2
    assert document["census"]["by_severity"] == {"high": 1}
    chosen = json.loads(cli("audit", "--file", file_of(unassigned(1)), "--json", "rule,ticket,url").out)
    assert chosen["findings"] == [{"rule": "OWN201", "ticket": "SUP-1", "url": "https://acme.example/browse/SUP-1"}]


def test_csv_and_columns(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1))
    rows = list(csv.DictReader(io.StringIO(cli("audit", "--file", file, "-f", "csv").out)))
    assert [(row["ticket"], row["rule"], row["severity"]) for row in rows] == [("SUP-1", "OWN201", "high")]
    assert cli("audit", "--file", file, "--columns", "rule,ticket").out == "OWN201\tSUP-1\n"


def test_table(cli: Cli, file_of: FileOf) -> None:
    lines = cli("audit", "--file", file_of(unassigned(1)), "-f", "table").out.splitlines()
    assert lines[0].split()[:3] == ["TICKET", "SEVERITY", "RULE"]
    assert lines[1].split()[:3] == ["SUP-1", "high", "OWN201"]


def test_settings(cli: Cli, file_of: FileOf) -> None:
    file = file_of(stale(1), unassigned(2, group=NamedRef(id="g1", name="Tier 1")))
    calm = ("--set", "stale.other=40d", "--set", "stale.p2=40d", "--set", "group_is_enough=true")
    assert cli("audit", "--file", file, *calm).out == ""
    louder = cli("audit", "--file", file, "--set", "severities.stale=high", "--rule", "stale", "-f", "ndjson")
    assert [json.loads(line)["severity"] for line in louder.out.splitlines()] == ["high"]


def test_a_closure_code_in_a_custom_field(cli: Cli, connected: Connect) -> None:
    field = {"id": "360001", "name": "Root cause"}
    done = {"status": Status.RESOLVED, "unknown": {"closure_code": Unknown.ABSENT}}
    reader = FakeReader(
        [
            fine(1, **done, custom=[CustomField(**field, value="hardware")]),
            fine(2, **done, custom=[CustomField(**field)]),
        ]
    )
    reader.capabilities = Capabilities(
        platform=Platform.ZENDESK, reads=frozenset(Need), unknown_fields=frozenset({"closure_code"})
    )
    connected(reader)
    assert "name yours in the setting closure_field" in cli("audit", "--rule", "RES601").err
    result = cli("audit", "--rule", "RES601", "--set", "closure_field=Root cause")
    assert keys_of(result) == ["SUP-2"]
    assert Need.CUSTOM in reader.needs[-1]


def test_standard_input(file_of: FileOf, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", "audit", "--file", "-"],
        input=Path(file_of(unassigned(1))).read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith(b"SUP-1\thigh\tOWN201")


def test_no_ticket_text_and_no_control_characters(cli: Cli, file_of: FileOf) -> None:
    comment = Comment(id="1", author=None, created_at=None, body="Regards, Wilhelmina", public=True)
    bad = unassigned(1, key="SUP-1\x1b[31m\u202e", title=f"Confidential {SECRET}", comments=[comment])
    file = file_of(bad)
    for form in ("table", "plain", "csv", "json", "ndjson"):
        result = cli("audit", "--file", file, "-f", form)
        told = result.out + result.err
        assert "PRV821" in told
        for text in (SECRET, "Confidential", "Wilhelmina", "\x1b[31m", "\u202e"):
            assert text not in told


def test_exempt_by_tag(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1, tags=["hygiene-exempt"]), unassigned(2, tags=["exempt:own201"]), unassigned(3))
    result = cli("audit", "--file", file)
    assert keys_of(result) == ["SUP-3"]
    assert result.err.splitlines()[-1].endswith("in 3 tickets · 2 exempt")


def test_a_field_nobody_uses_is_one_finding(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file = file_of(*(fine(n, category=None) for n in range(1, 61)))
    result = cli("audit", "--file", file)
    assert [line.split("\t")[1:3] for line in result.out.splitlines()] == [["low", "QUE901"]]
    assert result.err.splitlines()[-1].endswith("· 60 withheld, reported once as QUE901")
    assert result.code == Exit.OK
    page = tmp_path / "audit.html"
    told = cli("audit", "--file", file, "-f", "markdown", "-o", f"html={page}").out
    assert "60 findings about fields that nobody uses withheld, reported once as QUE901" in told
    (row,) = (line for line in told.splitlines() if line.startswith("| ") and "QUE901" in line)
    assert "%" not in row
    assert "about the queue as a whole" in page.read_text()
    rules = json.loads(cli("audit", "--file", file, "-f", "json").out)["census"]["rules"]
    assert {rule["rule"] for rule in rules if rule["rule"].startswith("QUE") and rule["hygiene"]} == set()
    few = cli("audit", "--file", file_of(*(fine(n, category=None) for n in range(1, 31))))
    assert {line.split("\t")[2] for line in few.out.splitlines()} == {"CLS101"}
    assert len(few.out.splitlines()) == 30


def test_what_could_not_be_judged_is_said(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(fine(1, category=None, unknown={"category": Unknown.HIDDEN}), fine(2)))
    assert "CLS101 category-missing could not judge 1 ticket: category unknown" in result.err
    assert result.code == Exit.OK


def test_rules_the_platform_cannot_feed_are_skipped_with_the_reason(cli: Cli, connected: Connect) -> None:
    reader = FakeReader([unassigned(1)])
    reader.capabilities = Capabilities(platform=Platform.ZENDESK, reads=frozenset(), unknown_fields=frozenset())
    result = cli("audit") if connected(reader) else None
    assert result is not None
    assert "OWN204 ping-pong not run: needs history, which cannot be read here" in result.err
    assert "COM402" in result.err
    assert reader.needs == [frozenset()]


def test_only_what_the_rules_need_is_fetched(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([fine(1)]))
    cli("audit", "--rule", "OWN201")
    assert reader.needs[-1] == {Need.TAGS}
    cli("audit", "--rule", "OWN204", "group:x")
    assert reader.needs[-1] == {Need.TAGS, Need.HISTORY, Need.PEOPLE, Need.METRICS}
    cli("audit")
    assert Need.COMMENTS in reader.needs[-1]
    cli("audit", "--ruleset", "ci", "--rule", "RES601")
    assert Need.ATTACHMENTS not in reader.needs[-1]


def test_notices_and_undecided_tickets_are_told(cli: Cli, connected: Connect) -> None:
    hidden = fine(1, group=NamedRef(id="g9"), unknown={"group": Unknown.HIDDEN})
    connected(FakeReader([hidden, fine(2)], notices=[Notice(code="x", message="history was cut \x1b[2J", count=3)]))
    result = cli("audit", 'group:"Tier 1"')
    assert "1 ticket left out" in result.err
    assert "history was cut" in result.err
    assert "(3 times)" in result.err
    assert "\x1b[2J" not in result.err


def test_quiet_keeps_findings_and_warnings(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([unassigned(1)], notices=[Notice(code="x", message="history was cut")]))
    result = cli("audit", "-q")
    assert result.out.startswith("SUP-1")
    assert result.err == "! history was cut\n"


def test_a_limit_is_said(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(unassigned(1), unassigned(2)), "--limit", "1")
    assert "in 1 ticket · stopped at the limit, there are more tickets" in result.err


@pytest.mark.parametrize("form", ["plain", "ndjson", "csv", "table"])
def test_an_error_in_the_middle_keeps_what_was_found(form: str, cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([stale(1), unassigned(2), stale(3), stale(4)]))

    def fail(number: int) -> None:
        if number == 1:
            raise RateLimitedError("the platform asks to wait 900 s", hint="run it later")

    reader.before_page = fail
    result = cli("audit", "-f", form)
    assert result.code == Exit.TEMPORARY
    assert "SUP-1" in result.out
    assert "SUP-3" not in result.out
    assert (
        "The audit is incomplete: 1 finding printed, 2 tickets judged before it stopped; "
        "1 finding about missing fields not among them." in result.err
    )
    assert "error[RATE_LIMIT]" in result.err
    assert reader.closed


def test_json_of_a_run_that_failed_does_not_parse(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([stale(1), stale(2), stale(3)]))
    reader.before_page = lambda number: (_ for _ in ()).throw(RateLimitedError("wait")) if number else None
    result = cli("audit", "-f", "json")
    assert result.code == Exit.TEMPORARY
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.out)


def test_a_broken_line_of_a_file(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    path = Path(file_of(stale(1)))
    path.write_bytes(path.read_bytes() + b'{"platform": "jsm", "Wilhelmina"\n')
    result = cli("audit", "--file", str(path))
    assert result.code == Exit.USAGE
    assert "line 2" in result.err
    assert "Wilhelmina" not in result.err


def test_interrupted(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([stale(1), stale(2), stale(3)]))
    reader.before_page = lambda number: (_ for _ in ()).throw(KeyboardInterrupt) if number else None
    result = cli("audit")
    assert result.code == Exit.INTERRUPTED
    assert "The audit is incomplete" in result.err


def test_findings_are_out_before_the_second_page_is_asked(
    cli: Cli, connected: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    reader = connected(FakeReader([stale(n) for n in range(1, 6)]))
    seen: list[str] = []
    reader.before_page = lambda number: seen.append(capfd.readouterr().out) if number == 1 else None
    cli("audit", "-f", "ndjson")
    assert seen[0].count("\n") == 2


def test_the_list_of_rules(cli: Cli) -> None:
    result = cli("audit", "--rules")
    assert result.code == Exit.OK
    assert keys_of(result)[-1] == "QUE906"
    rows = json.loads(cli("audit", "--rules", "--rule", "COM402", "-f", "json").out)["rules"]
    assert [row["rule"] for row in rows] == ["COM402"]
    assert rows[0]["needs"] == ["comments"]


def test_resolved_without_a_reply_end_to_end(cli: Cli, file_of: FileOf) -> None:
    when = NOW - timedelta(days=2)
    agent, customer = Person(id="a1", name="Ada Lovelace"), Person(id="r1", name="Grace Hopper")

    def note(author: Person, hours: int, *, public: bool) -> Comment:
        return Comment(
            id=f"{hours}", author=author, created_at=when + timedelta(hours=hours), body="It fails", public=public
        )

    done = {"status": Status.RESOLVED, "created_at": when, "resolved_at": NOW, "closure_code": "fixed"}
    bad = fine(1, **done, comments=[note(agent, 1, public=True), note(customer, 2, public=True)])
    good = fine(2, **done, comments=[note(customer, 1, public=True), note(agent, 2, public=True)])
    result = cli("audit", "--file", file_of(bad, good), "--rule", "COM402")
    assert keys_of(result) == ["SUP-1"]


def test_fingerprints_do_not_change_from_run_to_run(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1), stale(2))
    one, two = (cli("audit", "--file", file, "--json", "fingerprint").out for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2016-05-01", Exit.OK), ("2016-05-02T23:59Z", Exit.OK), ("2016-05-02", Exit.FOUND)],
)
def test_ages_are_counted_from_the_moment_given(moment: str, code: Exit, cli: Cli, file_of: FileOf) -> None:
    then = datetime(2016, 5, 1, 23, 59, 30, tzinfo=UTC)
    path = file_of(fine(1, created_at=then - timedelta(hours=3), updated_at=then))
    result = cli("audit", "--file", path, "--rule", "TIM501", "--now", moment)
    assert result.code == code


def test_ages_of_the_query_agree_with_the_moment_given(cli: Cli, file_of: FileOf) -> None:
    then = datetime(2016, 5, 1, 12, tzinfo=UTC)
    path = file_of(fine(1, created_at=then, updated_at=then))
    result = cli("audit", "age<1d", "--file", path, "--now", "2016-05-01", "--error-on-empty")
    assert result.code == Exit.OK


def test_a_moment_that_is_none(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(fine(1)), "--now", "yesterday")
    assert result.code == Exit.USAGE
    assert "--now 'yesterday'" in result.err


def test_a_rule_named_that_cannot_run_is_no_pass(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, page = file_of(fine(1)), tmp_path / "a.html"
    result = cli("audit", "--file", file, "--rule", "CLS104", "-o", f"html={page}", "--format", "markdown")
    assert result.code == Exit.USAGE
    assert "A rule named with --rule did not run: CLS104 tag-not-in-taxonomy: " in result.err
    for text in (result.out, page.read_text()):
        assert "Nothing was judged" in text
        assert "100 %" not in text
        assert "Passed" not in text


def test_other_rules_named_run_all_the_same(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(unassigned(1)), "--rule", "CLS104", "--rule", "OWN201", "--exit-zero")
    assert result.code == Exit.USAGE
    assert result.out.split("\t")[2] == "OWN201"
    clean = cli("audit", "--file", file_of(fine(1)), "--rule", "CLS104", "--rule", "OWN201", "--format", "markdown")
    assert clean.code == Exit.USAGE
    assert "Not passed: A rule named with --rule did not run: CLS104" in clean.out


def test_no_rule_about_tickets_can_run(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    project = tmp_path / "only.toml"
    others = [rule.code for rule in RULES if rule.code != "CLS104"]
    project.write_text(f"[audit]\nruleset = 'strict'\nignore = {json.dumps(others)}\n")
    result = cli("audit", "--file", file_of(fine(1)), "--config", str(project))
    assert result.code == Exit.USAGE
    assert "None of the rules about tickets could run, so nothing was judged: " in result.err


def test_tickets_out_of_scope_are_no_score(cli: Cli, file_of: FileOf) -> None:
    result = cli("audit", "--file", file_of(fine(1)), "--rule", "RES601", "--format", "markdown")
    assert result.code == Exit.OK
    assert "Neither passed nor failed: every rule left every ticket out" in result.out


def test_a_rule_named_is_heard_whatever_its_persona(cli: Cli, file_of: FileOf) -> None:
    vague = fine(1, title="Help", description="")
    named = cli("audit", "--file", file_of(vague), "--rule", "TXT811")
    assert named.out.split("\t")[2] == "TXT811"
    all_of_them = cli("audit", "--file", file_of(vague), "--ruleset", "strict")
    assert "TXT811" not in all_of_them.out
    assert "for a later persona (--persona pedantic shows them)" in all_of_them.err
