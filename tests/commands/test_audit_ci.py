"""``audit`` as a build server runs it: baselines, parts, another day, several outputs."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from supportctl.errors import RateLimitedError
from supportctl.exits import Exit
from supportctl.model import Event, Status
from tests.commands.fakes import FakeReader, Result
from tests.commands.queues import NOW, fine, keys_of, unassigned

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]
FileOf = Callable[..., str]

RULES = ("--rule", "OWN201")


# Baselines


def test_what_a_baseline_accepts_is_counted_and_fails_nothing(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, known = file_of(unassigned(1), unassigned(2)), str(tmp_path / "hygiene.json")
    written = cli("audit", "--file", file, *RULES, "--write-baseline", known, "--reason", "before the clean-up")
    assert written.code == Exit.OK
    assert keys_of(written) == ["SUP-1", "SUP-2"]
    assert f"Baseline {known}: 2 added without end" in written.err
    again = cli("audit", "--file", file, *RULES, "--baseline", known)
    assert (again.code, again.out) == (Exit.OK, "")
    assert again.err.splitlines()[-1] == "0 findings in 2 tickets · 2 known to hygiene.json"
    more = cli("audit", "--file", file_of(unassigned(1), unassigned(2), unassigned(3)), *RULES, "--baseline", known)
    assert more.code == Exit.FOUND
    assert keys_of(more) == ["SUP-3"]
    entries = json.loads(Path(known).read_text())["entries"]
    assert {entry["reason"] for entry in entries} == {"before the clean-up"}


def test_the_document_has_the_facts_of_the_baseline(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    known = str(tmp_path / "hygiene.json")
    cli("audit", "--file", file_of(unassigned(1), unassigned(2)), *RULES, "--write-baseline", known)
    file = file_of(fine(1), unassigned(2), unassigned(3))
    document = json.loads(cli("audit", "--file", file, *RULES, "--baseline", known, "-f", "json").out)
    assert document["baseline"] == {
        "against": "hygiene.json",
        "new": 1,
        "known": 1,
        "gone": 1,
        "expired": 0,
        "unseen": 0,
    }
    assert [found["ticket"] for found in document["findings"]] == ["SUP-3"]


def test_an_entry_whose_day_has_passed_counts_again_and_is_named(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, known = file_of(unassigned(1, created_at=NOW - timedelta(days=90))), str(tmp_path / "hygiene.json")
    then = f"{NOW - timedelta(days=30):%Y-%m-%d}"
    last = f"{NOW - timedelta(days=10):%Y-%m-%d}"
    cli("audit", "--file", file, *RULES, "--write-baseline", known, "--until", last, "--now", then)
    assert cli("audit", "--file", file, *RULES, "--baseline", known, "--now", then).code == Exit.OK
    later = cli("audit", "--file", file, *RULES, "--baseline", known)
    assert later.code == Exit.FOUND
    assert f"1 entry of hygiene.json expired and count again: OWN201 SUP-1 (until {last})" in later.err
    cli("audit", "--file", file, *RULES, "--write-baseline", known, "--reason", "still")
    assert [entry["reason"] for entry in json.loads(Path(known).read_text())["entries"]] == ["still"]


def test_entries_nothing_was_found_for_are_told_and_go_when_it_is_written_again(
    cli: Cli, file_of: FileOf, tmp_path: Path
) -> None:
    known = str(tmp_path / "hygiene.json")
    cli("audit", "--file", file_of(unassigned(1), unassigned(2)), *RULES, "--write-baseline", known, "--reason", "one")
    file = file_of(unassigned(1), fine(2), unassigned(3))
    told = cli("audit", "--file", file, *RULES, "--baseline", known)
    assert "1 entry of hygiene.json no longer needed, nothing was found for them: OWN201 SUP-2" in told.err
    again = cli("audit", "--file", file, *RULES, "--write-baseline", known, "--reason", "two")
    assert f"Baseline {known}: 1 as before, 1 added without end (--until DATE gives them one), 1 taken out" in again.err
    reasons = {entry["ticket"]: entry["reason"] for entry in json.loads(Path(known).read_text())["entries"]}
    assert reasons == {"SUP-1": "one", "SUP-3": "two"}


def test_a_query_that_matches_nothing_empties_no_baseline(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, known = file_of(unassigned(1)), str(tmp_path / "hygiene.json")
    cli("audit", "--file", file, *RULES, "--write-baseline", known)
    before = Path(known).read_bytes()
    nothing = cli("audit", "status:closed", "--file", file, *RULES, "--baseline", known, "--write-baseline", known)
    assert "no longer needed" not in nothing.err
    assert Path(known).read_bytes() == before


def test_a_run_of_one_rule_does_not_call_the_others_gone(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, known = file_of(unassigned(1)), str(tmp_path / "hygiene.json")
    cli("audit", "--file", file, *RULES, "--write-baseline", known)
    other = cli("audit", "--file", file, "--rule", "RES601", "--baseline", known, "--write-baseline", known)
    assert "gone" not in other.err
    assert "no longer needed" not in other.err
    assert len(json.loads(Path(known).read_text())["entries"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--baseline", "none.json"), Exit.USAGE, "the baseline none.json cannot be read"),
        (("--baseline", " "), Exit.USAGE, "--baseline is empty"),
        (("--reason", "x"), Exit.USAGE, "--reason goes with --write-baseline"),
        (("--until", "2999-01-01"), Exit.USAGE, "--until goes with --write-baseline"),
        (("--write-baseline", "b.json", "--until", "2001-01-01"), Exit.USAGE, "--until 2001-01-01 has passed"),
        (("--write-baseline", "b.json", "--until", "soon"), Exit.USAGE, "--until takes a date"),
        (("--since", "yesterday"), Exit.USAGE, "--since takes last-run"),
        (("--shard", "5/4"), Exit.USAGE, "--shard cannot be"),
        (("--as-of", "soon"), Exit.USAGE, "--as-of 'soon' is not a time"),
        (("--as-of", "2999-01-01"), Exit.USAGE, "lies in the future"),
        (("--as-of", "2026-01-01", "--now", "2026-01-01"), Exit.USAGE, "--as-of does not go with --now"),
        (("--as-of", "2026-01-01", "--since", "last-run"), Exit.USAGE, "--as-of does not go with --since"),
        (("--config", "a.toml", "--no-config"), Exit.USAGE, "--config does not go with --no-config"),
        (("--ruleset", "cor"), Exit.USAGE, "did you mean core?"),
        (("--output", "html"), Exit.USAGE, "--output takes FORM=PATH"),
        (("--output", "hmtl=a"), Exit.USAGE, "did you mean html?"),
        (("--output", "html=-"), Exit.USAGE, "--output takes FORM=PATH"),
        (("-o", "csv=a", "-o", "json=./a"), Exit.USAGE, "two outputs go to a"),
        (("-o", "csv=a", "--state", "./a"), Exit.USAGE, "--output csv and --state name one file: a"),
        (("-o", "json=b.json", "--write-baseline", "b.json"), Exit.USAGE, "name one file"),
        (("--state", "b.json", "--write-baseline", "b.json"), Exit.USAGE, "name one file"),
        (("--file", "x.ndjson", "-o", "csv=x.ndjson"), Exit.USAGE, "--file and --output csv name one file"),
        (("--format", "sarfi"), Exit.USAGE, "did you mean sarif?"),
        (("--format", "sarif", "--columns", "rule"), Exit.USAGE, "--columns does not go with --format sarif"),
        (("--unsafe-fixes",), Exit.USAGE, "--unsafe-fixes goes with --plan"),
        (("--file", "x.ndjson", "--plan", "p.plan"), Exit.USAGE, "--plan does not go with --file"),
        (("-o", "csv=/dev/null"), Exit.REFUSED, "it is no ordinary file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_refused_before_a_ticket_is_read(
    arguments: tuple[str, ...],
    code: Exit,
    said: str,
    cli: Cli,
    connected: Connect,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    reader = connected(FakeReader([unassigned(1)]))
    before = sorted(tmp_path.rglob("*"))
    result = cli("audit", *arguments)
    assert result.code == code, result.err
    assert said in result.err
    assert result.out == ""
    assert reader.pages == 0
    assert sorted(tmp_path.rglob("*")) == before


# Parts, and another day


def test_parts_together_are_the_whole(cli: Cli, file_of: FileOf) -> None:
    file = file_of(*(unassigned(number) for number in range(1, 41)))
    parts = [cli("audit", "--file", file, "--rule", "OWN201", "--shard", f"{n}/3") for n in (1, 2, 3)]
    assert sorted(key for part in parts for key in keys_of(part)) == sorted(f"SUP-{n}" for n in range(1, 41))
    assert all("Part" in part.err for part in parts)
    limited = cli("audit", "--file", file, "--rule", "OWN201", "--shard", "1/3", "--limit", "2")
    assert keys_of(limited) == keys_of(parts[0])[:2]
    assert "stopped at the limit" in limited.err


def test_the_queue_as_it_stood(cli: Cli, file_of: FileOf) -> None:
    day = timedelta(days=1)
    assigned = Event(id="1", at=NOW - 5 * day, actor=None, field="assignee", before=None, after="a1")
    solved = Event(id="2", at=NOW - 4 * day, actor=None, field="status", before="open", after="resolved")
    one = fine(
        1, created_at=NOW - 20 * day, updated_at=NOW - 4 * day, history=[assigned, solved], status=Status.RESOLVED
    )
    later = unassigned(2, created_at=NOW - 3 * day)
    hidden = unassigned(3, created_at=NOW - 20 * day, unknown={"history": "hidden"})
    file = file_of(one, later, hidden)
    then = f"{NOW - 10 * day:%Y-%m-%d}"
    result = cli("audit", "is:unresolved", "--file", file, "--rule", "OWN201", "--as-of", then)
    assert keys_of(result) == ["SUP-1"]
    assert "The queue as it stood on" in result.err
    assert "1 ticket left out: how they stood then cannot be told" in result.err
    assert keys_of(cli("audit", "is:unresolved", "--file", file, "--rule", "OWN201")) == ["SUP-2", "SUP-3"]


def test_a_past_nobody_shows_is_not_green(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1, created_at=NOW - timedelta(days=20), unknown={"history": "hidden"}))
    result = cli("audit", "--file", file, *RULES, "--as-of", f"{NOW - timedelta(days=10):%Y-%m-%d}")
    assert result.code == Exit.USAGE
    assert "Nothing was judged: of 1 ticket it cannot be told how they stood then" in result.err


def test_another_day_does_not_tell_what_a_baseline_needs_today(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file, known = file_of(unassigned(1)), str(tmp_path / "hygiene.json")
    cli("audit", "--file", file, *RULES, "--write-baseline", known)
    then = cli("audit", "--file", file, *RULES, "--baseline", known, "--as-of", "2020-01-01")
    assert then.code == Exit.OK
    assert "no longer needed" not in then.err


# Several outputs


def test_several_outputs_of_one_run(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    file = file_of(unassigned(1), unassigned(2))
    out = {form: tmp_path / "out" / f"a.{form}" for form in ("csv", "ndjson", "json", "plain", "table")}
    words = [word for form, path in out.items() for word in ("-o", f"{form}={path}")]
    result = cli("audit", "--file", file, *RULES, *words)
    assert keys_of(result) == ["SUP-1", "SUP-2"]
    assert [row["ticket"] for row in csv.DictReader(out["csv"].read_text().splitlines())] == ["SUP-1", "SUP-2"]
    assert len(out["ndjson"].read_text().splitlines()) == 2
    assert json.loads(out["json"].read_text())["census"]["tickets"] == 2
    assert out["plain"].read_text() == result.out
    assert "\x1b" not in out["table"].read_text()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in out.values())


def test_a_run_that_fails_leaves_the_files_as_they_were(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    reader = connected(FakeReader([unassigned(1), unassigned(2), unassigned(3)]))
    reader.before_page = lambda number: (_ for _ in ()).throw(RateLimitedError("wait")) if number else None
    for name in ("a.csv", "a.json"):
        (tmp_path / name).write_text("of yesterday")
    before = sorted(tmp_path.iterdir())
    result = cli("audit", *RULES, "-o", f"csv={tmp_path / 'a.csv'}", "-o", f"json={tmp_path / 'a.json'}")
    assert result.code == Exit.TEMPORARY
    assert "2 output files not written: what was there before is still there." in result.err
    assert {(tmp_path / name).read_text() for name in ("a.csv", "a.json")} == {"of yesterday"}
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_when_nobody_reads_on_the_files_are_written_all_the_same(file_of: FileOf, tmp_path: Path, home: Path) -> None:
    file = file_of(*(unassigned(number) for number in range(1, 3_000)))
    run = [sys.executable, "-m", "supportctl", "audit", "--file", file, *RULES, "--set", "guard_share=1"]
    state = ["--state", str(tmp_path / "state.json")]
    for more in ([], ["-o", f"csv={tmp_path / 'a.csv'}"], state):
        with subprocess.Popen([*run, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr is not None
            said = process.stderr.read().decode()
        assert "Traceback" not in said
        assert ("2,999 findings" in said) is bool(more)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3_000
    assert (tmp_path / "state.json").exists()


COLLECTING = ("markdown", "html", "sarif", "junit", "github", "gitlab")


def test_every_form_of_a_run_and_of_a_queue_without_tickets(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    known = str(tmp_path / "hygiene.json")
    cli("audit", "--file", file_of(unassigned(1)), *RULES, "--write-baseline", known, "--reason", "of a vendor")
    words = (*RULES, "--baseline", known, "--now", f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    for tickets in ((unassigned(1), unassigned(2)), ()):
        file = file_of(*tickets)
        files = [word for form in COLLECTING for word in ("-o", f"{form}={tmp_path / form}")]
        result = cli("audit", "--file", file, *words, *files)
        assert result.code == (Exit.FOUND if tickets else Exit.OK)
        written = {form: (tmp_path / form).read_text() for form in COLLECTING}
        for form, text in written.items():
            assert ("SUP-2" in text) is bool(tickets), form
        for form in COLLECTING:
            assert cli("audit", "--file", file, *words, "-f", form).out == written[form], form
        if tickets:
            assert "of a vendor" in written["html"]


def test_github_is_told_only_when_asked(
    cli: Cli, file_of: FileOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, summary = file_of(unassigned(1)), tmp_path / "summary.md"
    plain = cli("audit", "--file", file, *RULES).out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert cli("audit", "--file", file, *RULES).out == plain
    assert not summary.exists()
    summary.write_text("# Before\n")
    assert cli("audit", "--file", file, *RULES, "-f", "github").code == Exit.FOUND
    assert summary.read_text().startswith("# Before\n")
    assert "OWN201" in summary.read_text()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    result = cli("audit", "--file", file, *RULES, "-f", "github")
    assert result.code == Exit.FOUND
    assert "the step summary could not be written" in result.err


# The project's file


def test_what_the_project_says_is_gone_by_and_the_command_line_wins(
    cli: Cli, file_of: FileOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = file_of(unassigned(1), unassigned(2, tags=["vip"]))
    cli("audit", "--file", file_of(unassigned(1)), *RULES, "--no-config", "--write-baseline", "known.json")
    file_of(unassigned(1), unassigned(2, tags=["vip"]))
    (tmp_path / "supportctl.toml").write_text(
        """
        [audit]
        ruleset = "ci"
        fail_on = "high"
        baseline = "known.json"
        outputs = ["csv=out/audit.csv"]
        ignore = ["CLS101", "COM401", "TXT812"]

        [[audit.exemption]]
        rules = ["OWN201"]
        tickets = ["SUP-9"]
        reason = "of a vendor"
        until = 2020-01-01
        """
    )
    result = cli("audit", "--file", file)
    assert result.code == Exit.FOUND
    assert keys_of(result) == ["SUP-2"]
    assert [row["ticket"] for row in csv.DictReader((tmp_path / "out/audit.csv").read_text().splitlines())] == ["SUP-2"]
    assert f"by {tmp_path / 'supportctl.toml'}" in result.err
    assert "supportctl.toml:9: expired, excuses no more: OWN201 of SUP-9 (until 2020-01-01)" in result.err
    assert cli("audit", "--file", file, "--set", "severities.OWN201=low").code == Exit.OK
    assert keys_of(cli("audit", "--file", file, *RULES, "--no-config")) == ["SUP-1", "SUP-2"]


def test_a_mistake_in_the_projects_file_is_told_with_its_line(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[audit]\nrulesets = "ci"\n')
    result = cli("audit", "--file", file_of(unassigned(1)), "--config", str(tmp_path / "own.toml"))
    assert result.code == Exit.USAGE
    assert "own.toml:2:1" in result.err
    assert result.out == ""


def test_explain(cli: Cli, file_of: FileOf) -> None:
    file = file_of(unassigned(1))
    result = cli("audit", "explain", "OWN201:SUP-1", "--file", file)
    assert result.code == Exit.OK, result.err
    assert "OWN201" in result.out
    found = json.loads(cli("audit", "--file", file, *RULES, "-f", "ndjson").out)
    result = cli("audit", "explain", found["fingerprint"][:12], "--file", file)
    assert result.code == Exit.OK, result.err
    assert "SUP-1" in result.out


def test_a_state_folder_that_cannot_be_written_to_ends_no_audit(
    cli: Cli, file_of: FileOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("SUPPORTCTL_STATE_DIR", str(tmp_path / "a-file" / "state"))
    result = cli("audit", "--file", file_of(unassigned(1)), *RULES)
    assert result.code == Exit.FOUND
    assert "audit explain will not know them by fingerprint" in result.err


# Long files


def test_several_processes_find_the_same(cli: Cli, file_of: FileOf, monkeypatch: pytest.MonkeyPatch) -> None:
    from supportctl.audit import parallel

    monkeypatch.setattr(parallel.FileAudit.__init__, "__defaults__", (20_000,))
    file = file_of(*(unassigned(number) if number % 3 else fine(number, category=None) for number in range(1, 200)))
    one, two = (cli("audit", "status:open", "--file", file, "--jobs", jobs, "-f", "json") for jobs in ("1", "2"))
    assert two.code == one.code == Exit.FOUND
    assert json.loads(two.out) == json.loads(one.out)
    assert two.err.splitlines()[-1] == one.err.splitlines()[-1]


def test_every_option_is_under_a_heading(cli: Cli) -> None:
    from supportctl.commands._options import GENERAL

    headings = re.split(r"^(\w[\w ]+):$", cli("audit", "--help").out, flags=re.MULTILINE)
    panels = dict(zip(headings[1::2], headings[2::2], strict=True))
    assert {"Which tickets", "What to check", "Output", "When to fail", "Fixes", "General"} <= panels.keys()
    under = re.findall(r"^  (?:-\w, )?--([a-z-]+)", panels["General"], re.MULTILINE)
    assert set(under) == {name.replace("_", "-") for name in GENERAL} | {"help"}
